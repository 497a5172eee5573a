package javigate.eval;

import java.util.Arrays;

/**
 * Recall of a square score matrix whose diagonal holds the pairs.
 *
 * @param r1 share of queries whose own item ranks first, percent
 * @param r5 within the first five, percent
 * @param r10 within the first ten, percent
 * @param medianRank median rank, from 1
 * @param queries number of queries
 */
public record RetrievalMetrics(double r1, double r5, double r10, double medianRank, int queries) {

    /**
     * Metrics of a matrix, queries in rows.
     *
     * @param scores [N][N], the pair of query i in column i
     */
    public static RetrievalMetrics of(double[][] scores) {
        return ofRanks(ranks(scores));
    }

    /** Metrics of given ranks, from 1. */
    public static RetrievalMetrics ofRanks(int[] ranks) {
        if (ranks.length == 0) {
            return new RetrievalMetrics(Double.NaN, Double.NaN, Double.NaN, Double.NaN, 0);
        }
        int[] sorted = ranks.clone();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        double median =
                sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2.0;
        return new RetrievalMetrics(
                within(ranks, 1), within(ranks, 5), within(ranks, 10), median, ranks.length);
    }

    /**
     * Rank of each query's own item. Of tied items its own comes last, so that a model that scores
     * everything alike finds nothing.
     */
    public static int[] ranks(double[][] scores) {
        int[] ranks = new int[scores.length];
        for (int i = 0; i < scores.length; i++) {
            double own = scores[i][i];
            int rank = 0;
            for (double score : scores[i]) {
                if (!(score < own)) {
                    rank++;
                }
            }
            ranks[i] = rank;
        }
        return ranks;
    }

    /** Rows become columns: from text-to-video to video-to-text. */
    public static double[][] transpose(double[][] scores) {
        double[][] result = new double[scores.length][scores.length];
        for (int i = 0; i < scores.length; i++) {
            for (int j = 0; j < scores.length; j++) {
                result[j][i] = scores[i][j];
            }
        }
        return result;
    }

    private static double within(int[] ranks, int k) {
        return 100.0 * Arrays.stream(ranks).filter(r -> r <= k).count() / ranks.length;
    }
}
