package javigate.index;

/**
 * A text vector in the forms that the kernels read, and how far their results may be off. Rows and
 * these arrays have the same padding.
 */
final class ScanQuery {
    /** Exponent offset between a half's bits moved into a float's place and its value. */
    static final float HALF_SCALE = 0x1p112f;

    private static final double FLOAT_UNIT = 0x1p-24;
    private static final int INT8_LIMIT = 127;

    private final float[] text;
    private final float[] unit;
    private final float[] even;
    private final float[] odd;
    private final short[] codes;
    private final float codeScale;
    private final double codeRadius;
    private final double floatError;
    private final float[] tailNorms = new float[FrameSpread.HEADS];
    private final double unscaledError;

    /**
     * @param text [D], any length but 0
     * @throws IllegalArgumentException when it has no direction
     */
    ScanQuery(float[] text) {
        this.text = text;
        float[] direction = LateInteractionScore.unit(text);
        unit = java.util.Arrays.copyOf(direction, FrameBlock.rowElements(text.length));
        even = new float[unit.length / 2];
        odd = new float[unit.length / 2];
        codes = new short[unit.length];
        float largest = 0;
        for (int i = 0; i < unit.length; i++) {
            (i % 2 == 0 ? even : odd)[i / 2] = unit[i] * HALF_SCALE;
            largest = Math.max(largest, Math.abs(unit[i]));
        }
        codeScale = largest / INT8_LIMIT;
        double residual = 0;
        for (int i = 0; i < unit.length; i++) {
            codes[i] = (short) Math.round(unit[i] / codeScale);
            double error = unit[i] - (double) codeScale * codes[i];
            residual += error * error;
        }
        codeRadius = Math.sqrt(residual);
        for (int head = 0; head < FrameSpread.HEADS; head++) {
            double squares = 0;
            for (int i = FrameSpread.head(head, text.length); i < unit.length; i++) {
                squares += (double) unit[i] * unit[i];
            }
            tailNorms[head] = (float) Math.sqrt(squares) + 1e-6f;
        }
        double n = (unit.length + 16) * FLOAT_UNIT;
        floatError = n / (1 - n);
        unscaledError = floatError + Halves.lengthError(text.length);
    }

    /** As given. */
    float[] text() {
        return text;
    }

    /** With length 1, padded. */
    float[] unit() {
        return unit;
    }

    /** Elements 0, 2, 4, … of {@link #unit} times {@link #HALF_SCALE}. */
    float[] even() {
        return even;
    }

    /** Elements 1, 3, 5, … of {@link #unit} times {@link #HALF_SCALE}. */
    float[] odd() {
        return odd;
    }

    /** {@link #unit} in −127..127, to be multiplied by {@link #codeScale}. */
    short[] codes() {
        return codes;
    }

    float codeScale() {
        return codeScale;
    }

    /**
     * How far a cosine of this query with a frame of a block may be from the truth. Floats: a sum
     * of n products in any order is off by less than n · 2^-24 / (1 − n · 2^-24) of the product of
     * the lengths, and a few roundings more for scale, query and row. INT8: f · t − q · c = (f − q)
     * · t + q · (t − c), each at most a product of lengths.
     *
     * @param withCodes whether {@link #codes} were used
     */
    double error(FrameBlock block, boolean withCodes) {
        if (block.format() != VectorFormat.INT8) {
            return floatError;
        }
        double radius = 0;
        for (int frame = 0; frame < block.frames(); frame++) {
            radius = Math.max(radius, block.radius(frame));
        }
        return floatError + radius + (withCodes ? (1 + radius) * codeRadius : 0);
    }

    /**
     * At least the length of what is after a {@linkplain FrameSpread#head head} of {@link #unit}.
     */
    float tailNorm(int head) {
        return tailNorms[head];
    }

    /**
     * How far the product of this query with a row of halves as it is stored may be from the
     * cosine, which is the product over the row's length. Lengths are within e = {@link
     * Halves#lengthError} of 1, so the two differ by at most (1 + error) · e, to which {@link
     * #error} is added; e has room for the factor.
     */
    double unscaledError() {
        return unscaledError;
    }
}
