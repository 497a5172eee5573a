package javigate.index;

/**
 * How far the unit frames f̂_n of a clip lie from their mean m, kept beside the mean: with it, the
 * product of a text with the mean alone bounds the clip's score ({@link MeanBounds}).
 *
 * @param frames F
 * @param meanNorm ‖m‖, 0..1 and some rounding
 * @param radius at least max_n ‖f̂_n − m‖
 * @param tailRadius the same of the {@linkplain #half second half} of their elements
 */
record FrameSpread(int frames, double meanNorm, float radius, float tailRadius) {
    /** Far above what doubles and the rounding to floats leave out. */
    private static final double MARGIN = 1e-6;

    /** Of frames [F, D], any length but 0. */
    static FrameSpread of(float[][] frames) {
        int width = frames[0].length;
        int half = Math.min(width, half(width));
        double[] mean = LateInteractionScore.mean(frames);
        double farthest = 0;
        double farthestTail = 0;
        for (float[] frame : frames) {
            double scale = scale(frame);
            double head = squares(frame, scale, mean, 0, half);
            double tail = squares(frame, scale, mean, half, width);
            farthest = Math.max(farthest, head + tail);
            farthestTail = Math.max(farthestTail, tail);
        }
        return new FrameSpread(
                frames.length,
                LateInteractionScore.meanNorm(frames),
                (float) (Math.sqrt(farthest) + MARGIN),
                (float) (Math.sqrt(farthestTail) + MARGIN));
    }

    /** Elements of the first half of a row. */
    static int half(int width) {
        return FrameBlock.rowElements(width) / 2;
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
