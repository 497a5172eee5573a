package javigate.eval;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * QB-Norm with the dynamic inverted softmax (Bogolin et al., "Cross Modal Retrieval with Querybank
 * Normalisation", CVPR 2022; form of the public reference implementation): videos that attract many
 * queries of a bank, training captions, are held down. It does not look at the other test queries.
 */
public final class QueryBank {

    private final int nearest;
    private final double beta;

    /** Videos among the nearest of some bank query. */
    private final boolean[] active;

    /** Per video the largest β · score of the bank, and Σ exp(β · score − largest). */
    private final double[] largest;

    private final double[] sum;
    private int queries;

    /**
     * An empty bank.
     *
     * @param videos number of candidates
     * @param nearest k: the videos that each bank query activates, from the best; 1 in the paper
     * @param beta inverse temperature on cosines; 20 in the paper
     */
    public QueryBank(int videos, int nearest, double beta) {
        if (nearest < 1 || nearest > videos || !(beta > 0)) {
            throw new IllegalArgumentException(
                    "k %d and beta %s for %d videos; k is 1 to the number of videos, beta above 0"
                            .formatted(nearest, beta, videos));
        }
        this.nearest = nearest;
        this.beta = beta;
        this.active = new boolean[videos];
        this.largest = new double[videos];
        this.sum = new double[videos];
        Arrays.fill(largest, Double.NEGATIVE_INFINITY);
    }

    /**
     * Adds a bank query.
     *
     * @param scores its cosines with all videos, finite
     */
    public void add(double[] scores) {
        requireVideos(scores);
        ScoreMatrix.requireFinite(new double[][] {scores});
        for (int v = 0; v < scores.length; v++) {
            double x = beta * scores[v];
            double max = Math.max(largest[v], x);
            sum[v] = sum[v] * Math.exp(largest[v] - max) + Math.exp(x - max);
            largest[v] = max;
        }
        double[] left = scores.clone();
        for (int k = 0; k < nearest; k++) {
            int best = best(left);
            active[best] = true;
            left[best] = Double.NEGATIVE_INFINITY;
        }
        queries++;
    }

    /** The activation set: videos among the k nearest of some bank query, ascending. */
    public int[] activationSet() {
        return IntStream.range(0, active.length).filter(v -> active[v]).toArray();
    }

    /** Whether a query is normalised: whether its best video is in the activation set. */
    public boolean normalises(double[] scores) {
        requireVideos(scores);
        return active[best(scores)];
    }

    /**
     * The dynamic inverted softmax: exp(β · s_j) / Σ over bank queries b of exp(β · s_bj) for a
     * query whose best video is in the activation set, else the scores as they are.
     *
     * @param scores cosines of test queries, [T][V]
     * @return [T][V]; only scores of one row can be compared
     */
    public double[][] normalise(double[][] scores) {
        if (queries == 0) {
            throw new IllegalArgumentException("a bank without queries; add training captions");
        }
        double[][] result = new double[scores.length][];
        for (int i = 0; i < scores.length; i++) {
            double[] row = scores[i].clone();
            if (normalises(scores[i])) {
                Arrays.setAll(row, j -> Math.exp(beta * row[j] - largest[j]) / sum[j]);
            }
            result[i] = row;
        }
        return result;
    }

    private void requireVideos(double[] scores) {
        if (scores.length != active.length) {
            throw new IllegalArgumentException(
                    "%d scores for %d videos".formatted(scores.length, active.length));
        }
    }

    /** Index of the largest value, the first of equal ones. */
    private static int best(double[] scores) {
        int best = 0;
        for (int j = 1; j < scores.length; j++) {
            if (scores[j] > scores[best]) {
                best = j;
            }
        }
        return best;
    }
}
