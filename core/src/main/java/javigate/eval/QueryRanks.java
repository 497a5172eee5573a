package javigate.eval;

import java.util.Arrays;

/**
 * Where the right items of each query came. Q queries.
 *
 * @param rule of ties, by which the ranks were counted
 * @param first rank of the own item, from 1; where it has several, the best, [Q]
 * @param count number of ranks the query has, first, first + 1, …; 1 but under {@link
 *     TieRule#OFFICIAL_SQUARE}, [Q]
 * @param ndcg10 nDCG@10, 0 to 1, [Q]; own last among ties whatever the rule, the official code has
 *     none
 */
public record QueryRanks(TieRule rule, int[] first, int[] count, double[] ndcg10) {

    private static final int CUT_OFF = 10;

    public QueryRanks {
        if (count.length != first.length || ndcg10.length != first.length) {
            throw new IllegalArgumentException(
                    "%d first ranks, %d counts, %d gains; they must be as many"
                            .formatted(first.length, count.length, ndcg10.length));
        }
    }

    /** One rank per caption; a caption has one right video. */
    public static QueryRanks textToVideo(ScoreMatrix matrix, TieRule rule) {
        return of(matrix.scores(), matrix.owner(), rule);
    }

    /**
     * One rank per video, among videos by the maximum over their captions; nDCG@10 among captions,
     * of which all the video's own are right.
     */
    public static QueryRanks videoToText(ScoreMatrix matrix, TieRule rule) {
        double[][] captions = ScoreMatrix.transpose(matrix.scores());
        return videoToText(matrix.videoToText(), captions, matrix.owner(), rule);
    }

    /**
     * The same of scores that are normalised for either.
     *
     * @param videos scores among videos, [V][V]
     * @param captions scores among captions, [V][T]
     * @param owner of the captions, [T]
     */
    static QueryRanks videoToText(
            double[][] videos, double[][] captions, int[] owner, TieRule rule) {
        QueryRanks ranks = ofPairs(videos, rule.ofVideos());
        double[] gains = new double[captions.length];
        Arrays.setAll(
                gains,
                v -> {
                    boolean[] right = new boolean[owner.length];
                    for (int t = 0; t < right.length; t++) {
                        right[t] = owner[t] == v;
                    }
                    return ndcg(captions[v], right);
                });
        return new QueryRanks(ranks.rule, ranks.first, ranks.count, gains);
    }

    /**
     * Ranks of a square matrix with the pairs on the diagonal.
     *
     * @param scores [Q][Q], queries in rows, finite
     */
    public static QueryRanks ofPairs(double[][] scores, TieRule rule) {
        return of(scores, ScoreMatrix.diagonal(scores.length), rule);
    }

    /**
     * Ranks where each query has one right item.
     *
     * @param scores [Q][N], queries in rows, finite
     * @param own column of each query's right item, [Q]
     */
    public static QueryRanks of(double[][] scores, int[] own, TieRule rule) {
        ScoreMatrix.requireFinite(scores);
        ScoreMatrix.requireOwners(own, scores.length, scores[0].length);
        int[] first = new int[own.length];
        int[] count = new int[own.length];
        double[] gains = new double[own.length];
        for (int i = 0; i < own.length; i++) {
            int greater = 0;
            int equal = 0; // itself included
            for (double score : scores[i]) {
                greater += score > scores[i][own[i]] ? 1 : 0;
                equal += score == scores[i][own[i]] ? 1 : 0;
            }
            first[i] = rule == TieRule.OWN_LAST ? greater + equal : greater + 1;
            count[i] = rule == TieRule.OFFICIAL_SQUARE ? equal : 1;
            boolean[] right = new boolean[scores[i].length];
            right[own[i]] = true;
            gains[i] = ndcg(scores[i], right);
        }
        return new QueryRanks(rule, first, count, gains);
    }

    /**
     * nDCG@10 with binary relevance: Σ over right items at ranks r ≤ 10 of 1 / log₂(1 + r), divided
     * by what the best order has (Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR
     * techniques", TOIS 2002, with the discount log₂(1 + r) usual since). Right items stand behind
     * wrong ones of equal score.
     *
     * @param scores of the candidates
     * @param right which of them are right, at least one
     * @return 0 to 1
     */
    static double ndcg(double[] scores, boolean[] right) {
        double[] own = new double[scores.length];
        int n = 0;
        for (int i = 0; i < scores.length; i++) {
            if (right[i]) {
                own[n++] = scores[i];
            }
        }
        Arrays.sort(own, 0, n);
        double gain = 0;
        double best = 0;
        for (int place = 1; place <= Math.min(n, CUT_OFF); place++) {
            double score = own[n - place];
            int rank = place;
            for (int i = 0; i < scores.length; i++) {
                rank += !right[i] && scores[i] >= score ? 1 : 0;
            }
            gain += rank <= CUT_OFF ? discount(rank) : 0;
            best += discount(place);
        }
        return gain / best;
    }

    private static double discount(int rank) {
        return Math.log(2) / Math.log(1.0 + rank);
    }

    /** Number of queries. */
    public int queries() {
        return first.length;
    }

    /** These queries only, in this order; one may come more than once. */
    public QueryRanks only(int[] queries) {
        int[] ownFirst = new int[queries.length];
        int[] ownCount = new int[queries.length];
        double[] gains = new double[queries.length];
        for (int i = 0; i < queries.length; i++) {
            ownFirst[i] = first[queries[i]];
            ownCount[i] = count[queries[i]];
            gains[i] = ndcg10[queries[i]];
        }
        return new QueryRanks(rule, ownFirst, ownCount, gains);
    }

    /**
     * Every rank, from 1, in the order of the queries; more than queries where the rule says so.
     */
    public int[] all() {
        int[] ranks = new int[Arrays.stream(count).sum()];
        int next = 0;
        for (int i = 0; i < first.length; i++) {
            for (int k = 0; k < count[i]; k++) {
                ranks[next++] = first[i] + k;
            }
        }
        return ranks;
    }

    /** R@k: share of ranks up to k, percent; NaN of no queries. */
    public double recallAt(int k) {
        long hits = 0;
        long ranks = 0;
        for (int i = 0; i < first.length; i++) {
            hits += Math.clamp(k - first[i] + 1L, 0, count[i]);
            ranks += count[i];
        }
        double percent = 100.0 * hits / ranks;
        // The official code divides in float32 there.
        return rule == TieRule.OFFICIAL_MULTI ? (float) percent : percent;
    }
}
