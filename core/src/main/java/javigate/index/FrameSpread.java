package javigate.index;

/**
 * How far the unit frames f̂_n of a clip lie from their mean m, kept beside the mean: with it, the
 * product of a text with the mean alone bounds the clip's score ({@link MeanBounds}).
 *
 * @param frames F
 * @param meanNorm ‖m‖, 0..1 and some rounding
 * @param radius at least max_n ‖f̂_n − m‖
 * @param longTailRadius the same of the elements after {@linkplain #head head} 0, or {@code radius}
 * @param tailRadius the same of those after head 1
 */
record FrameSpread(
        int frames, double meanNorm, float radius, float longTailRadius, float tailRadius) {
    /**
     * Three eighths of a row and half of it. A batch multiplies with them first, which mostly says
     * that a query needs no more: the shorter head of most queries, the longer of nearly all.
     */
    static final int HEADS = 2;

    /** Heads end at a multiple of so many elements, as {@link DotKernel#batch} wants. */
    private static final int STEP = 32;

    /** Far above what doubles and the rounding to floats leave out. */
    private static final double MARGIN = 1e-6;

    /** Of frames [F, D], any length but 0. */
    static FrameSpread of(float[][] frames) {
        int width = frames[0].length;
        int head = Math.min(width, head(0, width));
        int half = Math.min(width, head(1, width));
        double[] mean = LateInteractionScore.mean(frames);
        double farthest = 0;
        double farthestLong = 0;
        double farthestTail = 0;
        for (float[] frame : frames) {
            double scale = scale(frame);
            double tail = squares(frame, scale, mean, half, width);
            double longTail = squares(frame, scale, mean, head, half) + tail;
            double all = squares(frame, scale, mean, 0, head) + longTail;
            farthest = Math.max(farthest, all);
            farthestLong = Math.max(farthestLong, longTail);
            farthestTail = Math.max(farthestTail, tail);
        }
        return new FrameSpread(
                frames.length,
                LateInteractionScore.meanNorm(frames),
                radius(farthest),
                radius(farthestLong),
                radius(farthestTail));
    }

    private static float radius(double squares) {
        return (float) (Math.sqrt(squares) + MARGIN);
    }

    /** Elements of a row's head 0 or 1. */
    static int head(int head, int width) {
        int half = FrameBlock.rowElements(width) / 2;
        return head == 1 ? half : (3 * half / 4 + STEP / 2) / STEP * STEP;
    }

    /** At least max_n of the length of the part of f̂_n − m that is after a head. */
    float tailRadius(int head) {
        return head == 1 ? tailRadius : longTailRadius;
    }

    private static double scale(float[] frame) {
        return 1 / Math.sqrt(LateInteractionScore.dot(frame, frame));
    }

    private static double squares(float[] frame, double scale, double[] mean, int from, int to) {
        double squares = 0;
        for (int i = from; i < to; i++) {
            double difference = scale * frame[i] - mean[i];
            squares += difference * difference;
        }
        return squares;
    }
}
