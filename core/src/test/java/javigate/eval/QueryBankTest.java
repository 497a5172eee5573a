package javigate.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class QueryBankTest {

    @Test
    void againstLoops() {
        Random random = new Random(12);
        for (int nearest : new int[] {1, 2, 6}) {
            double[][] bank = Matrices.random(4, 6, random);
            double[][] test = Matrices.random(9, 6, random);
            QueryBank queries = new QueryBank(6, nearest, 3);
            TreeSet<Integer> active = new TreeSet<>();
            for (double[] row : bank) {
                queries.add(row);
                double[] sorted = row.clone();
                Arrays.sort(sorted);
                for (int v = 0; v < 6; v++) {
                    if (row[v] >= sorted[6 - nearest]) {
                        active.add(v);
                    }
                }
            }
            assertArrayEquals(
                    active.stream().mapToInt(Integer::intValue).toArray(), queries.activationSet());
            double[][] ours = queries.normalise(test);
            int normalised = 0;
            for (int i = 0; i < test.length; i++) {
                int best = 0;
                for (int v = 0; v < 6; v++) {
                    best = test[i][v] > test[i][best] ? v : best;
                }
                assertEquals(active.contains(best), queries.normalises(test[i]));
                if (!active.contains(best)) {
                    assertArrayEquals(test[i], ours[i]);
                    continue;
                }
                normalised++;
                for (int v = 0; v < 6; v++) {
                    double sum = 0;
                    for (double[] row : bank) {
                        sum += Math.exp(3 * row[v]);
                    }
                    double expected = Math.exp(3 * test[i][v]) / sum;
                    assertEquals(expected, ours[i][v], 1e-12 * expected);
                }
            }
            assertTrue(normalised > 0 && (nearest < 6 || normalised == 9), "of " + nearest);
        }
    }

    @Test
    void largeScoresDoNotOverflow() {
        QueryBank queries = new QueryBank(2, 1, 20);
        queries.add(new double[] {100, 90});
        queries.add(new double[] {-100, 110});
        double[] row = queries.normalise(new double[][] {{100.1, 109}})[0];
        assertEquals(Math.exp(2), row[0], 1e-9);
        assertEquals(Math.exp(-20), row[1], 1e-12);
    }

    @Test
    void whatCannotBeIsRefused() {
        assertTrue(refused(() -> new QueryBank(3, 0, 20)).contains("k 0"));
        assertTrue(refused(() -> new QueryBank(3, 4, 20)).contains("k 4"));
        assertTrue(refused(() -> new QueryBank(3, 1, 0)).contains("beta 0"));
        QueryBank queries = new QueryBank(3, 1, 20);
        assertTrue(refused(() -> queries.add(new double[2])).contains("2 scores for 3 videos"));
        assertTrue(
                refused(() -> queries.add(new double[] {0, Double.NaN, 0})).contains("column 1"));
        assertTrue(
                refused(() -> queries.normalise(new double[][] {{1, 2, 3}}))
                        .contains("bank without queries"));
    }

    private static String refused(Runnable action) {
        return String.valueOf(
                assertThrows(IllegalArgumentException.class, action::run).getMessage());
    }
}
