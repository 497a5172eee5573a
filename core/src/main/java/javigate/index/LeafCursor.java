package javigate.index;

import java.io.IOException;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.jspecify.annotations.Nullable;

/** The blocks of the part of the index a thread is in: found once each time it enters another. */
final class LeafCursor {
    /** Finds the blocks of a part. */
    interface Finder {
        LeafBlocks find(LeafReader leaf) throws IOException;
    }

    private final Finder finder;
    private @Nullable LeafBlocks blocks;
    private @Nullable LeafReaderContext current;

    LeafCursor(Finder finder) {
        this.finder = finder;
    }

    LeafBlocks at(LeafReaderContext leaf) throws IOException {
        LeafBlocks of = blocks;
        if (of == null || current != leaf) {
            of = finder.find(leaf.reader());
            blocks = of;
            current = leaf;
        }
        return of;
    }
}
