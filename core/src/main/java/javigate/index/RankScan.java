package javigate.index;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.util.Bits;

/** One thread's share of counting how many clips score higher than some given scores. */
final class RankScan implements ScanThreads.Worker {
    private final AcceptedClips clips;
    private final FullScores full;
    private final Sound sound;
    private final double[] targets;
    private final long[] counts;
    private final MeanScorer means;
    private final BlockScorer scorer;

    /**
     * @param full decides what the bounds leave open
     * @param targets ascending, no two equal
     */
    RankScan(
            LibraryModel model,
            AcceptedClips clips,
            FullScores full,
            ScanQuery query,
            Sound sound,
            double[] targets) {
        this.clips = clips;
        this.full = full;
        this.sound = sound;
        this.targets = targets;
        this.counts = new long[targets.length + 1];
        this.means = new MeanScorer(model, query, sound);
        this.scorer = new BlockScorer(model, query);
    }

    @Override
    public void scan(LeafReaderContext leaf, int from, int to) throws IOException {
        LeafBlocks blocks = LeafBlocks.scanned(leaf.reader(), sound);
        Bits accepted = clips.of(leaf);
        scorer.each(
                blocks,
                from,
                to,
                document ->
                        ExactSearch.isLive(accepted, document) && !countedByMean(leaf, document),
                () -> Double.NEGATIVE_INFINITY,
                document -> counts[below(leaf, document)]++);
    }

    /** Counts a document that its mean frame alone places; says whether it did. */
    private boolean countedByMean(LeafReaderContext leaf, int document) throws IOException {
        means.at(leaf, document);
        int below = below(means.low());
        if (below != below(means.high())) {
            return false;
        }
        counts[below]++;
        return true;
    }

    /** How many targets lie below the score of the document that the scorer is at. */
    private int below(LeafReaderContext leaf, int document) throws IOException {
        if (below(scorer.low()) != below(scorer.high())) {
            scorer.tighten();
        }
        BlockScorer closest = scorer;
        if (below(scorer.low()) != below(scorer.high()) && full.narrows()) {
            closest = full.bounds(leaf, document);
        }
        int below = below(closest.low());
        return below == below(closest.high()) ? below : below(full.score(leaf, document));
    }

    private int below(double score) {
        int found = Arrays.binarySearch(targets, score);
        return found >= 0 ? found : -found - 1;
    }

    /** [targets + 1]; clips by the number of targets below their score. */
    long[] counts() {
        return counts;
    }
}
