package javigate.index;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * What a re-ranker looks at of one clip: F frames and A audio tokens of width D, as it made them
 * (lengths matter to it), in IEEE half precision: 2 · (F + A) · D bytes. For TEFAL of the paper's
 * size and 12 frames that is 1,253,376 bytes, for X-Pool 12,288.
 *
 * @param frameCount F, at least 1
 * @param audioCount A, 0 or more
 * @param width D, at least 1
 * @param stored as it lies on the disk: F, A and D as ints, then frames and audio tokens as halves,
 *     row by row; little-endian
 */
public record RerankTokens(int frameCount, int audioCount, int width, byte[] stored) {

    private static final int HEADER_BYTES = 12;

    /**
     * @throws IllegalArgumentException if sizes and bytes do not fit
     */
    public RerankTokens {
        if (frameCount < 1
                || audioCount < 0
                || width < 1
                || stored.length != HEADER_BYTES + 2L * (frameCount + (long) audioCount) * width) {
            throw new IllegalArgumentException(
                    "%d frames and %d audio tokens of width %d in %d bytes"
                            .formatted(frameCount, audioCount, width, stored.length));
        }
    }

    /**
     * Rounds to half precision.
     *
     * @param frames [F][D]
     * @param audio [A][D], A may be 0
     * @throws IllegalArgumentException if a value is not finite, or above what a half can hold
     */
    public static RerankTokens of(float[][] frames, float[][] audio) {
        int width = frames[0].length;
        int values = Math.multiplyExact(frames.length + audio.length, width);
        ByteBuffer halves =
                ByteBuffer.allocate(Math.addExact(HEADER_BYTES, Math.multiplyExact(2, values)))
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(frames.length)
                        .putInt(audio.length)
                        .putInt(width);
        for (float[][] part : new float[][][] {frames, audio}) {
            for (float[] row : part) {
                for (float value : row) {
                    short half = Float.floatToFloat16(value);
                    if (!Float.isFinite(Float.float16ToFloat(half))) {
                        throw new IllegalArgumentException(
                                "a re-ranker's value is %s; up to 65,504 can be stored"
                                        .formatted(value));
                    }
                    halves.putShort(half);
                }
            }
        }
        return new RerankTokens(frames.length, audio.length, width, halves.array());
    }

    /** All of {@link #stored} but the sizes. */
    public ByteBuffer values() {
        return ByteBuffer.wrap(stored, HEADER_BYTES, stored.length - HEADER_BYTES);
    }

    /** [F][D]. */
    public float[][] frames() {
        return rows(0, frameCount);
    }

    /** [A][D]. */
    public float[][] audio() {
        return rows(frameCount, audioCount);
    }

    private float[][] rows(int first, int count) {
        ByteBuffer from = ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN);
        from.position(HEADER_BYTES + 2 * first * width);
        float[][] rows = new float[count][width];
        for (float[] row : rows) {
            for (int d = 0; d < width; d++) {
                row[d] = Float.float16ToFloat(from.getShort());
            }
        }
        return rows;
    }

    /**
     * Reads {@link #stored}.
     *
     * @throws IllegalArgumentException if it is not that
     */
    static RerankTokens decode(byte[] bytes, int offset, int length) {
        if (length < HEADER_BYTES) {
            throw new IllegalArgumentException("a re-ranker's tokens in " + length + " bytes");
        }
        ByteBuffer from = ByteBuffer.wrap(bytes, offset, length).order(ByteOrder.LITTLE_ENDIAN);
        return new RerankTokens(
                from.getInt(),
                from.getInt(),
                from.getInt(),
                Arrays.copyOfRange(bytes, offset, offset + length));
    }
}
