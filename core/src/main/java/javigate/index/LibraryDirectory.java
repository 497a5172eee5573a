package javigate.index;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.store.OutputStreamIndexOutput;

/**
 * Lucene's memory-mapped folder, but that the vectors are written in pieces of {@value
 * #PIECE_BYTES} bytes instead of 8,192. Linux keeps in memory what it was given at once in one
 * place, a huge page where it fits, and a scan that waits for memory reads such places faster.
 */
final class LibraryDirectory extends MMapDirectory {
    /** A huge page of x86 and of most ARM processors. */
    private static final int PIECE_BYTES = 1 << 21;

    private static final int BUFFER_BYTES = 8192;

    LibraryDirectory(Path folder) throws IOException {
        super(folder);
    }

    @Override
    public IndexOutput createOutput(String name, IOContext context) throws IOException {
        boolean vectors =
                name.endsWith("." + ClipBlocksFormat.DATA_EXTENSION) || name.endsWith(".cfs");
        if (!vectors || getPendingDeletions().contains(name)) {
            return super.createOutput(name, context);
        }
        OutputStream file =
                Files.newOutputStream(
                        getDirectory().resolve(name),
                        StandardOpenOption.WRITE,
                        StandardOpenOption.CREATE_NEW);
        return new OutputStreamIndexOutput(
                "vectors in " + getDirectory().resolve(name),
                name,
                new WholePieces(file),
                BUFFER_BYTES);
    }

    /** Passes on whole pieces, so that each begins where a huge page does. */
    private static final class WholePieces extends FilterOutputStream {
        private final byte[] piece = new byte[PIECE_BYTES];
        private int filled;

        WholePieces(OutputStream to) {
            super(to);
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            for (int done = 0; done < length; ) {
                int some = Math.min(length - done, PIECE_BYTES - filled);
                System.arraycopy(bytes, from + done, piece, filled, some);
                filled += some;
                done += some;
                if (filled == PIECE_BYTES) {
                    passOn();
                }
            }
        }

        private void passOn() throws IOException {
            out.write(piece, 0, filled);
            filled = 0;
        }

        /** Lucene flushes at the end only. */
        @Override
        public void flush() throws IOException {
            passOn();
            out.flush();
        }
    }
}
