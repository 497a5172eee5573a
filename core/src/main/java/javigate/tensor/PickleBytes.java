package javigate.tensor;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * What stands behind the opcodes of a pickle: numbers and texts, little-endian. Where the pickle
 * ends first, a {@link BufferUnderflowException} is thrown; nothing is allocated before that.
 */
final class PickleBytes {

    private static final int LONGEST_INTEGER = 255; // bytes

    private final ByteBuffer in;
    private final String file;

    /**
     * @param file names the file in messages
     */
    PickleBytes(ByteBuffer in, String file) {
        this.in = in.order(ByteOrder.LITTLE_ENDIAN);
        this.file = file;
    }

    int position() {
        return in.position();
    }

    int uint8() {
        return in.get() & 0xff;
    }

    int uint16() {
        return in.getShort() & 0xffff;
    }

    int int32() {
        return in.getInt();
    }

    long uint32() {
        return in.getInt() & 0xffffffffL;
    }

    long int64() {
        return in.getLong();
    }

    /** The one big-endian value. */
    double float64() {
        return Double.longBitsToDouble(Long.reverseBytes(in.getLong()));
    }

    /** Two's complement of so many bytes: a Long, or a BigInteger where that is too small. */
    Object integer(int bytes) throws IOException {
        if (bytes < 0 || bytes > LONGEST_INTEGER) {
            throw new IOException(
                    "%s: its pickle holds an integer of %s bytes (limit %d)"
                            .formatted(file, Integer.toUnsignedString(bytes), LONGEST_INTEGER));
        }
        byte[] littleEndian = new byte[bytes];
        in.get(littleEndian);
        byte[] bigEndian = new byte[Math.max(1, bytes)];
        for (int i = 0; i < bytes; i++) {
            bigEndian[bytes - 1 - i] = littleEndian[i];
        }
        BigInteger value = new BigInteger(bigEndian);
        return value.bitLength() < 64 ? (Object) value.longValue() : value;
    }

    /** UTF-8 of so many bytes. */
    String text(long bytes) {
        if (bytes < 0 || bytes > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] utf8 = new byte[(int) bytes];
        in.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    /** Text up to the end of its line. */
    String line() throws IOException {
        int start = in.position();
        while (in.get() != '\n') { // a buffer that ends first throws
            if (in.position() - start > PickleName.LONGEST) {
                throw new IOException(
                        "%s: its pickle holds a name of over %d bytes"
                                .formatted(file, PickleName.LONGEST));
            }
        }
        byte[] bytes = new byte[in.position() - 1 - start];
        in.get(start, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
