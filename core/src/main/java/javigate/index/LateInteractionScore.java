package javigate.index;

/**
 * The score of a text t and a clip of F frame vectors f_n (Eq. 7 to 9 of arXiv 2504.02397), in
 * double precision over float vectors. Eq. 9 with a weight: s = (1 − w) · global + w · local, w the
 * local weight; AVIGATE's is 0.5, CLIP4Clip has 0, the pooled vector alone. With unit frames f̂_n
 * and m = ‖mean f̂_n‖, the pooled vector's cosine is mean(f̂_n · t̂) / m: the scan needs the F dot
 * products and one stored number.
 */
public final class LateInteractionScore {
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
        float[] unitText = unit(text);
        float[][] unitFrames = new float[frames.length][];
        double[] cosines = new double[frames.length];
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
            unitFrames[n] = unit(frames[n]);
            cosines[n] = dot(unitFrames[n], 0, unitText);
        }
        double global = global(cosines, cosines.length, meanNorm(unitFrames));
        double local = local(cosines, cosines.length, alpha);
        return new ClipScore(score(global, local, localWeight), global, local, cosines);
    }

    /**
     * Eq. 7: the cosine of the text with the mean of the unit frames. Frames that cancel out
     * exactly have no mean direction; their global score is 0.
     *
     * @param cosines at least {@code frames} of them
     * @param meanNorm length of the mean of the unit frames, 0..1
     */
    static double global(double[] cosines, int frames, double meanNorm) {
        double sum = 0;
        for (int n = 0; n < frames; n++) {
            sum += cosines[n];
        }
        return meanNorm == 0 ? 0 : sum / frames / meanNorm;
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

    /** Eq. 9 with a weight; 0.5 gives the mean of both to the last bit. */
    static double score(double global, double local, double localWeight) {
        return (1 - localWeight) * global + localWeight * local;
    }

    /** Length of the mean of unit vectors [F, D]. */
    static double meanNorm(float[][] unitFrames) {
        double squares = 0;
        for (int i = 0; i < unitFrames[0].length; i++) {
            double sum = 0;
            for (float[] frame : unitFrames) {
                sum += frame[i];
            }
            squares += sum * sum;
        }
        return Math.sqrt(squares) / unitFrames.length;
    }

    /**
     * The vector scaled to length 1.
     *
     * @throws IllegalArgumentException when it is zero or holds a value that is not finite
     */
    static float[] unit(float[] vector) {
        double length = Math.sqrt(dot(vector, 0, vector));
        if (!(length > 0 && length < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "a vector of length " + length + " has no direction to score");
        }
        float[] unit = new float[vector.length];
        for (int i = 0; i < unit.length; i++) {
            unit[i] = (float) (vector[i] / length);
        }
        return unit;
    }

    /** Σ a[offset + i] · b[i]; products of floats are exact in double, only their sum rounds. */
    static double dot(float[] a, int offset, float[] b) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int i = 0;
        // Four sums keep the processor from waiting for each addition.
        for (; i + 3 < b.length; i += 4) {
            s0 += (double) a[offset + i] * b[i];
            s1 += (double) a[offset + i + 1] * b[i + 1];
            s2 += (double) a[offset + i + 2] * b[i + 2];
            s3 += (double) a[offset + i + 3] * b[i + 3];
        }
        for (; i < b.length; i++) {
            s0 += (double) a[offset + i] * b[i];
        }
        return (s0 + s1) + (s2 + s3);
    }
}
