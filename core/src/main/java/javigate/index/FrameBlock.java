package javigate.index;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.util.BytesRef;

/**
 * The frame vectors of one clip as bytes, little-endian: version (1), {@linkplain VectorFormat#code
 * format} (1), frames F (2), width D (4), length of the mean of the unit frames (8); F scales and,
 * in INT8, F error radii, four bytes each; zeros up to a multiple of 64; F rows of D elements and
 * zeros up to a multiple of 64 elements, so that a kernel needs no tails.
 *
 * <p>A mean of frames is one row of INT8 of version 3, with the {@link FrameSpread} of the frames
 * in the header: from byte 24 on their number (4), radius (4), radius of the tails (4), radius of
 * the long tails (4, zeros where it is not known), length of the mean (8).
 *
 * <p>Element times scale is the frame scaled to length 1; in INT8 up to an error of the radius's
 * length. An instance is a cursor over blocks in memory.
 */
final class FrameBlock {
    private static final byte VERSION = 2;
    private static final byte OLD_VERSION = 1;
    private static final byte MEAN_VERSION = 3;
    private static final byte OLD_TYPE_FLOAT32 = 0;
    private static final int FIXED_BYTES = 16;
    private static final int SPREAD_AT = 24;

    /** Rows are padded to a multiple of so many elements. */
    private static final int PADDING = 64;

    private static final int INT8_LIMIT = 127;

    private static final double LONGEST_MEAN = 1 + 1e-6;

    /** Vectors of length 1 are nowhere further apart. */
    private static final float FARTHEST = 2.1f;

    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort HALF =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final int width;
    private MemorySegment memory = MemorySegment.NULL;
    private long start;
    private int frames;
    private VectorFormat format = VectorFormat.F32;
    private boolean hasSpread;

    /** The first 8 bytes of a block that was checked, and its length: most are alike. */
    private long known;

    private long knownLength = -1;
    private float[] decoded = {};

    /** A cursor over blocks of vectors of width {@code width}. */
    FrameBlock(int width) {
        this.width = width;
    }

    /** Elements of a row: D and its padding. */
    static int rowElements(int width) {
        return Math.ceilDiv(width, PADDING) * PADDING;
    }

    private static int headerBytes(VectorFormat format, int frames) {
        int perFrame = format == VectorFormat.INT8 ? 2 * Float.BYTES : Float.BYTES;
        int alignment = ClipBlocksFormat.ALIGNMENT;
        return Math.ceilDiv(FIXED_BYTES + perFrame * frames, alignment) * alignment;
    }

    /** Length of a block. */
    static long bytes(VectorFormat format, int frames, int width) {
        return headerBytes(format, frames)
                + (long) frames * rowElements(width) * format.elementBytes();
    }

    /** Encodes vectors of length 1 [F, D]. */
    static byte[] encode(VectorFormat format, float[][] unit) {
        int width = unit[0].length;
        int frames = unit.length;
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.toIntExact(bytes(format, frames, width)))
                        .order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(VERSION).put(format.code()).putShort((short) frames).putInt(width);
        int rows = headerBytes(format, frames);
        int rowBytes = rowElements(width) * format.elementBytes();
        float[][] read = new float[frames][];
        for (int n = 0; n < frames; n++) {
            ByteBuffer row = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
            row.position(rows + n * rowBytes);
            float[] elements = elements(format.full(), unit[n]);
            read[n] = format == VectorFormat.F32 ? elements : LateInteractionScore.unit(elements);
            int scaleAt = FIXED_BYTES + n * Float.BYTES;
            switch (format) {
                case F32 -> row.asFloatBuffer().put(elements);
                case F16 -> {
                    for (float value : elements) {
                        row.putShort(Float.floatToFloat16(value));
                    }
                }
                case INT8 -> {
                    float scale = int8Scale(read[n]);
                    bytes.putFloat(scaleAt, scale);
                    double residual = 0;
                    for (float value : read[n]) {
                        int code = Math.round(value / scale);
                        row.put((byte) code);
                        double error = value - (double) scale * code;
                        residual += error * error;
                    }
                    float radius = (float) Math.sqrt(residual);
                    bytes.putFloat(scaleAt + frames * Float.BYTES, radius);
                }
            }
            if (format != VectorFormat.INT8) {
                double squares = LateInteractionScore.dot(elements, elements);
                bytes.putFloat(scaleAt, (float) (1 / Math.sqrt(squares)));
            }
        }
        bytes.putDouble(8, LateInteractionScore.meanNorm(read));
        return bytes.array();
    }

    /**
     * Encodes the mean of frames.
     *
     * @param mean [D], of length 1
     */
    static byte[] encodeMean(float[] mean, FrameSpread spread) {
        byte[] block = encode(VectorFormat.INT8, new float[][] {mean});
        ByteBuffer bytes = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(0, MEAN_VERSION);
        bytes.putFloat(FIXED_BYTES + Float.BYTES, radius(mean, bytes));
        bytes.putInt(SPREAD_AT, spread.frames());
        bytes.putFloat(SPREAD_AT + 4, spread.radius());
        bytes.putFloat(SPREAD_AT + 8, spread.tailRadius());
        bytes.putFloat(SPREAD_AT + 12, spread.longTailRadius());
        bytes.putDouble(SPREAD_AT + 16, spread.meanNorm());
        return block;
    }

    /**
     * How far the row of a block is from the mean itself, not from what halves would leave of it.
     */
    private static float radius(float[] mean, ByteBuffer block) {
        double scale = block.getFloat(FIXED_BYTES);
        double squares = 0;
        for (int i = 0; i < mean.length; i++) {
            double error = mean[i] - scale * block.get(headerBytes(VectorFormat.INT8, 1) + i);
            squares += error * error;
        }
        return Math.nextUp((float) Math.sqrt(squares));
    }

    /** What a vector of length 1 reads as once it is stored in full precision, length 1 again. */
    static float[] reading(VectorFormat format, float[] unit) {
        return format == VectorFormat.F32 ? unit : LateInteractionScore.unit(Halves.of(unit));
    }

    /** What of a vector of length 1 is stored in full precision, before its scale. */
    static float[] elements(VectorFormat format, float[] unit) {
        return format == VectorFormat.F32 ? unit : Halves.of(unit);
    }

    private static float int8Scale(float[] values) {
        float largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest / INT8_LIMIT;
    }

    /**
     * Points the cursor at a block. Kernels do not check their reads: this does it for them.
     *
     * @throws CorruptIndexException when the bytes are not such a block of the cursor's width
     */
    void at(MemorySegment in, long begin, long length) throws CorruptIndexException {
        long head = length < FIXED_BYTES ? 0 : in.get(LONG, begin);
        if (head != known || length != knownLength) {
            read(head, length);
            known = head;
            knownLength = length;
        }
        memory = in;
        start = begin;
    }

    private void read(long head, long length) throws CorruptIndexException {
        int version = (byte) head;
        int type = (byte) (head >> 8);
        boolean newer = version == VERSION || version == MEAN_VERSION;
        if (!newer || type < 0 || type >= VectorFormat.COUNT) {
            throw new CorruptIndexException(
                    "version " + version + ", type " + type + " in " + length + " bytes", "frames");
        }
        VectorFormat storedFormat = VectorFormat.of(type);
        int storedFrames = Short.toUnsignedInt((short) (head >> 16));
        int storedWidth = (int) (head >> 32);
        boolean mean = version == MEAN_VERSION;
        if (storedFrames == 0
                || (mean && (storedFrames > 1 || storedFormat != VectorFormat.INT8))
                || storedWidth != width
                || length != bytes(storedFormat, storedFrames, width)) {
            throw new CorruptIndexException(
                    String.format(
                            "%s, %d vectors of width %d in %d bytes",
                            storedFormat, storedFrames, storedWidth, length),
                    "frames");
        }
        format = storedFormat;
        frames = storedFrames;
        hasSpread = mean;
    }

    /**
     * Points the cursor at a copy of a block of the library formats 1 and 2: version (1), type (1),
     * F (2), D (4), mean length (8), F · D floats.
     */
    void atOld(BytesRef block) throws CorruptIndexException {
        ByteBuffer bytes =
                ByteBuffer.wrap(block.bytes, block.offset, block.length)
                        .order(ByteOrder.LITTLE_ENDIAN);
        if (block.length < FIXED_BYTES) {
            throw new CorruptIndexException("cut short at " + block.length + " bytes", "frames");
        }
        int version = bytes.get();
        int type = bytes.get();
        int count = Short.toUnsignedInt(bytes.getShort());
        int storedWidth = bytes.getInt();
        if (version != OLD_VERSION
                || type != OLD_TYPE_FLOAT32
                || count == 0
                || storedWidth != width
                || block.length != FIXED_BYTES + (long) Float.BYTES * count * width) {
            throw new CorruptIndexException(
                    String.format(
                            "version %d, type %d, %d vectors of width %d in %d bytes",
                            version, type, count, storedWidth, block.length),
                    "frames");
        }
        float[][] unit = new float[count][width];
        bytes.position(FIXED_BYTES);
        for (float[] row : unit) {
            bytes.asFloatBuffer().get(row);
            bytes.position(bytes.position() + Float.BYTES * width);
        }
        byte[] newer = encode(VectorFormat.F32, unit);
        at(MemorySegment.ofArray(newer), 0, newer.length);
    }

    VectorFormat format() {
        return format;
    }

    /** Frames F of the block. */
    int frames() {
        return frames;
    }

    /** Where the block lies. */
    MemorySegment memory() {
        return memory;
    }

    /** Where in {@link #memory} the rows begin. */
    long rows() {
        return start + headerBytes(format, frames);
    }

    /** Where in {@link #memory} a row begins. */
    long row(int frame) {
        return element((long) frame * rowElements());
    }

    /** Where in {@link #memory} an element of the rows one behind the other is. */
    long element(long number) {
        return rows() + number * format.elementBytes();
    }

    /** Where in {@link #memory} the block begins. */
    long begin() {
        return start;
    }

    /** Bytes of the block. */
    long length() {
        return bytes(format, frames, width);
    }

    /** Elements from one row to the next. */
    int rowElements() {
        return rowElements(width);
    }

    /**
     * Length of the mean of the unit frames, 0..1 and some rounding.
     *
     * @throws CorruptIndexException when it is no such length
     */
    double meanNorm() throws CorruptIndexException {
        return meanNorm(start + 8);
    }

    private double meanNorm(long at) throws CorruptIndexException {
        double norm = memory.get(DOUBLE, at);
        if (!(norm >= 0 && norm < LONGEST_MEAN)) {
            throw new CorruptIndexException("a mean of unit frames of length " + norm, "frames");
        }
        return norm;
    }

    /** Whether the block is of a mean and knows the spread of the frames: older ones do not. */
    boolean hasSpread() {
        return hasSpread;
    }

    /**
     * The spread of the frames that the block is the mean of.
     *
     * @throws CorruptIndexException when it is none
     */
    FrameSpread spread() throws CorruptIndexException {
        long at = start + SPREAD_AT;
        int count = memory.get(INT, at);
        float radius = memory.get(FLOAT, at + 4);
        float tailRadius = memory.get(FLOAT, at + 8);
        float longTailRadius = memory.get(FLOAT, at + 12);
        if (longTailRadius == 0) { // not written in the first days of format 5
            longTailRadius = radius;
        }
        float scale = scale(0);
        float ofRow = radius(0);
        boolean sound =
                count > 0
                        && tailRadius >= 0
                        && tailRadius <= longTailRadius
                        && longTailRadius <= radius
                        && radius < FARTHEST
                        && ofRow >= 0
                        && ofRow < FARTHEST
                        && scale > 0
                        && scale < FARTHEST;
        if (!sound) {
            throw new CorruptIndexException(
                    "%d frames around a mean within %s, tails within %s, %s; its scale %s, off %s"
                            .formatted(count, radius, longTailRadius, tailRadius, scale, ofRow),
                    "frames");
        }
        return new FrameSpread(count, meanNorm(at + 16), radius, longTailRadius, tailRadius);
    }

    float scale(int frame) {
        return memory.get(FLOAT, start + FIXED_BYTES + (long) frame * Float.BYTES);
    }

    /** Largest length of the difference of a frame and what its row and scale say. */
    float radius(int frame) {
        return format == VectorFormat.INT8
                ? memory.get(FLOAT, start + FIXED_BYTES + (long) (frames + frame) * Float.BYTES)
                : 0;
    }

    /** Elements of all rows with their padding. */
    int elements() {
        return Math.multiplyExact(frames, rowElements());
    }

    /**
     * Elements {@code first} to before {@code end} of the rows one behind the other as floats, not
     * yet multiplied by their scales.
     *
     * @param into at least {@code end}; written from {@code first} on
     */
    void decode(int first, int end, float[] into) {
        decode(first, end, into, first);
    }

    /** {@link #decode(int, int, float[])} to {@code to} and after it. */
    void decode(int first, int end, float[] into, int to) {
        long at = element(first);
        switch (format) {
            case F32 -> MemorySegment.copy(memory, FLOAT, at, into, to, end - first);
            case F16 -> halves(memory, at, end - first, into, to);
            case INT8 -> codes(memory, at, end - first, into, to);
        }
    }

    /**
     * C2 makes vectors of this loop, with the processor's own instruction for halves, as long as
     * nothing in it branches or calls. Around it stand loops of single elements: few long calls are
     * faster than many short ones.
     */
    private static void halves(MemorySegment memory, long at, int count, float[] into, int to) {
        for (int i = 0; i < count; i++) {
            into[to + i] = Float.float16ToFloat(memory.get(HALF, at + 2L * i));
        }
    }

    /** As {@link #halves}. */
    private static void codes(MemorySegment memory, long at, int count, float[] into, int to) {
        for (int i = 0; i < count; i++) {
            into[to + i] = memory.get(ValueLayout.JAVA_BYTE, at + i);
        }
    }

    /** The vectors with length 1 [F, D], copied; of a full-precision block. */
    float[][] vectors() {
        float[][] vectors = new float[frames][width];
        vectors(vectors);
        return vectors;
    }

    /**
     * {@link #vectors} into arrays that are used again: a search that allocates for each hit waits
     * for memory.
     *
     * @param into [F, D]; written
     */
    void vectors(float[][] into) {
        if (format == VectorFormat.INT8) {
            throw new IllegalStateException("INT8 is no full precision");
        }
        int elements = rowElements();
        if (decoded.length < elements()) {
            decoded = new float[elements()];
        }
        decode(0, elements(), decoded);
        for (int n = 0; n < frames; n++) {
            System.arraycopy(decoded, n * elements, into[n], 0, width);
            if (format != VectorFormat.F32) {
                LateInteractionScore.scaleToUnit(into[n]);
            }
        }
    }
}
