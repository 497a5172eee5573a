package javigate.index;

import java.io.IOException;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.util.Bits;

/** One thread's share of the scan for one query. */
final class SingleScan implements ScanThreads.Worker {
    private final AcceptedClips clips;
    private final LeafCursor blocks;
    private final TopCandidates top;
    private final BlockScorer scorer;
    private long visited;

    SingleScan(
            LibraryModel model,
            AcceptedClips clips,
            ScanQuery query,
            int k,
            LeafCursor.Finder blocks) {
        this.clips = clips;
        this.blocks = new LeafCursor(blocks);
        this.top = new TopCandidates(k);
        this.scorer = new BlockScorer(model, query);
    }

    @Override
    public void scan(LeafReaderContext leaf, int from, int to) throws IOException {
        LeafBlocks of = blocks.at(leaf);
        Bits accepted = clips.of(leaf);
        visited +=
                scorer.each(
                        of,
                        from,
                        to,
                        document -> ExactSearch.isLive(accepted, document),
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
