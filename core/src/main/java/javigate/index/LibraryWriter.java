package javigate.index;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.ThreadInterruptedException;
import org.jspecify.annotations.Nullable;

/** Changes a library, a commit each. For several threads. */
final class LibraryWriter implements Closeable {
    /** What is changed. */
    interface Change {
        void to(IndexWriter writer) throws IOException;
    }

    private final Path folder;
    private final Directory directory;
    private final LibraryHeader header;

    /** Held while the writer is looked at or replaced. */
    private final Object lock = new Object();

    private @Nullable IndexWriter writer;
    private boolean closed;

    /**
     * @param writer null for a library that was opened to read
     */
    LibraryWriter(
            Path folder, Directory directory, LibraryHeader header, @Nullable IndexWriter writer) {
        this.folder = folder;
        this.directory = directory;
        this.header = header;
        this.writer = writer;
    }

    /**
     * Changes the library; on the disk when this returns.
     *
     * @throws LibraryException saying why it did not, and what is lost by that: only this change
     * @throws IllegalStateException when the library was opened to read or is closed
     */
    void change(Change change) throws IOException {
        IndexWriter open = null;
        try {
            open = writer();
            change.to(open);
            LuceneFolder.setHeader(open, header.changed());
            open.commit();
        } catch (IOException e) {
            throw LibraryException.of(folder, e);
        } catch (ThreadInterruptedException e) {
            throw LibraryException.interrupted(folder, e);
        } catch (AlreadyClosedException e) {
            Throwable why = open == null ? null : open.getTragicException();
            if (why == null) {
                throw e; // the library was closed
            }
            throw why instanceof IOException cause
                    ? LibraryException.of(folder, cause)
                    : LibraryException.brokenOff(folder, why);
        }
    }

    /** A writer that met a full disk or an interrupt closed itself: here is a new one. */
    private IndexWriter writer() throws IOException {
        synchronized (lock) {
            if (closed) {
                throw new IllegalStateException(folder + ": the library is closed");
            }
            if (writer == null) {
                throw new IllegalStateException(folder + ": the library was opened to read only");
            }
            if (!writer.isOpen()) {
                writer.rollback(); // another thread may still be closing it
                writer = LuceneFolder.writer(folder, directory, header);
            }
            return writer;
        }
    }

    /** Gives up the lock of the folder. Closing again does nothing. */
    @Override
    public void close() throws IOException {
        IndexWriter open;
        synchronized (lock) {
            closed = true;
            open = writer;
        }
        if (open != null) {
            open.close();
        }
    }
}
