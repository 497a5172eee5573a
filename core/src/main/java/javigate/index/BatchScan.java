package javigate.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.util.Bits;

/**
 * One thread's share of the scan for many queries: a clip is decoded to floats once, then
 * multiplied with {@value DotKernel#BATCH} queries at a time.
 */
final class BatchScan implements ScanThreads.Worker {
    /** At most {@value DotKernel#BATCH} queries: [elements, 32] as the kernel wants them. */
    record Group(List<ScanQuery> queries, float[] packed) {
        static List<Group> of(List<ScanQuery> queries) {
            List<Group> groups = new ArrayList<>();
            for (int first = 0; first < queries.size(); first += DotKernel.BATCH) {
                int end = Math.min(queries.size(), first + DotKernel.BATCH);
                List<ScanQuery> part = List.copyOf(queries.subList(first, end));
                int elements = part.getFirst().unit().length;
                float[] packed = new float[elements * DotKernel.BATCH];
                for (int q = 0; q < part.size(); q++) {
                    for (int i = 0; i < elements; i++) {
                        packed[i * DotKernel.BATCH + q] = part.get(q).unit()[i];
                    }
                }
                groups.add(new Group(part, packed));
            }
            return groups;
        }
    }

    private final DotKernel kernel = DotKernel.best();
    private final AcceptedClips clips;
    private final List<Group> groups;
    private final LeafCursor blocks;
    private final FrameBlock block;
    private final ScoreBounds bounds;
    private final List<TopCandidates> tops = new ArrayList<>();
    private final double[] sums = new double[DotKernel.BATCH];
    private final float[] maxima = new float[DotKernel.BATCH];
    private float[] rows = {};
    private float[] products = {};
    private float[] cosines = {};
    private long visited;

    BatchScan(LibraryModel model, AcceptedClips clips, List<Group> groups, int k, Sound sound) {
        this.clips = clips;
        this.groups = groups;
        this.blocks = new LeafCursor(leaf -> LeafBlocks.scanned(leaf, sound));
        this.block = new FrameBlock(model.width());
        this.bounds = new ScoreBounds(model);
        for (Group group : groups) {
            group.queries().forEach(_ -> tops.add(new TopCandidates(k)));
        }
    }

    @Override
    public void scan(LeafReaderContext leaf, int from, int to) throws IOException {
        LeafBlocks of = blocks.at(leaf);
        Bits accepted = clips.of(leaf);
        for (int document = from; document < to; document++) {
            if (accepted == null || accepted.get(document)) {
                of.at(document, block);
                decode();
                for (int g = 0; g < groups.size(); g++) {
                    kernel.batch(
                            rows,
                            block.frames(),
                            block.rowElements(),
                            groups.get(g).packed(),
                            products);
                    select(g, leaf.ord, document);
                }
                visited++;
            }
        }
    }

    private void decode() {
        int frames = block.frames();
        if (cosines.length < frames) {
            rows = new float[frames * block.rowElements()];
            products = new float[frames * DotKernel.BATCH];
            cosines = new float[frames];
        }
        block.decode(rows);
    }

    /** Offers the clip to every query of a group whose best it may be among. */
    private void select(int group, int leaf, int document) {
        sumsAndMaxima();
        List<ScanQuery> queries = groups.get(group).queries();
        bounds.clip(block, queries.getFirst().error(block, false));
        for (int q = 0; q < queries.size(); q++) {
            TopCandidates top = tops.get(group * DotKernel.BATCH + q);
            if (bounds.quickHigh(sums[q], maxima[q]) >= top.threshold()) {
                for (int n = 0; n < block.frames(); n++) {
                    cosines[n] = products[n * DotKernel.BATCH + q];
                }
                bounds.tighten(cosines);
                top.offer(bounds.low(), bounds.high(), leaf, document);
            }
        }
    }

    private void sumsAndMaxima() {
        for (int q = 0; q < DotKernel.BATCH; q++) {
            sums[q] = 0;
            maxima[q] = Float.NEGATIVE_INFINITY;
        }
        for (int n = 0; n < block.frames(); n++) {
            float scale = block.scale(n);
            int row = n * DotKernel.BATCH;
            for (int q = 0; q < DotKernel.BATCH; q++) {
                products[row + q] *= scale;
                sums[q] += products[row + q];
                maxima[q] = Math.max(maxima[q], products[row + q]);
            }
        }
    }

    /** One for each query, in order. */
    List<TopCandidates> tops() {
        return tops;
    }

    /** Clips scored. */
    long visited() {
        return visited;
    }
}
