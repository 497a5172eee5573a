package javigate.index;

import java.io.IOException;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.util.Bits;
import org.jspecify.annotations.Nullable;

/** One thread's share of the scan for one query. */
final class SingleScan implements ScanThreads.Worker {
    private final AcceptedClips clips;
    private final ScanQuery query;
    private final LeafCursor blocks;
    private final TopCandidates top;
    private final BlockScorer scorer;
    private final int[] documents = new int[DotKernel.STREAMS];
    private long visited;

    SingleScan(
            LibraryModel model,
            AcceptedClips clips,
            ScanQuery query,
            int k,
            LeafCursor.Finder blocks) {
        this.clips = clips;
        this.query = query;
        this.blocks = new LeafCursor(blocks);
        this.top = new TopCandidates(k);
        this.scorer = new BlockScorer(model);
    }

    @Override
    public void scan(LeafReaderContext leaf, int from, int to) throws IOException {
        LeafBlocks of = blocks.at(leaf);
        Bits accepted = clips.of(leaf);
        int count = next(accepted, from, to);
        while (count > 0) {
            scorer.at(of, documents, count, query);
            for (int i = 0; i < count; i++) {
                scorer.quick(i, query);
                if (scorer.high() >= top.threshold()) {
                    scorer.tighten();
                    top.offer(scorer.low(), scorer.high(), leaf.ord, documents[i]);
                }
            }
            visited += count;
            count = next(accepted, documents[count - 1] + 1, to);
        }
    }

    /**
     * The next accepted documents.
     *
     * @return how many of {@link #documents} were written
     */
    private int next(@Nullable Bits accepted, int from, int to) {
        int count = 0;
        for (int document = from; document < to && count < documents.length; document++) {
            if (ExactSearch.isLive(accepted, document)) {
                documents[count++] = document;
            }
        }
        return count;
    }

    TopCandidates top() {
        return top;
    }

    /** Clips scored. */
    long visited() {
        return visited;
    }
}
