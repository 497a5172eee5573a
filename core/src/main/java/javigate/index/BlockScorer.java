package javigate.index;

import java.io.IOException;
import java.util.function.IntPredicate;

/** Bounds the scores of clips for one query; for one thread. */
final class BlockScorer {
    /** Told of each clip, whose bounds the scorer has meanwhile. */
    interface Visitor {
        void visit(int document) throws IOException;
    }

    /** Clips that are multiplied before the first is visited: as many to each stream. */
    private static final int CLIPS = ScanThreads.LONGEST_RANGE;

    private final ScanQuery query;
    private final int width;
    private final DotKernel kernel = DotKernel.best();
    private final int[] documents = new int[CLIPS];
    private final FrameBlock[] blocks = new FrameBlock[CLIPS];
    private final float[][] cosines = new float[CLIPS][];
    private final FrameBlock[] side = new FrameBlock[DotKernel.STREAMS];
    private final float[][] sideCosines = new float[DotKernel.STREAMS][];
    private final ScoreBounds bounds;
    private int current;

    BlockScorer(LibraryModel model, ScanQuery query) {
        this.query = query;
        this.width = model.width();
        this.bounds = new ScoreBounds(model);
    }

    /**
     * Visits the wanted documents from {@code from} to before {@code to}, in order, with {@link
     * #low} and {@link #high} as they are without an exponential.
     */
    void each(LeafBlocks of, int from, int to, IntPredicate wanted, Visitor visitor)
            throws IOException {
        int count = 0;
        for (int document = from; document < to; document++) {
            if (wanted.test(document)) {
                documents[count++] = document;
                if (count == documents.length) {
                    visit(of, count, visitor);
                    count = 0;
                }
            }
        }
        visit(of, count, visitor);
    }

    private void visit(LeafBlocks of, int count, Visitor visitor) throws IOException {
        multiply(of, count);
        for (int i = 0; i < count; i++) {
            bound(i);
            visitor.visit(documents[i]);
        }
    }

    /** Bounds of one document as close as its cosines allow. */
    void tight(LeafBlocks of, int document) throws IOException {
        documents[0] = document;
        multiply(of, 1);
        bound(0);
        tighten();
    }

    /** The cosines of the first {@code count} of {@link #documents}. */
    private void multiply(LeafBlocks of, int count) throws IOException {
        int length = count / DotKernel.STREAMS;
        for (int b = 0; b < length; b++) {
            for (int i = 0; i < DotKernel.STREAMS; i++) {
                at(of, i * length + b, i);
            }
            kernel.cosines(side, DotKernel.STREAMS, query, sideCosines);
        }
        for (int i = length * DotKernel.STREAMS; i < count; i++) {
            at(of, i, 0);
            kernel.cosines(side, 1, query, sideCosines);
        }
    }

    private void at(LeafBlocks of, int i, int stream) throws IOException {
        FrameBlock block = blocks[i];
        if (block == null) { // many scorers only ever look at one clip
            block = new FrameBlock(width);
            blocks[i] = block;
            cosines[i] = new float[1];
        }
        of.at(documents[i], block);
        if (cosines[i].length < block.frames()) {
            cosines[i] = new float[block.frames()];
        }
        side[stream] = block;
        sideCosines[stream] = cosines[i];
    }

    private void bound(int i) {
        current = i;
        FrameBlock block = blocks[i];
        bounds.clip(block, query.error(block, block.format() == VectorFormat.INT8));
        bounds.quick(cosines[i]);
    }

    /** Bounds of the same document as close as its cosines allow. */
    void tighten() {
        bounds.tighten(cosines[current]);
    }

    double low() {
        return bounds.low();
    }

    double high() {
        return bounds.high();
    }
}
