package javigate.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.util.Bits;
import org.jspecify.annotations.Nullable;

/**
 * One thread's share of the scan for many queries: a clip is decoded to floats once, while the one
 * before it is multiplied with {@value DotKernel#BATCH} queries at a time.
 */
final class BatchScan implements ScanThreads.Worker {
    /** At most {@value DotKernel#BATCH} queries, packed as the kernel wants them. */
    static final class Group {
        private final List<ScanQuery> queries;
        private final float[] packed;

        private Group(List<ScanQuery> queries) {
            this.queries = queries;
            int elements = queries.getFirst().unit().length;
            packed = new float[elements * DotKernel.BATCH];
            DotKernel kernel = DotKernel.best();
            for (int q = 0; q < queries.size(); q++) {
                for (int i = 0; i < elements; i++) {
                    packed[kernel.place(q, i, elements)] = queries.get(q).unit()[i];
                }
            }
        }

        static List<Group> of(List<ScanQuery> queries) {
            List<Group> groups = new ArrayList<>();
            for (int first = 0; first < queries.size(); first += DotKernel.BATCH) {
                int end = Math.min(queries.size(), first + DotKernel.BATCH);
                groups.add(new Group(List.copyOf(queries.subList(first, end))));
            }
            return groups;
        }
    }

    private final DotKernel kernel = DotKernel.best();
    private final AcceptedClips clips;
    private final List<Group> groups;
    private final LeafCursor blocks;
    private final ScoreBounds bounds;
    private final List<TopCandidates> tops = new ArrayList<>();

    /** [groups, 32]; those of {@link #tops}, rounded down. */
    private final float[][] thresholds;

    private DecodedRows rows;
    private DecodedRows ahead;
    private float[] products = {};
    private float[] cosines = {};
    private long visited;

    BatchScan(LibraryModel model, AcceptedClips clips, List<Group> groups, int k, Sound sound) {
        this.clips = clips;
        this.groups = groups;
        this.blocks = new LeafCursor(leaf -> LeafBlocks.scanned(leaf, sound));
        this.rows = new DecodedRows(model.width());
        this.ahead = new DecodedRows(model.width());
        this.bounds = new ScoreBounds(model);
        this.thresholds = new float[groups.size()][DotKernel.BATCH];
        for (int g = 0; g < groups.size(); g++) {
            int queries = groups.get(g).queries.size();
            Arrays.fill(thresholds[g], 0, queries, Float.NEGATIVE_INFINITY);
            Arrays.fill(thresholds[g], queries, DotKernel.BATCH, Float.NaN);
            groups.get(g).queries.forEach(_ -> tops.add(new TopCandidates(k)));
        }
    }

    @Override
    public void scan(LeafReaderContext leaf, int from, int to) throws IOException {
        LeafBlocks of = blocks.at(leaf);
        Bits accepted = clips.of(leaf);
        int document = next(accepted, from, to);
        if (document < to) {
            ahead.at(of, document);
        }
        while (document < to) {
            ahead.finish();
            DecodedRows last = rows;
            rows = ahead;
            ahead = last;
            int following = next(accepted, document + 1, to);
            if (following < to) {
                ahead.at(of, following);
            }
            multiply(leaf.ord, document);
            visited++;
            document = following;
        }
    }

    private static int next(@Nullable Bits accepted, int from, int to) {
        int document = from;
        while (document < to && !ExactSearch.isLive(accepted, document)) {
            document++;
        }
        return document;
    }

    /**
     * Multiplies a clip with all queries, and decodes of the one after it what it can meanwhile.
     */
    private void multiply(int leaf, int document) throws IOException {
        FrameBlock block = rows.block();
        int frames = block.frames();
        if (cosines.length < frames) {
            products = new float[DotKernel.room(frames) * DotKernel.BATCH];
            cosines = new float[frames];
        }
        // The error is the same for every query: floats, not codes, are multiplied.
        bounds.clip(block, groups.getFirst().queries.getFirst().error(block, false));
        ScoreBounds.Limit limit = bounds.limit();
        for (int g = 0; g < groups.size(); g++) {
            kernel.batch(rows, groups.get(g).packed, products, ahead);
            int reaching = kernel.reaching(products, rows.scales(), frames, limit, thresholds[g]);
            for (; reaching != 0; reaching &= reaching - 1) {
                offer(g, Integer.numberOfTrailingZeros(reaching), leaf, document);
            }
        }
    }

    /** Offers the clip to a query whose best it may be among. */
    private void offer(int group, int query, int leaf, int document) {
        for (int n = 0; n < rows.block().frames(); n++) {
            cosines[n] = products[n * DotKernel.BATCH + query] * rows.scales()[n];
        }
        bounds.tighten(cosines);
        TopCandidates top = tops.get(group * DotKernel.BATCH + query);
        top.offer(bounds.low(), bounds.high(), leaf, document);
        thresholds[group][query] = ScoreBounds.notAbove(top.threshold());
    }

    /** One for each query, in order. */
    List<TopCandidates> tops() {
        return tops;
    }

    /** Clips whose scores were bounded. */
    long visited() {
        return visited;
    }
}
