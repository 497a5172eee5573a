package javigate.eval;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How probabilities compare with what happens.
 *
 * @param ece expected calibration error: the distance of said and seen, averaged over the bins by
 *     their weight
 * @param brier mean squared error
 * @param brierOfConstant that of saying the share of all that happens each time
 * @param auroc probability that of two, one that happens and one that does not, the first is said
 *     to be likelier; NaN if all happen or none
 * @param bins of equal width, those that are empty left out
 */
public record Reliability(
        double ece, double brier, double brierOfConstant, double auroc, List<Bin> bins) {

    private static final int BINS = 10;

    /**
     * Probabilities of one range.
     *
     * @param share of all, by weight
     * @param said mean probability
     * @param seen share that happens
     */
    public record Bin(double from, double to, double share, double said, double seen) {}

    /**
     * @param said probabilities, 0..1
     * @param seen whether it happens
     * @param weights above 0
     */
    static Reliability of(double[] said, boolean[] seen, double[] weights) {
        double all = Arrays.stream(weights).sum();
        double[] weight = new double[BINS];
        double[] saidSum = new double[BINS];
        double[] seenSum = new double[BINS];
        double squares = 0;
        for (int i = 0; i < said.length; i++) {
            int bin = Math.min(BINS - 1, (int) (said[i] * BINS));
            double happens = seen[i] ? 1 : 0;
            weight[bin] += weights[i];
            saidSum[bin] += weights[i] * said[i];
            seenSum[bin] += weights[i] * happens;
            squares += weights[i] * (said[i] - happens) * (said[i] - happens);
        }
        double ece =
                IntStream.range(0, BINS).mapToDouble(b -> Math.abs(saidSum[b] - seenSum[b])).sum();
        double base = Arrays.stream(seenSum).sum() / all;
        return new Reliability(
                ece / all,
                squares / all,
                base * (1 - base),
                auroc(said, seen, weights),
                IntStream.range(0, BINS)
                        .filter(b -> weight[b] > 0)
                        .mapToObj(
                                b ->
                                        new Bin(
                                                (double) b / BINS,
                                                (b + 1.0) / BINS,
                                                weight[b] / all,
                                                saidSum[b] / weight[b],
                                                seenSum[b] / weight[b]))
                        .toList());
    }

    /** Mann and Whitney's statistic, a tie counting half. */
    private static double auroc(double[] said, boolean[] seen, double[] weights) {
        int[] order =
                IntStream.range(0, said.length)
                        .boxed()
                        .sorted(Comparator.comparingDouble((Integer i) -> said[i]))
                        .mapToInt(Integer::intValue)
                        .toArray();
        double below = 0; // weight of those that do not happen, said to be less likely
        double right = 0;
        double happening = 0;
        for (int from = 0; from < order.length; ) {
            double tiedSeen = 0;
            double tiedNot = 0;
            int to = from;
            for (; to < order.length && said[order[to]] == said[order[from]]; to++) {
                if (seen[order[to]]) {
                    tiedSeen += weights[order[to]];
                } else {
                    tiedNot += weights[order[to]];
                }
            }
            right += tiedSeen * (below + tiedNot / 2);
            below += tiedNot;
            happening += tiedSeen;
            from = to;
        }
        return right / (happening * below);
    }
}
