package javigate.index;

import java.io.IOException;

/** Bounds the scores of one clip after the other; for one thread. */
final class BlockScorer {
    private final DotKernel kernel = DotKernel.best();
    private final FrameBlock[] blocks = new FrameBlock[DotKernel.STREAMS];
    private final float[][] cosines = new float[DotKernel.STREAMS][32];
    private final ScoreBounds bounds;
    private int current;

    BlockScorer(LibraryModel model) {
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = new FrameBlock(model.width());
        }
        bounds = new ScoreBounds(model);
    }

    /** Bounds of a document's score, without an exponential. */
    void quick(LeafBlocks of, int document, ScanQuery query) throws IOException {
        at(of, document, 0);
        kernel.cosines(blocks[0], query, cosines[0]);
        quick(0, query);
    }

    /**
     * Turns to several documents, of which {@link #quick(int, ScanQuery)} gives the bounds. Faster
     * than one after the other.
     *
     * @param count the first so many of {@code documents}, at most {@link DotKernel#STREAMS}
     */
    void at(LeafBlocks of, int[] documents, int count, ScanQuery query) throws IOException {
        for (int i = 0; i < count; i++) {
            at(of, documents[i], i);
        }
        kernel.cosines(blocks, count, query, cosines);
    }

    private void at(LeafBlocks of, int document, int i) throws IOException {
        of.at(document, blocks[i]);
        if (cosines[i].length < blocks[i].frames()) {
            cosines[i] = new float[blocks[i].frames()];
        }
    }

    /** Bounds of the {@code i}th document's score, without an exponential. */
    void quick(int i, ScanQuery query) {
        current = i;
        FrameBlock block = blocks[i];
        boolean codes = block.format() == VectorFormat.INT8;
        bounds.clip(block, query.error(block, codes));
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
