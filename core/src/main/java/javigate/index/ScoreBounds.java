package javigate.index;

/**
 * Between what a clip's score must lie, given cosines that are off by at most some error. Since max
 * ≤ (1/α) log Σ exp(α cos_n) ≤ max + ln(F)/α, most clips are placed without an exponential.
 */
final class ScoreBounds {
    /** A pooled vector shorter than this says nothing in single precision. */
    private static final double SHORTEST_MEAN = 1e-6;

    /** Far above the rounding of doubles. */
    private static final double DOUBLES = 1e-12;

    private final double alpha;
    private final double localWeight;
    private int framesOfLog = 1;
    private double logFrames;
    private double slack;
    private double global;
    private double low;
    private double high;

    ScoreBounds(LibraryModel model) {
        alpha = model.alpha();
        localWeight = model.localWeight();
    }

    /** Bounds without an exponential. */
    void quick(FrameBlock block, float[] cosines, double error) {
        int frames = block.frames();
        double sum = 0;
        float max = cosines[0];
        for (int n = 0; n < frames; n++) {
            sum += cosines[n];
            max = Math.max(max, cosines[n]);
        }
        quick(block, sum, max, error);
    }

    /** Bounds without an exponential, from sum and maximum of the cosines. */
    void quick(FrameBlock block, double sum, double max, double error) {
        int frames = block.frames();
        if (frames != framesOfLog) {
            framesOfLog = frames;
            logFrames = Math.log(frames);
        }
        double meanNorm = block.meanNorm();
        if (meanNorm != 0 && !(meanNorm > SHORTEST_MEAN)) {
            slack = Double.POSITIVE_INFINITY;
            low = Double.NEGATIVE_INFINITY;
            high = Double.POSITIVE_INFINITY;
            return;
        }
        global = LateInteractionScore.global(sum, frames, meanNorm);
        double ofGlobal = meanNorm == 0 ? 0 : (1 - localWeight) / meanNorm;
        slack = (ofGlobal + localWeight) * (error + DOUBLES);
        low = LateInteractionScore.score(global, max, localWeight) - slack;
        high = low + 2 * slack + localWeight * logFrames / alpha;
    }

    /** Brings the bounds of the last {@link #quick} as close as the cosines allow. */
    void tighten(float[] cosines) {
        if (slack == Double.POSITIVE_INFINITY) {
            return;
        }
        double local = LateInteractionScore.local(cosines, framesOfLog, alpha);
        double score = LateInteractionScore.score(global, local, localWeight);
        low = score - slack;
        high = score + slack;
    }

    double low() {
        return low;
    }

    double high() {
        return high;
    }
}
