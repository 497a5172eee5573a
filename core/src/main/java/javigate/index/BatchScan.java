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
 * before it is multiplied with {@value DotKernel#BATCH} queries at a time: the first half of its
 * elements first, which mostly says that no query needs the second ({@link MeanBounds}).
 */
final class BatchScan implements ScanThreads.Worker {
    /** Where so many queries need the second half of a clip, all are multiplied with it. */
    private static final int MANY = 6;

    /** At most {@value DotKernel#BATCH} queries, packed as the kernel wants them. */
    static final class Group {
        private final List<ScanQuery> queries;
        private final float[] packed;
        private final float[] tails = new float[DotKernel.BATCH];

        private Group(List<ScanQuery> queries) {
            this.queries = queries;
            int elements = queries.getFirst().unit().length;
            packed = new float[elements * DotKernel.BATCH];
            DotKernel kernel = DotKernel.best();
            for (int q = 0; q < queries.size(); q++) {
                for (int i = 0; i < elements; i++) {
                    packed[kernel.place(q, i, elements)] = queries.get(q).unit()[i];
                }
                tails[q] = queries.get(q).tailNorm();
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

        List<ScanQuery> queries() {
            return queries;
        }

        /** [32 / Q, elements, Q]; see {@link DotKernel#abreast}. */
        float[] packed() {
            return packed;
        }
    }

    private final DotKernel kernel = DotKernel.best();
    private final AcceptedClips clips;
    private final List<Group> groups;
    private final MeanBatch means;
    private final LeafCursor blocks;
    private final ScoreBounds bounds;
    private final float localWeight;
    private final List<TopCandidates> tops = new ArrayList<>();

    /** [groups, 32]; those of {@link #tops}, rounded down. */
    private final float[][] thresholds;

    private DecodedRows rows;
    private DecodedRows ahead;
    private float[] products = {};
    private float[] cosines = {};

    /**
     * @param floors for each query, a score that k clips are known to have
     */
    BatchScan(
            LibraryModel model,
            AcceptedClips clips,
            List<Group> groups,
            MeanBatch means,
            int k,
            double[] floors,
            Sound sound) {
        this.clips = clips;
        this.groups = groups;
        this.means = means;
        this.blocks = new LeafCursor(leaf -> LeafBlocks.scanned(leaf, sound));
        this.rows = new DecodedRows(model.width());
        this.ahead = new DecodedRows(model.width());
        this.bounds = new ScoreBounds(model);
        this.localWeight = (float) model.localWeight();
        this.thresholds = new float[groups.size()][DotKernel.BATCH];
        for (double floor : floors) {
            tops.add(new TopCandidates(k, floor));
        }
        for (int g = 0; g < groups.size(); g++) {
            Arrays.fill(thresholds[g], Float.NaN);
            for (int q = 0; q < groups.get(g).queries.size(); q++) {
                thresholds[g][q] = ScoreBounds.notAbove(floors[g * DotKernel.BATCH + q]);
            }
        }
    }

    @Override
    public void scan(LeafReaderContext leaf, int from, int to) throws IOException {
        LeafBlocks of = blocks.at(leaf);
        Bits accepted = clips.of(leaf);
        int document = next(leaf.ord, accepted, from, to);
        if (document < to) {
            ahead.at(of, document);
        }
        while (document < to) {
            ahead.finish();
            DecodedRows last = rows;
            rows = ahead;
            ahead = last;
            int following = next(leaf.ord, accepted, document + 1, to);
            if (following < to) {
                ahead.at(of, following);
            }
            multiply(leaf.ord, document);
            document = following;
        }
    }

    private int next(int leaf, @Nullable Bits accepted, int from, int to) {
        int document = from;
        while (document < to
                && !(ExactSearch.isLive(accepted, document) && reaches(leaf, document))) {
            document++;
        }
        return document;
    }

    private boolean reaches(int leaf, int document) {
        for (int g = 0; g < thresholds.length; g++) {
            if (kernel.reaches(
                    means.base(g, leaf),
                    document * DotKernel.BATCH,
                    means.high(leaf, document),
                    thresholds[g])) {
                return true;
            }
        }
        return false;
    }

    /**
     * Multiplies a clip with all queries, and decodes of the one after it what it can meanwhile.
     */
    private void multiply(int leaf, int document) throws IOException {
        FrameBlock block = rows.block();
        int frames = block.frames();
        int elements = block.rowElements();
        int half = elements / 2;
        if (cosines.length < frames) {
            products = new float[DotKernel.room(frames) * DotKernel.BATCH];
            cosines = new float[frames];
        }
        // The same for every query: floats, not codes, are multiplied.
        double error = groups.getFirst().queries.getFirst().error(block, false);
        double halfHigh = means.halfHigh(leaf, document) + 2 * localWeight * error;
        ScoreBounds.Limit ofHalves =
                new ScoreBounds.Limit(
                        -localWeight / frames, localWeight, Math.nextUp((float) halfHigh));
        for (int g = 0; g < groups.size(); g++) {
            Group group = groups.get(g);
            Arrays.fill(products, 0, DotKernel.room(frames) * DotKernel.BATCH, 0);
            kernel.batch(rows.values(), frames, elements, 0, half, group.packed, products, ahead);
            int reaching =
                    kernel.reaching(
                            products,
                            rows.scales(),
                            frames,
                            ofHalves,
                            means.base(g, leaf),
                            document * DotKernel.BATCH,
                            group.tails,
                            means.perTail(leaf, document),
                            thresholds[g]);
            if (reaching == 0) {
                continue;
            }
            bounds.clip(block, error);
            boolean whole = Integer.bitCount(reaching) >= MANY;
            if (whole) {
                kernel.batch(
                        rows.values(),
                        frames,
                        elements,
                        half,
                        elements,
                        group.packed,
                        products,
                        ahead);
                reaching =
                        kernel.reaching(
                                products, rows.scales(), frames, bounds.limit(), thresholds[g]);
            }
            for (; reaching != 0; reaching &= reaching - 1) {
                int q = Integer.numberOfTrailingZeros(reaching);
                int from = whole ? elements : half;
                float[] unit = group.queries.get(q).unit();
                kernel.f32(rows.values(), frames, elements, from, unit, cosines);
                for (int n = 0; n < frames; n++) {
                    cosines[n] += products[n * DotKernel.BATCH + q];
                    cosines[n] *= rows.scales()[n];
                }
                offer(g, q, leaf, document);
            }
        }
    }

    /** Offers the clip, whose cosines are known, to a query whose best it may be among. */
    private void offer(int group, int query, int leaf, int document) {
        TopCandidates top = tops.get(group * DotKernel.BATCH + query);
        bounds.quick(cosines);
        if (bounds.high() >= top.threshold()) {
            bounds.tighten(cosines);
            top.offer(bounds.low(), bounds.high(), leaf, document);
            thresholds[group][query] = ScoreBounds.notAbove(top.threshold());
        }
    }

    /** One for each query, in order. */
    List<TopCandidates> tops() {
        return tops;
    }
}
