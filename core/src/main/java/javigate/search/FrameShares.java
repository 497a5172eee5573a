package javigate.search;

/** Splits a score (Eq. 9) exactly into parts of the frames. */
final class FrameShares {

    private FrameShares() {}

    /**
     * w times p_n(cos_n − ln p_n / α) for the local part (Eq. 8), p the softmax of α·cos, and 1 − w
     * times cos_n / (F‖mean f̂‖) for the global part (Eq. 7), 0 where the frames cancel out. The
     * shares add up to the score.
     *
     * @param cosines of unit frames with the unit text [F]
     * @param frames unit frames [F][D]
     * @param alpha above 0
     * @param localWeight w, 0 to 1
     * @return [F]
     */
    static double[] of(double[] cosines, float[][] frames, double alpha, double localWeight) {
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
            double global = lengthOfSum == 0 ? 0 : cosines[n] / lengthOfSum;
            shares[n] = (1 - localWeight) * global + localWeight * local;
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
