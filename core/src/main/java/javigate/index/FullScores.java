package javigate.index;

import java.io.IOException;
import org.apache.lucene.index.LeafReaderContext;

/** Scores of single documents from their full-precision vectors; for one thread. */
final class FullScores {
    private final LibraryHeader header;
    private final FrameBlock block;
    private final LeafCursor blocks;
    private float[][] frames = {};

    FullScores(LibraryHeader header, Sound sound) {
        this.header = header;
        this.blocks = new LeafCursor(leaf -> LeafBlocks.full(leaf, sound, header.vectors()));
        this.block = new FrameBlock(header.model().width());
    }

    /** Whether {@link #bound} knows more than a scan. */
    boolean narrows() {
        return header.vectors() != header.vectors().full();
    }

    /** Bounds from the full-precision vectors, in single precision. */
    void bound(BlockScorer scorer, LeafReaderContext leaf, int document, ScanQuery query)
            throws IOException {
        scorer.quick(blocks.at(leaf), document, query);
        scorer.tighten();
    }

    /** The score itself, in double precision. */
    double score(LeafReaderContext leaf, int document, ScanQuery query) throws IOException {
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
