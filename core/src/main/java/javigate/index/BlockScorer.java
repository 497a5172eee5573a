package javigate.index;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.function.DoubleSupplier;

/** Bounds the scores of clips for one query; for one thread. */
final class BlockScorer {
    /** Says whether a document is to be looked at. */
    interface Wanted {
        boolean test(int document) throws IOException;
    }

    /** Told of a clip, whose bounds the scorer has meanwhile. */
    interface Visitor {
        void visit(int document) throws IOException;
    }

    private static final int STREAMS = DotKernel.STREAMS;
    private static final int STREAM_ROOM = DotKernel.STREAM_ROOM;

    private final ScanQuery query;
    private final int width;
    private final DotKernel kernel = DotKernel.best();
    private final int[] documents = new int[ScanThreads.LONGEST_RANGE];
    private final FrameBlock[] blocks = new FrameBlock[STREAMS];
    private final long[] rows = new long[STREAMS];
    private final float[] perSum = new float[STREAM_ROOM];
    private final float[] rest = new float[STREAM_ROOM];
    private float[] products = {};
    private float[] cosines = {};
    private final ScoreBounds bounds;

    BlockScorer(LibraryModel model, ScanQuery query) {
        this.query = query;
        this.width = model.width();
        this.bounds = new ScoreBounds(model);
    }

    /**
     * Visits the wanted documents from {@code from} to before {@code to}, in any order, with {@link
     * #low} and {@link #high} as they are without an exponential; may pass over those whose {@link
     * #high} does not reach a threshold.
     *
     * @param threshold asked again and again; it may rise meanwhile
     * @return wanted documents, visited or not
     */
    int each(
            LeafBlocks of,
            int from,
            int to,
            Wanted wanted,
            DoubleSupplier threshold,
            Visitor visitor)
            throws IOException {
        int all = 0;
        int count = 0;
        for (int document = from; document < to; document++) {
            if (wanted.test(document)) {
                documents[count++] = document;
                all++;
                if (count == documents.length) {
                    visit(of, count, threshold, visitor);
                    count = 0;
                }
            }
        }
        visit(of, count, threshold, visitor);
        return all;
    }

    /** Bounds of one document as close as its cosines allow. */
    void tight(LeafBlocks of, int document) throws IOException {
        of.at(document, block(0));
        multiply(blocks[0]);
        tighten();
    }

    /** Visits the first {@code count} of {@link #documents}: of as many streams, one each. */
    private void visit(LeafBlocks of, int count, DoubleSupplier threshold, Visitor visitor)
            throws IOException {
        int length = count / STREAMS;
        for (int b = 0; b < length; b++) {
            for (int i = 0; i < STREAMS; i++) {
                of.at(documents[b + i * length], block(i));
            }
            boolean together = together(blocks);
            int reaching = together ? reaching(threshold) : (1 << STREAMS) - 1;
            for (; reaching != 0; reaching &= reaching - 1) {
                int i = Integer.numberOfTrailingZeros(reaching);
                if (together) {
                    for (int n = 0; n < blocks[i].frames(); n++) {
                        cosines[n] = products[n * STREAM_ROOM + i] * blocks[i].scale(n);
                    }
                    bound(blocks[i]);
                } else {
                    multiply(blocks[i]);
                }
                visitor.visit(documents[b + i * length]);
            }
        }
        for (int n = length * STREAMS; n < count; n++) {
            of.at(documents[n], block(0));
            multiply(blocks[0]);
            visitor.visit(documents[n]);
        }
    }

    /** Whether blocks can be multiplied side by side: halves in one place. */
    static boolean together(FrameBlock[] blocks) {
        for (FrameBlock block : blocks) {
            if (block.format() != VectorFormat.F16 || !block.memory().equals(blocks[0].memory())) {
                return false;
            }
        }
        return true;
    }

    private FrameBlock block(int stream) {
        FrameBlock block = blocks[stream];
        if (block == null) { // many scorers only ever look at one clip
            block = new FrameBlock(width);
            blocks[stream] = block;
        }
        return block;
    }

    /**
     * Multiplies the clips side by side.
     *
     * @return which of them may reach the threshold, the lowest bit for the first. Their products
     *     are not scaled for this: a row's length is nearly 1
     */
    private int reaching(DoubleSupplier threshold) throws IOException {
        int elements = blocks[0].rowElements();
        int least = Integer.MAX_VALUE;
        int most = 0;
        float perMax = 0;
        for (int i = 0; i < STREAMS; i++) {
            FrameBlock block = blocks[i];
            rows[i] = block.rows();
            least = Math.min(least, block.frames());
            most = Math.max(most, block.frames());
            bounds.clip(block, query.unscaledError());
            ScoreBounds.Limit limit = bounds.limit();
            perSum[i] = limit.perSum();
            perMax = limit.perMax();
            rest[i] = limit.rest();
        }
        makeRoom(most);
        MemorySegment memory = blocks[0].memory();
        kernel.f16(memory, rows, least, elements, query, products);
        for (int n = least; n < most; n++) {
            for (int i = 0; i < STREAMS; i++) { // a 0 where a clip has no frame lowers no bound
                FrameBlock block = blocks[i];
                products[n * STREAM_ROOM + i] =
                        n < block.frames() ? kernel.f16(memory, block.row(n), elements, query) : 0;
            }
        }
        float reached = ScoreBounds.notAbove(threshold.getAsDouble());
        return kernel.reaching(products, most, perSum, perMax, rest, reached);
    }

    private void makeRoom(int frames) {
        if (cosines.length < frames) {
            cosines = new float[frames];
            products = new float[frames * STREAM_ROOM];
        }
    }

    private void multiply(FrameBlock block) throws IOException {
        makeRoom(block.frames());
        kernel.cosines(block, query, cosines);
        bound(block);
    }

    private void bound(FrameBlock block) throws IOException {
        bounds.clip(block, query.error(block, block.format() == VectorFormat.INT8));
        bounds.quick(cosines);
    }

    /** Bounds of the same document as close as its cosines allow. */
    void tighten() {
        bounds.tighten(cosines);
    }

    double low() {
        return bounds.low();
    }

    double high() {
        return bounds.high();
    }
}
