package javigate.index;

import java.io.IOException;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.util.Bits;

/**
 * One thread's share of the scan over mean frames that goes before the scan for one query: it says
 * of every clip how high its score can be, and which clips' scores are at least how high.
 */
final class MeanScan implements ScanThreads.Worker {
    private final AcceptedClips clips;
    private final float[][] highs;
    private final MeanScorer scorer;
    private final TopCandidates lows;
    private long visited;

    /**
     * @param highs by part of the index and document; written where a document is accepted
     */
    MeanScan(
            LibraryModel model,
            AcceptedClips clips,
            ScanQuery query,
            int k,
            Sound sound,
            float[][] highs) {
        this.clips = clips;
        this.highs = highs;
        this.scorer = new MeanScorer(model, query, sound);
        this.lows = new TopCandidates(k);
    }

    @Override
    public void scan(LeafReaderContext leaf, int from, int to) throws IOException {
        Bits accepted = clips.of(leaf);
        float[] of = highs[leaf.ord];
        for (int document = from; document < to; document++) {
            if (ExactSearch.isLive(accepted, document)) {
                visited++;
                scorer.at(leaf, document);
                of[document] = Math.nextUp((float) scorer.high());
                if (scorer.low() > Double.NEGATIVE_INFINITY) { // says something
                    lows.offer(scorer.low(), scorer.low(), leaf.ord, document);
                }
            }
        }
    }

    /** The clips whose scores are at least highest. */
    TopCandidates lows() {
        return lows;
    }

    /** Clips whose scores were bounded. */
    long visited() {
        return visited;
    }
}
