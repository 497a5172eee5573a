package javigate.index;

import java.io.IOException;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.util.Bits;

/** One thread's share of the scores of all clips, or of a sample of them. */
final class SummaryScan implements ScanThreads.Worker {
    /** Bounds closer than this say enough; of one byte a value they are a tenth of it apart. */
    private static final double WIDEST = 0.5;

    private static final double GOLDEN_RATIO = (1 + Math.sqrt(5)) / 2;

    private final AcceptedClips clips;
    private final FullScores full;
    private final LeafCursor blocks;
    private final BlockScorer scorer;
    private final double share;
    private final ScoreSummary.Accumulator scores = new ScoreSummary.Accumulator();

    /**
     * @param full decides where bounds say little: frames that nearly cancel out
     * @param share of the clips to be looked at, 1 or more for all
     */
    SummaryScan(
            LibraryModel model,
            AcceptedClips clips,
            FullScores full,
            ScanQuery query,
            Sound sound,
            double share) {
        this.clips = clips;
        this.full = full;
        this.blocks = new LeafCursor(leaf -> LeafBlocks.scanned(leaf, sound));
        this.scorer = new BlockScorer(model, query);
        this.share = share;
    }

    @Override
    public void scan(LeafReaderContext leaf, int from, int to) throws IOException {
        LeafBlocks of = blocks.at(leaf);
        Bits accepted = clips.of(leaf);
        scorer.each(
                of,
                from,
                to,
                document ->
                        isInSample(leaf.docBase + document)
                                && ExactSearch.isLive(accepted, document),
                () -> Double.NEGATIVE_INFINITY,
                document -> {
                    scorer.tighten();
                    boolean close = scorer.high() - scorer.low() < WIDEST;
                    scores.add(
                            close
                                    ? (scorer.low() + scorer.high()) / 2
                                    : full.score(leaf, document));
                });
    }

    /**
     * Multiples of the golden ratio lie evenly between whole numbers, and so do those of every
     * second document, or third: the clips of a video lie side by side, and each may be as likely.
     */
    private boolean isInSample(int document) {
        double place = document * GOLDEN_RATIO;
        return place - Math.floor(place) < share;
    }

    ScoreSummary.Accumulator scores() {
        return scores;
    }
}
