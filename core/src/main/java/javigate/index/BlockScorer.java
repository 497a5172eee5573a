package javigate.index;

import java.io.IOException;
import java.util.function.IntPredicate;

/** Bounds the scores of clips for one query; for one thread. */
final class BlockScorer {
    /** Told of each clip, whose bounds the scorer has meanwhile. */
    interface Visitor {
        void visit(int document) throws IOException;
    }

    private final ScanQuery query;
    private final DotKernel kernel = DotKernel.best();
    private final int[] documents = new int[DotKernel.STREAMS];
    private final FrameBlock[] blocks = new FrameBlock[DotKernel.STREAMS];
    private final float[][] cosines = new float[DotKernel.STREAMS][1];
    private final ScoreBounds bounds;
    private int current;

    BlockScorer(LibraryModel model, ScanQuery query) {
        this.query = query;
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = new FrameBlock(model.width());
        }
        bounds = new ScoreBounds(model);
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
        for (int i = 0; i < count; i++) {
            of.at(documents[i], blocks[i]);
            if (cosines[i].length < blocks[i].frames()) {
                cosines[i] = new float[blocks[i].frames()];
            }
        }
        kernel.cosines(blocks, count, query, cosines);
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
