package javigate.index;

import java.io.IOException;
import org.apache.lucene.index.LeafReaderContext;

/** Scores of single documents for a query from full-precision vectors; for one thread. */
final class FullScores {
    private final LibraryHeader header;
    private final ScanQuery query;
    private final FrameBlock block;
    private final BlockScorer bounds;
    private final LeafCursor blocks;
    private float[][] frames = {};

    FullScores(LibraryHeader header, Sound sound, ScanQuery query) {
        this.header = header;
        this.query = query;
        this.bounds = new BlockScorer(header.model(), query);
        this.blocks = new LeafCursor(leaf -> LeafBlocks.full(leaf, sound, header.vectors()));
        this.block = new FrameBlock(header.model().width());
    }

    /** Whether {@link #bounds} knows more than a scan. */
    boolean narrows() {
        return header.vectors() != header.vectors().full();
    }

    /** What full-precision vectors say of a document's score in single precision. */
    BlockScorer bounds(LeafReaderContext leaf, int document) throws IOException {
        bounds.tight(blocks.at(leaf), document);
        return bounds;
    }

    /** The score itself, in double precision. */
    double score(LeafReaderContext leaf, int document) throws IOException {
        blocks.at(leaf).at(document, block);
        if (frames.length != block.frames()) {
            frames = new float[block.frames()][header.model().width()];
        }
        block.vectors(frames);
        LibraryModel model = header.model();
        return LateInteractionScore.of(frames, query.text(), model.alpha(), model.localWeight())
                .score();
    }
}
