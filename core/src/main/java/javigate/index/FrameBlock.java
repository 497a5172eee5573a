package javigate.index;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.util.BytesRef;

/**
 * The frame vectors of one clip as bytes, little-endian: version (1), element type (1), frames F
 * (2), width D (4), length of the mean of the unit frames (8), then F · D elements of unit frames.
 * An instance is the reusable buffer that a scan decodes one clip after another into.
 */
final class FrameBlock {
    private static final byte VERSION = 1;
    private static final byte TYPE_FLOAT32 = 0;
    private static final int HEADER_BYTES = 16;

    private final int width;
    private float[] values = {};
    private double[] cosines = {};
    private int frames;
    private double meanNorm;

    /** A buffer for vectors of width {@code width}. */
    FrameBlock(int width) {
        this.width = width;
    }

    /** Scales vectors [F, D] to length 1 and encodes them. */
    static byte[] encode(float[][] frames) {
        float[][] unit = new float[frames.length][];
        for (int n = 0; n < frames.length; n++) {
            unit[n] = LateInteractionScore.unit(frames[n]);
        }
        int width = unit[0].length;
        ByteBuffer bytes =
                ByteBuffer.allocate(
                                HEADER_BYTES
                                        + Math.multiplyExact(
                                                Float.BYTES,
                                                Math.multiplyExact(unit.length, width)))
                        .order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(VERSION).put(TYPE_FLOAT32).putShort((short) unit.length).putInt(width);
        bytes.putDouble(LateInteractionScore.meanNorm(unit));
        for (float[] frame : unit) {
            bytes.asFloatBuffer().put(frame);
            bytes.position(bytes.position() + Float.BYTES * width);
        }
        return bytes.array();
    }

    /**
     * Decodes one clip over what the buffer held before.
     *
     * @throws CorruptIndexException when the bytes are not such a block of the buffer's width
     */
    void read(BytesRef block) throws CorruptIndexException {
        ByteBuffer bytes =
                ByteBuffer.wrap(block.bytes, block.offset, block.length)
                        .order(ByteOrder.LITTLE_ENDIAN);
        if (block.length < HEADER_BYTES) {
            throw new CorruptIndexException("cut short at " + block.length + " bytes", "frames");
        }
        int version = bytes.get();
        int type = bytes.get();
        frames = Short.toUnsignedInt(bytes.getShort());
        int storedWidth = bytes.getInt();
        meanNorm = bytes.getDouble();
        if (version != VERSION
                || type != TYPE_FLOAT32
                || frames == 0
                || storedWidth != width
                || block.length != HEADER_BYTES + (long) Float.BYTES * frames * width) {
            throw new CorruptIndexException(
                    String.format(
                            "version %d, type %d, %d vectors of width %d in %d bytes",
                            version, type, frames, storedWidth, block.length),
                    "frames");
        }
        if (values.length < frames * width) {
            values = new float[frames * width];
            cosines = new double[frames];
        }
        bytes.asFloatBuffer().get(values, 0, frames * width);
    }

    /** The decoded unit vectors [F, D], copied. */
    float[][] vectors() {
        float[][] copy = new float[frames][width];
        for (int n = 0; n < frames; n++) {
            System.arraycopy(values, n * width, copy[n], 0, width);
        }
        return copy;
    }

    /** Eq. 9 of the decoded clip and a unit text vector [D]. */
    double score(float[] unitText, double alpha, double localWeight) {
        for (int n = 0; n < frames; n++) {
            cosines[n] = LateInteractionScore.dot(values, n * width, unitText);
        }
        return LateInteractionScore.score(
                LateInteractionScore.global(cosines, frames, meanNorm),
                LateInteractionScore.local(cosines, frames, alpha),
                localWeight);
    }
}
