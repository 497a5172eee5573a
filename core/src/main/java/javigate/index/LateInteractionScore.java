package javigate.index;

/**
 * The score of a text t and a clip of F frame vectors f_n (Eq. 7 to 9 of arXiv 2504.02397), in
 * double precision over float vectors. Eq. 9 with a weight: s = (1 − w) · global + w · local, w the
 * local weight; AVIGATE's is 0.5, CLIP4Clip has 0, the pooled vector alone. With unit frames f̂_n
 * and m = ‖mean f̂_n‖, the pooled vector's cosine is mean(f̂_n · t̂) / m: the scan needs the F dot
 * products and one stored number.
 */
public final class LateInteractionScore {
    private static final DotKernel KERNEL = DotKernel.best();

    /** Rounding each of its values to a float changes a vector's length by 2^-24 at most. */
    private static final double UNIT_ROUNDING = 0x1p-23;

    /**
     * A shorter mean of unit frames has no direction: rounding to floats, by up to 2^-24 of a
     * value, leaves as much of frames that cancel out. Rounding to halves may leave a hundred times
     * more, which is scored: it is what is stored.
     */
    private static final double SHORTEST_MEAN = 1e-6;

    private LateInteractionScore() {}

    /**
     * Scores one clip.
     *
     * @param frames [F, D], F at least 1, any length but 0
     * @param text [D], any length but 0
     * @param alpha above 0
     * @param localWeight w, 0 to 1
     * @throws IllegalArgumentException when widths differ or a vector has no direction
     */
    public static ClipScore of(float[][] frames, float[] text, double alpha, double localWeight) {
        double textLength = length(text);
        double[] cosines = new double[frames.length];
        double[] lengths = new double[frames.length];
        for (int n = 0; n < frames.length; n++) {
            if (frames[n].length != text.length) {
                throw new IllegalArgumentException(
                        "frame "
                                + n
                                + " has width "
                                + frames[n].length
                                + ", the text "
                                + text.length);
            }
            lengths[n] = length(frames[n]);
            cosines[n] = dot(frames[n], text) / (lengths[n] * textLength);
        }
        double global = global(sum(cosines), frames.length, meanNorm(frames, lengths));
        double local = local(cosines, cosines.length, alpha);
        return new ClipScore(score(global, local, localWeight), global, local, cosines);
    }

    private static double sum(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum;
    }

    /**
     * Eq. 7: the cosine of the text with the mean of the unit frames. Frames that {@linkplain
     * #cancelOut cancel out} have no mean direction; their global score is 0.
     *
     * @param cosineSum of all frames
     * @param meanNorm length of the mean of the unit frames, 0..1
     */
    static double global(double cosineSum, int frames, double meanNorm) {
        return cancelOut(meanNorm) ? 0 : cosineSum / frames / meanNorm;
    }

    /**
     * Whether no more is left of the mean of a clip's frames than floats are rounded by.
     *
     * @param meanNorm length of the mean of the unit frames, 0..1
     */
    public static boolean cancelOut(double meanNorm) {
        return meanNorm < SHORTEST_MEAN;
    }

    /** Eq. 8: (1/α) log Σ exp(α cos_n), with the maximum taken out so that nothing overflows. */
    static double local(double[] cosines, int frames, double alpha) {
        double max = cosines[0];
        for (int n = 1; n < frames; n++) {
            max = Math.max(max, cosines[n]);
        }
        double sum = 0;
        for (int n = 0; n < frames; n++) {
            sum += Math.exp(alpha * (cosines[n] - max));
        }
        return max + Math.log(sum) / alpha;
    }

    /** {@link #local(double[], int, double)} of floats. */
    static double local(float[] cosines, int frames, double alpha) {
        double[] wide = new double[frames];
        for (int n = 0; n < frames; n++) {
            wide[n] = cosines[n];
        }
        return local(wide, frames, alpha);
    }

    /** Eq. 9 with a weight; 0.5 gives the mean of both to the last bit. */
    static double score(double global, double local, double localWeight) {
        return (1 - localWeight) * global + localWeight * local;
    }

    /**
     * Length of the mean of vectors [F, D] scaled to length 1, 0..1.
     *
     * @throws IllegalArgumentException when a vector has no direction
     */
    public static double meanNorm(float[][] frames) {
        return meanNorm(frames, lengths(frames));
    }

    /**
     * The direction of the mean of the unit frames: what a text is compared with in Eq. 7, but for
     * frames that cancel out, which have no global score.
     *
     * @param frames [F, D], F at least 1, any length but 0
     * @return [D], length 1; the first frame's direction where the frames cancel out
     * @throws IllegalArgumentException when a vector has no direction
     */
    public static float[] pooled(float[][] frames) {
        double[] sums = sums(frames, lengths(frames));
        double length = length(sums);
        if (cancelOut(length / frames.length)) {
            return unit(frames[0]);
        }
        float[] pooled = new float[sums.length];
        for (int i = 0; i < pooled.length; i++) {
            pooled[i] = (float) (sums[i] / length);
        }
        return pooled;
    }

    /** The mean of the vectors [F, D] scaled to length 1. */
    static double[] mean(float[][] frames) {
        double[] mean = sums(frames, lengths(frames));
        for (int i = 0; i < mean.length; i++) {
            mean[i] /= frames.length;
        }
        return mean;
    }

    private static double[] lengths(float[][] frames) {
        double[] lengths = new double[frames.length];
        for (int n = 0; n < frames.length; n++) {
            lengths[n] = length(frames[n]);
        }
        return lengths;
    }

    /** Sum of the vectors scaled to length 1. */
    private static double[] sums(float[][] frames, double[] lengths) {
        double[] sums = new double[frames[0].length];
        for (int n = 0; n < frames.length; n++) {
            double scale = 1 / lengths[n];
            float[] frame = frames[n];
            for (int i = 0; i < sums.length; i++) {
                sums[i] += frame[i] * scale;
            }
        }
        return sums;
    }

    private static double meanNorm(float[][] frames, double[] lengths) {
        return length(sums(frames, lengths)) / frames.length;
    }

    private static double length(double[] vector) {
        double squares = 0;
        for (double value : vector) {
            squares += value * value;
        }
        return Math.sqrt(squares);
    }

    /**
     * The vector scaled to length 1. One that has this length, as far as floats can say, keeps its
     * bits: what was stored and read stores the same again.
     *
     * @throws IllegalArgumentException when it is zero or holds a value that is not finite
     */
    static float[] unit(float[] vector) {
        float[] unit = vector.clone();
        scaleToUnit(unit);
        return unit;
    }

    /** {@link #unit} in place. */
    static void scaleToUnit(float[] vector) {
        double length = length(vector);
        if (Math.abs(length - 1) > UNIT_ROUNDING) {
            double scale = 1 / length; // dividing each value is slower
            for (int i = 0; i < vector.length; i++) {
                vector[i] = (float) (vector[i] * scale);
            }
        }
    }

    private static double length(float[] vector) {
        double length = Math.sqrt(dot(vector, vector));
        if (!(length > 0 && length < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "a vector of length " + length + " has no direction to score");
        }
        return length;
    }

    /** Σ a_i · b_i in double precision, of equal lengths. */
    static double dot(float[] a, float[] b) {
        return KERNEL.dot(a, b);
    }
}
