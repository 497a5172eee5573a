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
    private int frames = 1;
    private double logFrames;
    private double globalPerSum;
    private double slack;
    private double spread;
    private double low;
    private double high;

    ScoreBounds(LibraryModel model) {
        alpha = model.alpha();
        localWeight = model.localWeight();
    }

    /**
     * The clip that the next bounds are of.
     *
     * @param error most that a cosine may be off
     */
    void clip(FrameBlock block, double error) {
        if (frames != block.frames()) {
            frames = block.frames();
            logFrames = Math.log(frames);
        }
        double meanNorm = block.meanNorm();
        double ofGlobal = meanNorm == 0 ? 0 : (1 - localWeight) / meanNorm;
        boolean known = meanNorm == 0 || meanNorm > SHORTEST_MEAN;
        globalPerSum = known ? ofGlobal / frames : 0;
        slack = known ? (ofGlobal + localWeight) * (error + DOUBLES) : Double.POSITIVE_INFINITY;
        spread = 2 * slack + localWeight * logFrames / alpha;
    }

    /** Bounds without an exponential. */
    void quick(float[] cosines) {
        double sum = 0;
        float max = cosines[0];
        for (int n = 0; n < frames; n++) {
            sum += cosines[n];
            max = Math.max(max, cosines[n]);
        }
        low = globalPerSum * sum + localWeight * max - slack;
        high = slack == Double.POSITIVE_INFINITY ? slack : low + spread;
    }

    /** The upper bound without an exponential, from sum and maximum of the cosines. */
    double quickHigh(double sum, double max) {
        return slack == Double.POSITIVE_INFINITY
                ? slack
                : globalPerSum * sum + localWeight * max - slack + spread;
    }

    /** Bounds as close as the cosines allow. */
    void tighten(float[] cosines) {
        double sum = 0;
        for (int n = 0; n < frames; n++) {
            sum += cosines[n];
        }
        double local = LateInteractionScore.local(cosines, frames, alpha);
        double score = globalPerSum * sum + localWeight * local;
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
