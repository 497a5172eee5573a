package javigate.index;

import java.io.IOException;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.util.Bits;
import org.jspecify.annotations.Nullable;

/** One thread's share of the scan for one query. */
final class SingleScan implements ScanThreads.Worker {
    private final AcceptedClips clips;
    private final LeafCursor blocks;
    private final TopCandidates top;
    private final float @Nullable [][] highs;
    private final BlockScorer scorer;
    private long visited;

    /**
     * @param top takes the candidates
     * @param highs upper bounds of the scores by part of the index and document, if there are any
     */
    SingleScan(
            LibraryModel model,
            AcceptedClips clips,
            ScanQuery query,
            TopCandidates top,
            float @Nullable [][] highs,
            LeafCursor.Finder blocks) {
        this.clips = clips;
        this.blocks = new LeafCursor(blocks);
        this.top = top;
        this.highs = highs;
        this.scorer = new BlockScorer(model, query);
    }

    @Override
    public void scan(LeafReaderContext leaf, int from, int to) throws IOException {
        LeafBlocks of = blocks.at(leaf);
        Bits accepted = clips.of(leaf);
        float[] known = highs == null ? null : highs[leaf.ord];
        visited +=
                scorer.each(
                        of,
                        from,
                        to,
                        document ->
                                ExactSearch.isLive(accepted, document)
                                        && (known == null || known[document] >= top.threshold()),
                        top::threshold,
                        document -> {
                            if (scorer.high() >= top.threshold()) {
                                scorer.tighten();
                                top.offer(scorer.low(), scorer.high(), leaf.ord, document);
                            }
                        });
    }

    TopCandidates top() {
        return top;
    }

    /** Clips whose scores were bounded. */
    long visited() {
        return visited;
    }
}
