package javigate.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.util.Bits;

/**
 * What the mean frames say of the scores of all clips for some groups of queries ({@link
 * MeanBounds}): in the heap, 128 bytes of each clip for each group and 16 more.
 */
final class MeanBatch {
    private static final int BATCH = DotKernel.BATCH;

    /** Kept in the heap of each clip for each group. */
    static final long GROUP_BYTES = (long) Float.BYTES * BATCH;

    /** Reached by every low bound that says something. */
    private static final float LEAST = -Float.MAX_VALUE;

    private final LibraryModel model;
    private final AcceptedClips clips;
    private final List<BatchScan.Group> groups;
    private final Sound sound;

    /** [groups, parts of the index, documents · 32]: perCosine · g. */
    private final float[][][] bases;

    /** [parts of the index, documents]: what is to be added to it for an upper bound. */
    private final float[][] highs;

    /** The same where the products with a head of the frames are known exactly. */
    private final float[][] headHighs;

    /** [heads, parts, documents]: and how many times the length of the query's tail. */
    private final float[][][] perTails = new float[FrameSpread.HEADS][][];

    MeanBatch(
            IndexReader reader,
            LibraryModel model,
            AcceptedClips clips,
            List<BatchScan.Group> groups,
            Sound sound) {
        this.model = model;
        this.clips = clips;
        this.groups = groups;
        this.sound = sound;
        bases = new float[groups.size()][][];
        Arrays.setAll(bases, _ -> byLeaf(reader, BATCH));
        highs = byLeaf(reader, 1);
        headHighs = byLeaf(reader, 1);
        Arrays.setAll(perTails, _ -> byLeaf(reader, 1));
    }

    /** Values for each document of each part of the index. */
    static float[][] byLeaf(IndexReader reader, int values) {
        float[][] byLeaf = new float[reader.leaves().size()][];
        for (LeafReaderContext leaf : reader.leaves()) {
            byLeaf[leaf.ord] = new float[Math.multiplyExact(leaf.reader().maxDoc(), values)];
        }
        return byLeaf;
    }

    /** perCosine · g, of a document from 32 times its number on. */
    float[] base(int group, int leaf) {
        return bases[group][leaf];
    }

    float high(int leaf, int document) {
        return highs[leaf][document];
    }

    float headHigh(int leaf, int document) {
        return headHighs[leaf][document];
    }

    float perTail(int head, int leaf, int document) {
        return perTails[head][leaf][document];
    }

    /** One thread's share of finding all that; groups of clips are multiplied as frames are. */
    final class Scan implements ScanThreads.Worker {
        private final DotKernel kernel = DotKernel.best();
        private final LeafCursor blocks = new LeafCursor(leaf -> LeafBlocks.pooled(leaf, sound));
        private final FrameBlock mean = new FrameBlock(model.width());
        private final DecodedRows nothing = new DecodedRows(model.width());
        private final MeanBounds bounds = new MeanBounds(model);
        private final List<TopCandidates> lows = new ArrayList<>();
        private final int elements = FrameBlock.rowElements(model.width());
        private final float[] rows = new float[DotKernel.TOGETHER * elements];
        private final float[] products = new float[DotKernel.TOGETHER * BATCH];
        private final int[] documents = new int[DotKernel.TOGETHER];
        private final float[] scales = new float[DotKernel.TOGETHER];
        private final float[] least = new float[DotKernel.TOGETHER];
        private final float[][] thresholds = new float[groups.size()][BATCH];
        private long visited;

        Scan(int k) {
            for (int g = 0; g < thresholds.length; g++) {
                int queries = groups.get(g).queries().size();
                Arrays.fill(thresholds[g], 0, queries, LEAST);
                Arrays.fill(thresholds[g], queries, BATCH, Float.NaN);
                groups.get(g).queries().forEach(_ -> lows.add(new TopCandidates(k)));
            }
        }

        @Override
        public void scan(LeafReaderContext leaf, int from, int to) throws IOException {
            LeafBlocks means = blocks.at(leaf);
            Bits accepted = clips.of(leaf);
            int count = 0;
            for (int document = from; document < to; document++) {
                if (!ExactSearch.isLive(accepted, document)) {
                    continue;
                }
                visited++;
                if (!means.atMean(document, mean)) {
                    highs[leaf.ord][document] = Float.POSITIVE_INFINITY;
                    headHighs[leaf.ord][document] = Float.POSITIVE_INFINITY;
                    continue;
                }
                take(leaf.ord, document, count++);
                if (count == documents.length) {
                    multiply(leaf.ord, count);
                    count = 0;
                }
            }
            multiply(leaf.ord, count);
        }

        private void take(int leaf, int document, int row) throws IOException {
            mean.decode(0, elements, rows, row * elements);
            // The same for each query: floats, not codes, are multiplied.
            bounds.clip(mean, groups.getFirst().queries().getFirst().error(mean, false));
            documents[row] = document;
            scales[row] = (float) (bounds.perCosine() * mean.scale(0));
            least[row] = Math.nextDown((float) bounds.low());
            highs[leaf][document] = Math.nextUp((float) bounds.high());
            headHighs[leaf][document] = Math.nextUp((float) bounds.headHigh());
            for (int head = 0; head < FrameSpread.HEADS; head++) {
                perTails[head][leaf][document] = Math.nextUp((float) bounds.perTail(head));
            }
        }

        private void multiply(int leaf, int count) {
            for (int g = 0; g < groups.size(); g++) {
                BatchScan.Group group = groups.get(g);
                Arrays.fill(products, 0);
                kernel.batch(rows, count, elements, 0, elements, group.packed(), products, nothing);
                float[] base = bases[g][leaf];
                for (int row = 0; row < count; row++) {
                    int at = documents[row] * BATCH;
                    int reaching =
                            kernel.scaled(
                                    products,
                                    row,
                                    scales[row],
                                    base,
                                    at,
                                    least[row],
                                    thresholds[g]);
                    for (; reaching != 0; reaching &= reaching - 1) {
                        int q = Integer.numberOfTrailingZeros(reaching);
                        TopCandidates top = lows.get(g * BATCH + q);
                        double low = base[at + q] + (double) least[row];
                        top.offer(low, low, leaf, documents[row]);
                        thresholds[g][q] = Math.max(LEAST, ScoreBounds.notAbove(top.threshold()));
                    }
                }
            }
        }

        /** For each query, in order: the clips whose scores are at least highest. */
        List<TopCandidates> lows() {
            return lows;
        }

        /** Clips whose scores were bounded. */
        long visited() {
            return visited;
        }
    }
}
