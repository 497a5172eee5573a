package javigate.index;

import java.io.IOException;

/** Bounds the scores of one clip after the other; for one thread. */
final class BlockScorer {
    private final DotKernel kernel = DotKernel.best();
    private final FrameBlock block;
    private final ScoreBounds bounds;
    private float[] cosines = new float[32];

    BlockScorer(LibraryModel model) {
        block = new FrameBlock(model.width());
        bounds = new ScoreBounds(model);
    }

    /** Bounds of a document's score, without an exponential. */
    void quick(LeafBlocks blocks, int document, ScanQuery query) throws IOException {
        blocks.at(document, block);
        if (cosines.length < block.frames()) {
            cosines = new float[block.frames()];
        }
        kernel.cosines(block, query, cosines);
        boolean codes = block.format() == VectorFormat.INT8;
        bounds.clip(block, query.error(block, codes));
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
