package javigate.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class RetrievalMetricsTest {

    @Test
    void ranksByHand() {
        double[][] scores = {
            {0.9, 0.1, 0.2, 0.3},
            {0.5, 0.4, 0.1, 0.0},
            {0.3, 0.2, 0.1, 0.0},
            {-1, -2, -3, -4},
        };
        assertArrayEquals(new int[] {1, 2, 3, 4}, RetrievalMetrics.ranks(scores));
        assertEquals(new RetrievalMetrics(25, 100, 100, 2.5, 4), RetrievalMetrics.of(scores));
        assertArrayEquals(
                new int[] {1, 2, 3, 4},
                RetrievalMetrics.ranks(
                        RetrievalMetrics.transpose(RetrievalMetrics.transpose(scores))));
        assertArrayEquals(
                new int[] {1, 1, 3, 4}, RetrievalMetrics.ranks(RetrievalMetrics.transpose(scores)));
    }

    @Test
    void ofTiedItemsTheOwnComesLast() {
        assertArrayEquals(new int[] {3, 3, 3}, RetrievalMetrics.ranks(new double[3][3]));
        assertArrayEquals(
                new int[] {2, 1}, RetrievalMetrics.ranks(new double[][] {{1, 1}, {0, 1}}));
    }

    @Test
    void notANumberFindsNothing() {
        double nan = Double.NaN;
        assertArrayEquals(
                new int[] {2, 2}, RetrievalMetrics.ranks(new double[][] {{nan, 0}, {nan, 1}}));
    }

    @Test
    void recallCountsRanksUpToK() {
        RetrievalMetrics m = RetrievalMetrics.ofRanks(new int[] {1, 5, 6, 10, 11});
        assertEquals(new RetrievalMetrics(20, 40, 80, 6, 5), m);
        assertEquals(3, RetrievalMetrics.ofRanks(new int[] {5, 1}).medianRank());
        assertEquals(0, RetrievalMetrics.ofRanks(new int[0]).queries());
    }

    @Test
    void anIdentityIsPerfectWhateverItsOrder() {
        Random random = new Random(6);
        for (int n : new int[] {1, 2, 50}) {
            double[][] scores = new double[n][n];
            for (double[] row : scores) {
                for (int j = 0; j < n; j++) {
                    row[j] = random.nextDouble();
                }
            }
            for (int i = 0; i < n; i++) {
                scores[i][i] = 2;
            }
            assertEquals(new RetrievalMetrics(100, 100, 100, 1, n), RetrievalMetrics.of(scores));
        }
    }
}
