package javigate.index;

import java.io.IOException;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.util.Bits;

/** One thread's share of the scores of all clips, or of every so manieth. */
final class SummaryScan implements ScanThreads.Worker {
    /** Bounds closer than this say enough; of one byte a value they are a tenth of it apart. */
    private static final double WIDEST = 0.5;

    private final AcceptedClips clips;
    private final FullScores full;
    private final LeafCursor blocks;
    private final BlockScorer scorer;
    private final int stride;
    private final ScoreSummary.Accumulator scores = new ScoreSummary.Accumulator();

    /**
     * @param full decides where bounds say little: frames that nearly cancel out
     * @param stride 1 for all clips
     */
    SummaryScan(
            LibraryModel model,
            AcceptedClips clips,
            FullScores full,
            ScanQuery query,
            Sound sound,
            int stride) {
        this.clips = clips;
        this.full = full;
        this.blocks = new LeafCursor(leaf -> LeafBlocks.scanned(leaf, sound));
        this.scorer = new BlockScorer(model, query);
        this.stride = stride;
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
                        (leaf.docBase + document) % stride == 0
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

    ScoreSummary.Accumulator scores() {
        return scores;
    }
}
