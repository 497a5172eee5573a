package javigate.index;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.StandardDirectoryReader;
import org.apache.lucene.search.ReferenceManager;
import org.apache.lucene.store.AlreadyClosedException;
import org.jspecify.annotations.Nullable;

/**
 * The commit that a store shows, shared by its searches. It follows one library only: a folder that
 * was deleted and made anew may hold vectors of another model.
 */
final class LibraryReaders extends ReferenceManager<DirectoryReader> {
    private final Path folder;
    private final LibraryHeader header;

    /**
     * @param first closed with this
     * @param header of the library
     */
    LibraryReaders(Path folder, DirectoryReader first, LibraryHeader header) {
        this.folder = folder;
        this.header = header;
        this.current = first;
    }

    /**
     * @throws LibraryException when another library lies in the folder now; the old one stays shown
     */
    @Override
    protected @Nullable DirectoryReader refreshIfNeeded(DirectoryReader shown) throws IOException {
        DirectoryReader newer;
        try {
            newer = DirectoryReader.openIfChanged(shown);
        } catch (AlreadyClosedException e) {
            throw e; // the store was closed meanwhile
        } catch (IllegalStateException e) { // a part of the same name has other clips
            throw LibraryException.replaced(folder, e);
        } catch (IllegalArgumentException e) {
            throw LibraryException.ofUnknownFormat(folder, e);
        }
        if (newer == null) {
            requireSame(shown);
            return null;
        }
        try {
            LibraryHeader now = LuceneFolder.header(folder, newer);
            if (!now.isOf(header)) {
                throw LibraryException.replaced(folder, null);
            }
            return newer;
        } catch (IOException | RuntimeException e) {
            newer.close();
            throw e;
        }
    }

    /** Commits of one version are alike in one library; in another they have another id. */
    private void requireSame(DirectoryReader shown) throws IOException {
        SegmentInfos latest = SegmentInfos.readLatestCommit(shown.directory());
        SegmentInfos mine = ((StandardDirectoryReader) shown).getSegmentInfos();
        if (latest.getVersion() == mine.getVersion()
                && !Arrays.equals(latest.getId(), mine.getId())) {
            throw LibraryException.replaced(folder, null);
        }
    }

    @Override
    protected void decRef(DirectoryReader reader) throws IOException {
        reader.decRef();
    }

    @Override
    protected boolean tryIncRef(DirectoryReader reader) {
        return reader.tryIncRef();
    }

    @Override
    protected int getRefCount(DirectoryReader reader) {
        return reader.getRefCount();
    }
}
