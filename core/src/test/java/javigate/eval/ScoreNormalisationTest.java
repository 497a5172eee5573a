package javigate.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ScoreNormalisationTest {

    private final Random random = new Random(11);

    @Test
    void dualSoftmaxAgainstLoops() {
        double[][] logits = ScoreNormalisation.scale(Matrices.random(7, 5, random), 10);
        double[][] ours = ScoreNormalisation.dualSoftmax(logits);
        for (int j = 0; j < 5; j++) {
            double sum = 0;
            for (int i = 0; i < 7; i++) {
                sum += Math.exp(logits[i][j] / 3);
            }
            for (int i = 0; i < 7; i++) {
                assertEquals(logits[i][j] * Math.exp(logits[i][j] / 3) / sum, ours[i][j], 1e-12);
            }
        }
    }

    /** As the official code: a padded array [V][most captions][V], softmax over its first axis. */
    @Test
    void dualSoftmaxByOrdinalAgainstThePaddedArray() {
        int[] owner = Matrices.owners(12, 5, random);
        double[][] logits = ScoreNormalisation.scale(Matrices.random(12, 5, random), 10);
        double[][] ours = ScoreNormalisation.dualSoftmaxByOrdinal(new ScoreMatrix(logits, owner));
        int[] ordinal = new int[12];
        int[] seen = new int[5];
        for (int t = 0; t < 12; t++) {
            ordinal[t] = seen[owner[t]]++;
        }
        double[][][] padded = new double[5][12][5];
        for (double[][] video : padded) {
            for (double[] row : video) {
                Arrays.fill(row, Double.NEGATIVE_INFINITY);
            }
        }
        for (int t = 0; t < 12; t++) {
            padded[owner[t]][ordinal[t]] = logits[t];
        }
        for (int t = 0; t < 12; t++) {
            for (int v = 0; v < 5; v++) {
                double sum = 0;
                for (int video = 0; video < 5; video++) {
                    sum += Math.exp(padded[video][ordinal[t]][v] / 3);
                }
                assertEquals(logits[t][v] * Math.exp(logits[t][v] / 3) / sum, ours[t][v], 1e-12);
            }
        }
    }

    @Test
    void withOneCaptionEachTheOrdinalFormIsThePlainOne() {
        double[][] logits = Matrices.random(6, 6, random);
        assertArrayEquals(
                ScoreNormalisation.dualSoftmax(logits),
                ScoreNormalisation.dualSoftmaxByOrdinal(ScoreMatrix.square(logits)));
    }

    @Test
    void largeLogitsDoNotOverflow() {
        double[][] ours = ScoreNormalisation.dualSoftmax(new double[][] {{5000, 1}, {4000, 2}});
        assertEquals(5000, ours[0][0]);
        assertEquals(0, ours[1][0], 1e-100);
    }

    @Test
    void sinkhornAgainstLoops() {
        double[][] scores = Matrices.random(6, 4, random);
        double[][] p = new double[6][4];
        for (int i = 0; i < 6; i++) {
            for (int j = 0; j < 4; j++) {
                p[i][j] = Math.exp(2 * scores[i][j]);
            }
        }
        for (int iteration = 1; iteration <= 3; iteration++) {
            for (int j = 0; j < 4; j++) {
                double column = 0;
                for (double[] row : p) {
                    column += row[j];
                }
                for (double[] row : p) {
                    row[j] /= column;
                }
            }
            for (double[] row : p) {
                double sum = Arrays.stream(row).sum();
                Arrays.setAll(row, j -> row[j] / sum);
            }
            double[][] ours = ScoreNormalisation.sinkhorn(scores, 2, iteration);
            for (int i = 0; i < 6; i++) {
                for (int j = 0; j < 4; j++) {
                    assertEquals(Math.log(p[i][j]), ours[i][j], 1e-12);
                }
            }
        }
    }

    @Test
    void sinkhornOfASquareMatrixBecomesDoublyStochastic() {
        double[][] ours = ScoreNormalisation.sinkhorn(Matrices.random(9, 9, random), 1, 200);
        for (double[][] matrix : new double[][][] {ours, ScoreMatrix.transpose(ours)}) {
            for (double[] row : matrix) {
                assertEquals(1, Arrays.stream(row).map(Math::exp).sum(), 1e-9);
            }
        }
    }

    @Test
    void scoresStayAsTheyAre() {
        double[][] scores = Matrices.random(4, 4, random);
        double[][] before = ScoreNormalisation.scale(scores, 1);
        QueryBank bank = new QueryBank(4, 4, 20);
        bank.add(scores[0]);
        ScoreMatrix matrix = ScoreMatrix.square(scores);
        for (Normalisation norm : Normalisation.values()) {
            norm.apply(matrix, 100, bank, TieRule.OWN_LAST);
        }
        ScoreNormalisation.sinkhorn(scores, 1, 1);
        ScoreNormalisation.dualSoftmax(scores);
        bank.normalise(scores);
        assertArrayEquals(before, scores);
    }

    @Test
    void eachPostProcessingRanksItsOwnScores() {
        double[][] scores = Matrices.random(30, 30, random);
        ScoreMatrix cosines = ScoreMatrix.square(ScoreNormalisation.scale(scores, 0.1));
        QueryBank bank = new QueryBank(30, 1, 20);
        for (double[] row : Matrices.random(40, 30, random)) {
            bank.add(ScoreNormalisation.scale(new double[][] {row}, 0.1)[0]);
        }
        TieRule rule = TieRule.OWN_LAST;
        double[][] logits = ScoreNormalisation.scale(cosines.scores(), 100);
        Retrieval dsl = Normalisation.DSL.apply(cosines, 100, bank, rule);
        assertArrayEquals(
                QueryRanks.ofPairs(ScoreNormalisation.dualSoftmax(logits), rule).all(),
                dsl.textToVideo().all());
        assertArrayEquals(
                QueryRanks.ofPairs(
                                ScoreNormalisation.dualSoftmax(ScoreMatrix.transpose(logits)), rule)
                        .all(),
                Objects.requireNonNull(dsl.videoToText()).all());
        Retrieval qb = Normalisation.QB.apply(cosines, 100, bank, rule);
        assertArrayEquals(
                QueryRanks.ofPairs(bank.normalise(cosines.scores()), rule).all(),
                qb.textToVideo().all());
        assertEquals(null, qb.videoToText());
        assertEquals(null, qb.scores().rSum());
        double[][] balanced = ScoreNormalisation.sinkhorn(cosines.scores(), 20, 10);
        Retrieval sk = Normalisation.SK.apply(cosines, 100, bank, rule);
        assertArrayEquals(QueryRanks.ofPairs(balanced, rule).all(), sk.textToVideo().all());
        assertArrayEquals(
                QueryRanks.ofPairs(ScoreMatrix.transpose(balanced), rule).all(),
                Objects.requireNonNull(sk.videoToText()).all());
    }

    /** With a scale of nearly nothing the softmax is the same for all, and changes no order. */
    @Test
    void dualSoftmaxAlsoGainsAmongCaptions() {
        int[] owner = {0, 0, 0, 1, 1, 2, 2, 2, 2};
        ScoreMatrix cosines = new ScoreMatrix(Matrices.random(owner.length, 3, random), owner);
        QueryBank bank = new QueryBank(3, 1, 20);
        TieRule rule = TieRule.OWN_LAST;
        QueryRanks raw = QueryRanks.videoToText(cosines, rule);
        QueryRanks dsl =
                Objects.requireNonNull(
                        Normalisation.DSL.apply(cosines, 1e-9, bank, rule).videoToText());
        assertArrayEquals(raw.all(), dsl.all());
        assertArrayEquals(raw.ndcg10(), dsl.ndcg10(), 1e-12);
    }

    /** A video that all queries like best is a hub; each post-processing takes its lead away. */
    @Test
    void aHubLosesItsLead() {
        double[][] scores = new double[10][10];
        for (int i = 0; i < 10; i++) {
            scores[i][i] = 0.5;
            scores[i][0] = 0.55;
        }
        scores[0][0] = 0.6;
        ScoreMatrix matrix = ScoreMatrix.square(scores);
        QueryBank bank = new QueryBank(10, 1, 20);
        for (double[] row : scores) {
            bank.add(row);
        }
        assertEquals(10, Retrieval.of(matrix, TieRule.OWN_LAST).scores().textToVideo().r1(), 1e-9);
        for (Normalisation norm : Normalisation.values()) {
            assertEquals(
                    100,
                    norm.apply(matrix, 100, bank, TieRule.OWN_LAST).scores().textToVideo().r1(),
                    norm.argument());
        }
    }

    @Test
    void senselessConstantsAreRefused() {
        double[][] scores = new double[2][2];
        for (double beta : new double[] {0, -1, Double.NaN}) {
            String message =
                    String.valueOf(
                            assertThrows(
                                            IllegalArgumentException.class,
                                            () -> ScoreNormalisation.sinkhorn(scores, beta, 1))
                                    .getMessage());
            assertTrue(message.contains("beta " + beta), message);
        }
        assertThrows(
                IllegalArgumentException.class, () -> ScoreNormalisation.sinkhorn(scores, 1, 0));
    }
}
