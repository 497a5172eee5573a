package javigate.eval;

import java.util.Arrays;

/**
 * Post-processing of a score matrix that uses the whole test set. Each returns a new matrix; the
 * scores themselves stay as they are. QB-Norm, which uses other queries instead, is {@link
 * QueryBank}.
 */
public final class ScoreNormalisation {

    /** The official code's divisor of the scaled scores under the softmax. */
    private static final double DUAL_SOFTMAX_TEMPERATURE = 3;

    private ScoreNormalisation() {}

    /**
     * DSL: s'_ij = s_ij · softmax over queries i of (s_ij / 3) (Cheng et al., "Improving Video-Text
     * Retrieval by Multi-Stream Corpus Alignment and Dual Softmax Loss", arXiv 2109.04290; the form
     * is that of the official code of AVIGATE).
     *
     * @param logits scores times the model's scale, about 100 · cosine, [Q][N], queries in rows
     */
    public static double[][] dualSoftmax(double[][] logits) {
        return product(logits, prior(logits));
    }

    /**
     * DSL's text to video as the official code computes it where videos have several captions: the
     * softmax runs over the first captions of all videos, then over the second ones of those that
     * have two, and so on. With one caption per video it is {@link #dualSoftmax}.
     *
     * @param logits scores times the model's scale
     * @return [T][V]
     */
    public static double[][] dualSoftmaxByOrdinal(ScoreMatrix logits) {
        double[][] result = new double[logits.owner().length][];
        int[][] captions = logits.captions();
        int most = Arrays.stream(captions).mapToInt(own -> own.length).max().orElseThrow();
        for (int ordinal = 0; ordinal < most; ordinal++) {
            int n = ordinal;
            int[] texts =
                    Arrays.stream(captions)
                            .filter(own -> own.length > n)
                            .mapToInt(own -> own[n])
                            .toArray();
            double[][] normalised =
                    dualSoftmax(
                            Arrays.stream(texts)
                                    .mapToObj(t -> logits.scores()[t])
                                    .toArray(double[][]::new));
            for (int i = 0; i < texts.length; i++) {
                result[texts[i]] = normalised[i];
            }
        }
        return result;
    }

    /** DSL's factor: softmax over the rows of logits / 3; each column sums to 1. */
    public static double[][] prior(double[][] logits) {
        double[][] result = scale(logits, 1 / DUAL_SOFTMAX_TEMPERATURE);
        subtractLogSumExpOverRows(result);
        for (double[] row : result) {
            Arrays.setAll(row, j -> Math.exp(row[j]));
        }
        return result;
    }

    /**
     * SK-Norm: Sinkhorn's iteration on exp(β · s) (Sinkhorn and Knopp, "Concerning nonnegative
     * matrices and doubly stochastic matrices", Pacific Journal of Mathematics 1967; for retrieval
     * Park et al., "Normalized Contrastive Learning for Text-Video Retrieval", EMNLP 2022). The
     * papers do not print a form; ours: in the log domain, each iteration makes every column sum to
     * 1, then every row.
     *
     * @param scores cosines, [T][V]
     * @param beta β = 1/τ, above 0
     * @param iterations at least 1
     * @return logarithms of the normalised matrix, scores for both directions
     */
    public static double[][] sinkhorn(double[][] scores, double beta, int iterations) {
        if (!(beta > 0) || iterations < 1) {
            throw new IllegalArgumentException(
                    "beta %s with %d iterations; beta is above 0, iterations at least 1"
                            .formatted(beta, iterations));
        }
        double[][] result = scale(scores, beta);
        for (int i = 0; i < iterations; i++) {
            subtractLogSumExpOverRows(result);
            for (double[] row : result) {
                double sum = logSumExp(row);
                Arrays.setAll(row, j -> row[j] - sum);
            }
        }
        return result;
    }

    /** Elementwise product. */
    public static double[][] product(double[][] a, double[][] b) {
        double[][] result = new double[a.length][];
        for (int i = 0; i < a.length; i++) {
            result[i] = a[i].clone();
            for (int j = 0; j < a[i].length; j++) {
                result[i][j] *= b[i][j];
            }
        }
        return result;
    }

    /** Every value times a factor. */
    static double[][] scale(double[][] matrix, double factor) {
        return Arrays.stream(matrix)
                .map(row -> Arrays.stream(row).map(x -> x * factor).toArray())
                .toArray(double[][]::new);
    }

    /** Makes the exponentials of each column sum to 1. */
    private static void subtractLogSumExpOverRows(double[][] matrix) {
        for (int j = 0; j < matrix[0].length; j++) {
            double[] column = new double[matrix.length];
            for (int i = 0; i < column.length; i++) {
                column[i] = matrix[i][j];
            }
            double sum = logSumExp(column);
            for (double[] row : matrix) {
                row[j] -= sum;
            }
        }
    }

    /** log Σ exp(x), the maximum taken out. */
    private static double logSumExp(double[] x) {
        double max = Arrays.stream(x).max().orElseThrow();
        return max + Math.log(Arrays.stream(x).map(v -> Math.exp(v - max)).sum());
    }
}
