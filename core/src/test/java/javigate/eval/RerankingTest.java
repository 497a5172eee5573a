package javigate.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RerankingTest {

    /** Against lists sorted by hand: the top of the first by the second, then the rest. */
    @Test
    void theTopIsInTheSecondsOrderTheRestInTheFirsts() {
        Random random = new Random(1);
        for (int round = 0; round < 20; round++) {
            int videos = 2 + random.nextInt(20);
            int[] owner = IntStream.range(0, 2 * videos).map(t -> t % videos).toArray();
            ScoreMatrix first = new ScoreMatrix(scores(random, 2 * videos, videos, 3), owner);
            ScoreMatrix second = new ScoreMatrix(scores(random, 2 * videos, videos, 0.1), owner);
            int k = 1 + random.nextInt(videos + 3);
            Retrieval both = Reranking.of(first, second, k, TieRule.OWN_LAST);
            for (int t = 0; t < owner.length; t++) {
                double[] a = first.scores()[t];
                double[] b = second.scores()[t];
                List<Integer> byFirst =
                        IntStream.range(0, videos)
                                .boxed()
                                .sorted(Comparator.comparingDouble((Integer v) -> -a[v]))
                                .toList();
                List<Integer> top =
                        byFirst.stream()
                                .limit(k)
                                .sorted(Comparator.comparingDouble((Integer v) -> -b[v]))
                                .toList();
                int rank =
                        top.contains(owner[t])
                                ? top.indexOf(owner[t]) + 1
                                : byFirst.indexOf(owner[t]) + 1;
                assertEquals(rank, both.textToVideo().first()[t]);
            }
        }
    }

    @Test
    void allOfThemIsTheSecondStageAlone() {
        Random random = new Random(2);
        int[] owner = IntStream.range(0, 12).toArray();
        ScoreMatrix first = new ScoreMatrix(scores(random, 12, 12, 1), owner);
        ScoreMatrix second = new ScoreMatrix(scores(random, 12, 12, 1), owner);
        assertArrayEquals(
                QueryRanks.textToVideo(second, TieRule.OWN_LAST).first(),
                Reranking.of(first, second, 12, TieRule.OWN_LAST).textToVideo().first());
        assertThrows(
                IllegalArgumentException.class,
                () -> Reranking.of(first, second, 0, TieRule.OWN_LAST));
    }

    @Test
    void aFirstStageIsTheCosineOfThePooledUnitFrames() {
        double[] pooled = Reranking.pool(new float[][] {{2, 0}, {0, 5}});
        assertArrayEquals(new double[] {Math.sqrt(0.5), Math.sqrt(0.5)}, pooled, 1e-12);
        double[][] scores =
                Reranking.pooledScores(
                        List.of(new float[] {3, 0}, new float[] {-1, -1}), List.of(pooled));
        assertEquals(Math.sqrt(0.5), scores[0][0], 1e-12);
        assertEquals(-1, scores[1][0], 1e-12);
        double[] cancelled = Reranking.pool(new float[][] {{1, 0, 3e-8f}, {-1, 0, 0}});
        assertArrayEquals(new double[3], cancelled);
    }

    private static double[][] scores(Random random, int rows, int columns, double size) {
        double[][] scores = new double[rows][columns];
        for (double[] row : scores) {
            Arrays.setAll(row, _ -> size * random.nextGaussian() - 5);
        }
        return scores;
    }
}
