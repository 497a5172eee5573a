package javigate.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetrievalMetricsTest {

    private static final double[][] BY_HAND = {
        {0.9, 0.1, 0.2, 0.3},
        {0.5, 0.4, 0.1, 0.0},
        {0.3, 0.2, 0.1, 0.0},
        {-1, -2, -3, -4},
    };

    @Test
    void ranksByHand() {
        QueryRanks ranks = QueryRanks.ofPairs(BY_HAND, TieRule.OWN_LAST);
        assertArrayEquals(new int[] {1, 2, 3, 4}, ranks.all());
        RetrievalMetrics m = RetrievalMetrics.of(ranks);
        assertEquals(25, m.r1());
        assertEquals(100, m.r5());
        assertEquals(100, m.r10());
        assertEquals(2.5, m.medianRank());
        assertEquals(2.5, m.meanRank());
        assertEquals(4, m.queries());
        double log2of3 = Math.log(3) / Math.log(2);
        double log2of5 = Math.log(5) / Math.log(2);
        assertEquals(100 * (1 + 1 / log2of3 + 1 / 2.0 + 1 / log2of5) / 4, m.ndcg10(), 1e-12);

        Retrieval both = Retrieval.of(ScoreMatrix.square(BY_HAND), TieRule.OWN_LAST);
        QueryRanks back = Objects.requireNonNull(both.videoToText());
        assertArrayEquals(new int[] {1, 1, 3, 4}, back.all());
        assertEquals(25 + 100 + 100 + 50 + 100 + 100, both.scores().rSum());
    }

    @Test
    void tiesByEachRule() {
        double[][] scores = {{5, 5, 7, 5, 1}, {1, 2, 1, 1, 1}};
        int[] own = {1, 1};
        QueryRanks ours = QueryRanks.of(scores, own, TieRule.OWN_LAST);
        assertArrayEquals(new int[] {4, 1}, ours.all());
        QueryRanks square = QueryRanks.of(scores, own, TieRule.OFFICIAL_SQUARE);
        assertArrayEquals(new int[] {2, 3, 4, 1}, square.all());
        assertEquals(25, square.recallAt(1)); // of four ranks, not of two queries
        assertEquals(75, square.recallAt(3));
        assertEquals(2.5, RetrievalMetrics.of(square).medianRank());
        assertEquals(2, RetrievalMetrics.of(square).queries());
        QueryRanks multi = QueryRanks.of(scores, own, TieRule.OFFICIAL_MULTI);
        assertArrayEquals(new int[] {2, 1}, multi.all());
        assertEquals(1, RetrievalMetrics.of(multi).medianRank()); // the lower of the two
        assertArrayEquals(ours.ndcg10(), square.ndcg10());
        assertArrayEquals(ours.ndcg10(), multi.ndcg10());
    }

    @Test
    void aModelThatScoresAllAlikeFindsNothing() {
        assertArrayEquals(
                new int[] {3, 3, 3}, QueryRanks.ofPairs(new double[3][3], TieRule.OWN_LAST).all());
    }

    @Test
    void percentagesOfTheOfficialMultiAreFloats() {
        QueryRanks ranks =
                new QueryRanks(
                        TieRule.OFFICIAL_MULTI,
                        new int[] {1, 2, 3},
                        new int[] {1, 1, 1},
                        new double[3]);
        assertEquals((double) (100f / 3f), ranks.recallAt(1));
    }

    /** Against sorting: the official square metric as its code has it, ours with the own last. */
    @Test
    void ranksAgainstSorting() {
        Random random = new Random(7);
        for (int round = 0; round < 50; round++) {
            int n = 1 + random.nextInt(12);
            double[][] scores =
                    round % 2 == 0 ? Matrices.tied(n, n, random) : Matrices.random(n, n, random);
            List<Integer> official = new ArrayList<>();
            int[] last = new int[n];
            int[] greater = new int[n];
            for (int i = 0; i < n; i++) {
                double own = scores[i][i];
                double[] sorted = scores[i].clone();
                Arrays.sort(sorted);
                for (int place = 1; place <= n; place++) {
                    if (sorted[n - place] == own) {
                        official.add(place);
                        last[i] = place;
                        greater[i] = greater[i] == 0 ? place : greater[i];
                    }
                }
            }
            assertArrayEquals(
                    official.stream().mapToInt(Integer::intValue).toArray(),
                    QueryRanks.ofPairs(scores, TieRule.OFFICIAL_SQUARE).all());
            assertArrayEquals(last, QueryRanks.ofPairs(scores, TieRule.OWN_LAST).all());
            assertArrayEquals(greater, QueryRanks.ofPairs(scores, TieRule.OFFICIAL_MULTI).all());
        }
    }

    /** Metrics of several captions per video against plain loops over sorted lists. */
    @Test
    void severalCaptionsAgainstLoops() {
        Random random = new Random(8);
        for (int round = 0; round < 40; round++) {
            int videos = 1 + random.nextInt(15);
            int captions = videos + random.nextInt(30);
            double[][] scores =
                    round % 2 == 0
                            ? Matrices.tied(captions, videos, random)
                            : Matrices.random(captions, videos, random);
            int[] owner = Matrices.owners(captions, videos, random);
            Retrieval both = Retrieval.of(new ScoreMatrix(scores, owner), TieRule.OWN_LAST);
            int[] expected = new int[videos];
            double[] gains = new double[videos];
            for (int v = 0; v < videos; v++) {
                int video = v;
                double[] best = new double[videos];
                Arrays.fill(best, -1e9);
                for (int t = 0; t < captions; t++) {
                    best[owner[t]] = Math.max(best[owner[t]], scores[t][v]);
                }
                expected[v] = order(videos, best, c -> c == video).indexOf(v) + 1;
                List<Integer> order =
                        order(
                                captions,
                                IntStream.range(0, captions)
                                        .mapToDouble(t -> scores[t][video])
                                        .toArray(),
                                t -> owner[t] == video);
                gains[v] = ndcg(order.stream().map(t -> owner[t] == video).toList());
            }
            QueryRanks back = Objects.requireNonNull(both.videoToText());
            assertArrayEquals(expected, back.all());
            assertArrayEquals(gains, back.ndcg10(), 1e-12);
            int[] texts = new int[captions];
            double mean = 0;
            for (int t = 0; t < captions; t++) {
                int own = owner[t];
                texts[t] = order(videos, scores[t], v -> v == own).indexOf(own) + 1;
                mean += texts[t] / (double) captions;
            }
            assertArrayEquals(texts, both.textToVideo().all());
            assertEquals(mean, both.scores().textToVideo().meanRank(), 1e-12);
        }
    }

    private static List<Integer> order(int n, double[] scores, IntPredicate right) {
        return IntStream.range(0, n)
                .boxed()
                .sorted(
                        Comparator.<Integer>comparingDouble(c -> -scores[c])
                                .thenComparing(right::test))
                .toList();
    }

    private static double ndcg(List<Boolean> relevance) {
        double gain = 0;
        double best = 0;
        int right = (int) relevance.stream().filter(r -> r).count();
        for (int i = 0; i < 10; i++) {
            double discount = Math.log(2) / Math.log(i + 2);
            gain += i < relevance.size() && relevance.get(i) ? discount : 0;
            best += i < right ? discount : 0;
        }
        return gain / best;
    }

    @Test
    void theOrderOfVideosAndCaptionsDoesNotMatter() {
        Random random = new Random(9);
        for (TieRule rule : TieRule.values()) {
            double[][] scores = Matrices.tied(20, 8, random);
            int[] owner = Matrices.owners(20, 8, random);
            int[] video = Matrices.permutation(8, random);
            int[] caption = Matrices.permutation(20, random);
            double[][] moved = new double[20][8];
            int[] movedOwner = new int[20];
            for (int t = 0; t < 20; t++) {
                movedOwner[caption[t]] = video[owner[t]];
                for (int v = 0; v < 8; v++) {
                    moved[caption[t]][video[v]] = scores[t][v];
                }
            }
            RetrievalScores before = Retrieval.of(new ScoreMatrix(scores, owner), rule).scores();
            RetrievalScores after = Retrieval.of(new ScoreMatrix(moved, movedOwner), rule).scores();
            assertAlike(before.textToVideo(), after.textToVideo());
            assertAlike(
                    Objects.requireNonNull(before.videoToText()),
                    Objects.requireNonNull(after.videoToText()));
            assertEquals(before.rSum(), after.rSum());
        }
    }

    private static void assertAlike(RetrievalMetrics a, RetrievalMetrics b) {
        assertEquals(a.ndcg10(), b.ndcg10(), 1e-9); // a sum in another order
        assertEquals(
                new RetrievalMetrics(
                        a.r1(), a.r5(), a.r10(), a.medianRank(), a.queries(), a.meanRank(), 0),
                new RetrievalMetrics(
                        b.r1(), b.r5(), b.r10(), b.medianRank(), b.queries(), b.meanRank(), 0));
    }

    @Test
    void aPerfectMatrixIsPerfectByEveryRule() {
        Random random = new Random(6);
        for (TieRule rule : TieRule.values()) {
            for (int n : new int[] {1, 2, 50}) {
                double[][] scores = Matrices.random(2 * n, n, random);
                int[] owner = Matrices.owners(2 * n, n, random);
                for (int t = 0; t < 2 * n; t++) {
                    scores[t][owner[t]] += 100;
                }
                RetrievalScores all = Retrieval.of(new ScoreMatrix(scores, owner), rule).scores();
                assertEquals(
                        new RetrievalMetrics(100, 100, 100, 1, 2 * n, 1, 100), all.textToVideo());
                assertEquals(new RetrievalMetrics(100, 100, 100, 1, n, 1, 100), all.videoToText());
                assertEquals(600, all.rSum());
            }
        }
    }

    @Test
    void recallCountsRanksUpToK() {
        int[] first = {1, 5, 6, 10, 11};
        int[] once = {1, 1, 1, 1, 1};
        QueryRanks ranks = new QueryRanks(TieRule.OWN_LAST, first, once, new double[5]);
        RetrievalMetrics m = RetrievalMetrics.of(ranks);
        assertEquals(20, m.r1());
        assertEquals(40, m.r5());
        assertEquals(80, m.r10());
        assertEquals(100, ranks.recallAt(50));
        assertEquals(6, m.medianRank());
        assertEquals(6.6, m.meanRank(), 1e-12);
        assertArrayEquals(new int[] {11, 1, 1}, ranks.only(new int[] {4, 0, 0}).all());
    }

    @Test
    void ofNoQueriesAllIsNaN() {
        RetrievalMetrics m =
                RetrievalMetrics.of(QueryRanks.ofPairs(BY_HAND, TieRule.OWN_LAST).only(new int[0]));
        assertEquals(0, m.queries());
        for (double metric :
                new double[] {m.r1(), m.r5(), m.r10(), m.medianRank(), m.meanRank(), m.ndcg10()}) {
            assertTrue(Double.isNaN(metric));
        }
    }

    @Test
    void whatIsNotANumberIsRefusedWithItsPlace() {
        for (double bad :
                new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            double[][] scores = new double[4][4];
            scores[2][3] = bad;
            String message =
                    refused(() -> Retrieval.of(ScoreMatrix.square(scores), TieRule.OWN_LAST));
            assertTrue(message.contains("row 2 (query), column 3 (candidate)"), message);
            assertTrue(message.contains(String.valueOf(bad)), message);
            assertEquals(
                    message, refused(() -> QueryRanks.ofPairs(scores, TieRule.OFFICIAL_MULTI)));
        }
    }

    @Test
    void matricesThatAreNoneAreRefused() {
        double[][] two = new double[2][2];
        assertTrue(refused(() -> ScoreMatrix.square(new double[0][0])).contains("empty"));
        assertTrue(refused(() -> ScoreMatrix.square(new double[2][0])).contains("empty"));
        assertTrue(
                refused(() -> ScoreMatrix.square(new double[][] {{1, 2}, {3}}))
                        .contains("row 1 of the score matrix has 1 scores, row 0 has 2"));
        assertTrue(
                refused(() -> ScoreMatrix.square(new double[2][3]))
                        .contains("video 2 of 3 has no caption"));
        assertTrue(refused(() -> ScoreMatrix.square(new double[3][2])).contains("owner of row 2"));
        assertTrue(refused(() -> new ScoreMatrix(two, new int[] {0})).contains("2 rows of scores"));
        assertTrue(refused(() -> new ScoreMatrix(two, new int[] {0, -1})).contains("row 1 is -1"));
    }

    private static String refused(Runnable action) {
        return String.valueOf(
                assertThrows(IllegalArgumentException.class, action::run).getMessage());
    }
}
