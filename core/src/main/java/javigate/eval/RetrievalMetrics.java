package javigate.eval;

import java.util.Arrays;

/**
 * The field's metrics of one direction; of no queries all are NaN.
 *
 * @param r1 R@1: share of queries whose own item ranks first, percent
 * @param r5 R@5: within the first five, percent
 * @param r10 R@10: within the first ten, percent
 * @param medianRank MdR, from 1; between two middle ranks their mean, under {@link
 *     TieRule#OFFICIAL_MULTI} the lower
 * @param queries number of queries
 * @param meanRank MnR, from 1
 * @param ndcg10 nDCG@10, percent
 */
public record RetrievalMetrics(
        double r1,
        double r5,
        double r10,
        double medianRank,
        int queries,
        double meanRank,
        double ndcg10) {

    /** Metrics of ranked queries. */
    public static RetrievalMetrics of(QueryRanks ranks) {
        int[] sorted = ranks.all();
        Arrays.sort(sorted);
        return new RetrievalMetrics(
                ranks.recallAt(1),
                ranks.recallAt(5),
                ranks.recallAt(10),
                median(sorted, ranks.rule()),
                ranks.queries(),
                Arrays.stream(sorted).average().orElse(Double.NaN),
                100 * Arrays.stream(ranks.ndcg10()).average().orElse(Double.NaN));
    }

    private static double median(int[] sorted, TieRule rule) {
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int lower = sorted[(sorted.length - 1) / 2];
        int upper = sorted[sorted.length / 2];
        return rule == TieRule.OFFICIAL_MULTI ? lower : (lower + upper) / 2.0;
    }

    /** R@1 + R@5 + R@10, percent; a pair of directions' sum is RSum. */
    double recallSum() {
        return r1 + r5 + r10;
    }
}
