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
 * before it is multiplied with {@value DotKernel#BATCH} queries at a time: the {@linkplain
 * FrameSpread#head heads} of its frames first, which mostly say that no query needs the rest
 * ({@link MeanBounds}).
 */
final class BatchScan implements ScanThreads.Worker {
    /** Where so many queries need more elements of a clip, all are multiplied with them. */
    private static final int MANY = 12;

    private static final int ALL = -1;

    /** At most {@value DotKernel#BATCH} queries, packed as the kernel wants them. */
    static final class Group {
        private final List<ScanQuery> queries;
        private final float[] packed;

        /** [heads, 32]; lengths of what is after a head. */
        private final float[][] tails = new float[FrameSpread.HEADS][DotKernel.BATCH];

        private Group(List<ScanQuery> queries) {
            this.queries = queries;
            int elements = queries.getFirst().unit().length;
            packed = new float[elements * DotKernel.BATCH];
            DotKernel kernel = DotKernel.best();
            for (int q = 0; q < queries.size(); q++) {
                for (int i = 0; i < elements; i++) {
                    packed[kernel.place(q, i, elements)] = queries.get(q).unit()[i];
                }
                for (int head = 0; head < FrameSpread.HEADS; head++) {
                    tails[head][q] = queries.get(q).tailNorm(head);
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
    private final int width;
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
        this.width = model.width();
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
        if (cosines.length < frames) {
            products = new float[DotKernel.room(frames) * DotKernel.BATCH];
            cosines = new float[frames];
        }
        // The same for every query: floats, not codes, are multiplied.
        double error = groups.getFirst().queries.getFirst().error(block, false);
        double headHigh = means.headHigh(leaf, document) + 2 * localWeight * error;
        ScoreBounds.Limit ofHeads =
                new ScoreBounds.Limit(
                        -localWeight / frames, localWeight, Math.nextUp((float) headHigh));
        for (int g = 0; g < groups.size(); g++) {
            Group group = groups.get(g);
            Arrays.fill(products, 0, DotKernel.room(frames) * DotKernel.BATCH, 0);
            int reaching = ALL;
            int multiplied = 0;
            for (int head = 0; head < FrameSpread.HEADS && reaching != 0; head++) {
                int end = FrameSpread.head(head, width);
                multiply(group, reaching, multiplied, end);
                multiplied = end;
                reaching &=
                        kernel.reaching(
                                products,
                                rows.scales(),
                                frames,
                                ofHeads,
                                means.base(g, leaf),
                                document * DotKernel.BATCH,
                                group.tails[head],
                                means.perTail(head, leaf, document),
                                thresholds[g]);
            }
            if (reaching != 0) {
                multiply(group, reaching, multiplied, block.rowElements());
                bounds.clip(block, error);
                offer(g, reaching, leaf, document);
            }
        }
    }

    /** Multiplies some elements with the queries that still reach their thresholds, at least. */
    private void multiply(Group group, int reaching, int from, int to) {
        FrameBlock block = rows.block();
        float[] values = rows.values();
        int frames = block.frames();
        int elements = block.rowElements();
        if (Integer.bitCount(reaching) >= MANY) {
            kernel.batch(values, frames, elements, from, to, group.packed, products, ahead);
            return;
        }
        for (int rest = reaching; rest != 0; rest &= rest - 1) {
            int q = Integer.numberOfTrailingZeros(rest);
            float[] unit = group.queries.get(q).unit();
            kernel.f32(values, frames, elements, from, to, unit, q, products);
        }
    }

    /** Offers the clip, whose products are known, to the queries whose best it may be among. */
    private void offer(int group, int known, int leaf, int document) {
        float[] scales = rows.scales();
        int frames = rows.block().frames();
        int reaching =
                known
                        & kernel.reaching(
                                products, scales, frames, bounds.limit(), thresholds[group]);
        for (; reaching != 0; reaching &= reaching - 1) {
            int q = Integer.numberOfTrailingZeros(reaching);
            for (int n = 0; n < frames; n++) {
                cosines[n] = products[n * DotKernel.BATCH + q] * scales[n];
            }
            TopCandidates top = tops.get(group * DotKernel.BATCH + q);
            bounds.quick(cosines);
            if (bounds.high() >= top.threshold()) {
                bounds.tighten(cosines);
                top.offer(bounds.low(), bounds.high(), leaf, document);
                thresholds[group][q] = ScoreBounds.notAbove(top.threshold());
            }
        }
    }

    /** One for each query, in order. */
    List<TopCandidates> tops() {
        return tops;
    }
}
