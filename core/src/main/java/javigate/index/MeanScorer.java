package javigate.index;

import java.io.IOException;
import org.apache.lucene.index.LeafReaderContext;

/** Bounds the scores of clips for one query by their mean frames alone; for one thread. */
final class MeanScorer {
    private final ScanQuery query;
    private final LeafCursor blocks;
    private final FrameBlock mean;
    private final MeanBounds bounds;
    private final DotKernel kernel = DotKernel.best();
    private final float[] cosine = new float[1];
    private double base;

    MeanScorer(LibraryModel model, ScanQuery query, Sound sound) {
        this.query = query;
        this.blocks = new LeafCursor(leaf -> LeafBlocks.pooled(leaf, sound));
        this.mean = new FrameBlock(model.width());
        this.bounds = new MeanBounds(model);
    }

    /** Turns to a clip. */
    void at(LeafReaderContext leaf, int document) throws IOException {
        if (!blocks.at(leaf).atMean(document, mean)) {
            bounds.nothing();
            base = 0;
            return;
        }
        kernel.cosines(mean, query, cosine);
        bounds.clip(mean, query.error(mean, true));
        base = bounds.perCosine() * cosine[0];
    }

    double low() {
        return base + bounds.low();
    }

    double high() {
        return base + bounds.high();
    }
}
