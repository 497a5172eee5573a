package javigate.search.exchange;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a matrix of NumPy's format 1.0 row by row. Its size must be what the header says, so that
 * what is asked for never takes more memory than the file has bytes.
 */
final class NpyReader implements Closeable {
    private static final int PREFIX_BYTES = NpyWriter.MAGIC.length + Short.BYTES;
    private static final int BUFFER_BYTES = 1 << 16;
    private static final Pattern HEADER =
            Pattern.compile(
                    "\\{'descr': '([^']*)', 'fortran_order': False,"
                            + " 'shape': \\((\\d{1,18}), (\\d{1,9})\\), }\\s*");

    private final Path file;
    private final FileChannel channel;
    private final NpyType type;
    private final long rows;
    private final int width;
    private final ByteBuffer buffer =
            ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private long taken;

    /**
     * @throws IOException if the file is no such matrix of numbers of this type, naming it
     */
    NpyReader(Path file, NpyType type) throws IOException {
        this.file = file;
        this.type = type;
        channel = FileChannel.open(file);
        try {
            buffer.flip();
            byte[] magic = new byte[NpyWriter.MAGIC.length];
            fill(PREFIX_BYTES);
            buffer.get(magic);
            int length = Short.toUnsignedInt(buffer.getShort());
            if (!Arrays.equals(magic, NpyWriter.MAGIC) || length > BUFFER_BYTES) {
                throw new IOException(file + ": no npy file of version 1.0");
            }
            fill(length);
            byte[] header = new byte[length];
            buffer.get(header);
            String text = new String(header, StandardCharsets.ISO_8859_1);
            Matcher match = HEADER.matcher(text);
            if (!match.matches() || !match.group(1).equals(type.descr())) {
                throw new IOException(
                        "%s: its header is not that of a matrix of %s: %s"
                                .formatted(
                                        file,
                                        type.descr(),
                                        text.substring(0, Math.min(100, text.length())).strip()));
            }
            rows = Long.parseLong(match.group(2));
            width = Integer.parseInt(match.group(3));
            long bytes = channel.size() - PREFIX_BYTES - length;
            if (width < 1
                    || bytes % ((long) width * type.bytes()) != 0
                    || bytes / ((long) width * type.bytes()) != rows) {
                throw new IOException(
                        "%s: %d bytes of values, not those of %d rows of %d"
                                .formatted(file, bytes, rows, width));
            }
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Numbers of a row. */
    int width() {
        return width;
    }

    /** Rows taken so far. */
    long taken() {
        return taken;
    }

    /** Rows not yet taken. */
    long left() {
        return rows - taken;
    }

    /**
     * The next rows.
     *
     * @throws IOException if fewer are left
     */
    float[][] take(int count) throws IOException {
        require(count);
        float[][] values = new float[count][width];
        for (float[] row : values) {
            for (int i = 0; i < width; i++) {
                if (buffer.remaining() < type.bytes()) {
                    fill(type.bytes());
                }
                row[i] = type.get(buffer);
            }
        }
        return values;
    }

    private void require(int count) throws IOException {
        if (count < 0 || count > left()) {
            throw new IOException(
                    "%s: %d rows are asked for, %d are left of %d"
                            .formatted(file, count, left(), rows));
        }
        taken += count;
    }

    /** Lets the buffer hold so many bytes at least. */
    private void fill(int atLeast) throws IOException {
        buffer.compact();
        while (buffer.position() < atLeast) {
            if (channel.read(buffer) < 0) {
                throw new EOFException(file + ": cut short");
            }
        }
        buffer.flip();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
