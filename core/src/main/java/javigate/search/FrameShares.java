package javigate.search;

import javigate.index.LateInteractionScore;

/**
 * Splits a score (Eq. 9) exactly into parts of the frames.
 *
 * @param local parts of w times the local score [F]
 * @param global parts of 1 − w times the global score [F]
 */
record FrameShares(double[] local, double[] global) {

    /**
     * w times p_n(cos_n − ln p_n / α) for the local part (Eq. 8), p the softmax of α·cos, and 1 − w
     * times cos_n / (F‖mean f̂‖) for the global part (Eq. 7), 0 where the frames cancel out. The
     * shares add up to the score.
     *
     * @param cosines of unit frames with the unit text [F]
     * @param frames unit frames [F][D]
     * @param alpha above 0
     * @param localWeight w, 0 to 1
     */
    static FrameShares of(double[] cosines, float[][] frames, double alpha, double localWeight) {
        int count = cosines.length;
        double max = Double.NEGATIVE_INFINITY;
        for (double cosine : cosines) {
            max = Math.max(max, cosine);
        }
        double sum = 0;
        for (double cosine : cosines) {
            sum += Math.exp(alpha * (cosine - max));
        }
        double meanNorm = LateInteractionScore.meanNorm(frames);
        double perCosine =
                LateInteractionScore.cancelOut(meanNorm)
                        ? 0
                        : (1 - localWeight) / (count * meanNorm);
        double[] local = new double[count];
        double[] global = new double[count];
        for (int n = 0; n < count; n++) {
            double logP = alpha * (cosines[n] - max) - Math.log(sum);
            local[n] = localWeight * Math.exp(logP) * (cosines[n] - logP / alpha);
            global[n] = perCosine * cosines[n];
        }
        return new FrameShares(local, global);
    }
}
