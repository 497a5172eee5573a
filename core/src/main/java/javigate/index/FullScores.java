package javigate.index;

import java.io.IOException;
import org.apache.lucene.index.LeafReaderContext;
import org.jspecify.annotations.Nullable;

/** Scores of single documents from their full-precision vectors; for one thread. */
final class FullScores {
    private final LibraryHeader header;
    private final Sound sound;
    private final FrameBlock block;
    private @Nullable LeafBlocks blocks;
    private @Nullable LeafReaderContext current;

    FullScores(LibraryHeader header, Sound sound) {
        this.header = header;
        this.sound = sound;
        this.block = new FrameBlock(header.model().width());
    }

    /** Whether {@link #bound} knows more than a scan. */
    boolean narrows() {
        return header.vectors() != header.vectors().full();
    }

    /** Bounds from the full-precision vectors, in single precision. */
    void bound(BlockScorer scorer, LeafReaderContext leaf, int document, ScanQuery query)
            throws IOException {
        scorer.quick(blocks(leaf), document, query);
        scorer.tighten();
    }

    /** The score itself, in double precision. */
    double score(LeafReaderContext leaf, int document, ScanQuery query) throws IOException {
        blocks(leaf).at(document, block);
        LibraryModel model = header.model();
        return LateInteractionScore.of(
                        block.vectors(), query.text(), model.alpha(), model.localWeight())
                .score();
    }

    private LeafBlocks blocks(LeafReaderContext leaf) throws IOException {
        LeafBlocks of = blocks;
        if (of == null || current != leaf) {
            of = LeafBlocks.full(leaf.reader(), sound, header.vectors());
            blocks = of;
            current = leaf;
        }
        return of;
    }
}
