package javigate.search;

/** Splits a score (Eq. 9) exactly into parts of the frames. */
final class FrameShares {

    private FrameShares() {}

    /**
     * Half of p_n(cos_n − ln p_n / α) for the local part (Eq. 8), p the softmax of α·cos, and half
     * of cos_n / (F‖mean f̂‖) for the global part (Eq. 7). The shares add up to the score.
     *
     * @param cosines of unit frames with the unit text [F]
     * @param frames unit frames [F][D]
     * @param alpha above 0
     * @return [F]
     */
    static double[] of(double[] cosines, float[][] frames, double alpha) {
        int count = cosines.length;
        double max = Double.NEGATIVE_INFINITY;
        for (double cosine : cosines) {
            max = Math.max(max, cosine);
        }
        double sum = 0;
        for (double cosine : cosines) {
            sum += Math.exp(alpha * (cosine - max));
        }
        double lengthOfSum = lengthOfSum(frames); // F‖mean f̂‖
        double[] shares = new double[count];
        for (int n = 0; n < count; n++) {
            double logP = alpha * (cosines[n] - max) - Math.log(sum);
            double local = Math.exp(logP) * (cosines[n] - logP / alpha);
            shares[n] = (local + cosines[n] / lengthOfSum) / 2;
        }
        return shares;
    }

    private static double lengthOfSum(float[][] frames) {
        double squares = 0;
        for (int d = 0; d < frames[0].length; d++) {
            double sum = 0;
            for (float[] frame : frames) {
                sum += frame[d];
            }
            squares += sum * sum;
        }
        return Math.sqrt(squares);
    }
}
