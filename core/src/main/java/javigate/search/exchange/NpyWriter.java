package javigate.search.exchange;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes a matrix as NumPy's format 1.0 (NEP 1), row by row; the number of rows stands in the
 * header once it is finished.
 */
final class NpyWriter implements Closeable {
    static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    private static final int HEADER_BYTES = 128;
    private static final int BUFFER_BYTES = 1 << 16;

    private final FileChannel channel;
    private final NpyType type;
    private final int width;
    private final ByteBuffer buffer =
            ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private long rows;

    /**
     * @param file made anew
     */
    NpyWriter(Path file, NpyType type, int width) throws IOException {
        this.type = type;
        this.width = width;
        channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        buffer.position(HEADER_BYTES);
    }

    /** Rows written. */
    long rows() {
        return rows;
    }

    /** Appends a row [D]. */
    void row(float[] values) throws IOException {
        for (float value : values) {
            if (buffer.remaining() < type.bytes()) {
                flush();
            }
            type.put(buffer, value);
        }
        rows++;
    }

    /** Appends rows that have this file's form already. */
    void rows(ByteBuffer bytes) throws IOException {
        rows += bytes.remaining() / ((long) width * type.bytes());
        flush();
        writeAll(bytes);
    }

    private void flush() throws IOException {
        writeAll(buffer.flip());
        buffer.clear();
    }

    private void writeAll(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            int _ = channel.write(bytes);
        }
    }

    /** Completes the file, on the disk. */
    void finish() throws IOException {
        flush();
        String described =
                "{'descr': '%s', 'fortran_order': False, 'shape': (%d, %d), }"
                        .formatted(type.descr(), rows, width);
        int padding = HEADER_BYTES - MAGIC.length - Short.BYTES - described.length() - 1;
        buffer.put(MAGIC).putShort((short) (HEADER_BYTES - MAGIC.length - Short.BYTES));
        buffer.put((described + " ".repeat(padding) + '\n').getBytes(StandardCharsets.US_ASCII));
        channel.position(0);
        flush();
        channel.force(true);
    }

    /** Ends writing; without {@link #finish} what is there is no such file. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
