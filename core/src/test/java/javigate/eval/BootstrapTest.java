package javigate.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BootstrapTest {

    private static final Bootstrap BOOTSTRAP = new Bootstrap(1000, 3);

    private final Random random = new Random(13);

    /** Ranks 1 and 2 in turn: R@1 is a share of one half. */
    private static Retrieval halves(int n) {
        int[] once = new int[n];
        Arrays.fill(once, 1);
        QueryRanks ranks =
                new QueryRanks(
                        TieRule.OWN_LAST,
                        IntStream.range(0, n).map(i -> 1 + i % 2).toArray(),
                        once,
                        new double[n]);
        int[][] captions = IntStream.range(0, n).mapToObj(i -> new int[] {i}).toArray(int[][]::new);
        return new Retrieval(ranks, ranks, captions);
    }

    private Retrieval of(double[][] scores, int[] owner) {
        return Retrieval.of(new ScoreMatrix(scores, owner), TieRule.OWN_LAST);
    }

    @Test
    void anIntervalOfAShareIsTheBinomialOne() {
        Estimate r1 = BOOTSTRAP.intervals(halves(400)).textToVideo().r1();
        double halfWidth = 100 * 1.96 * Math.sqrt(0.25 / 400);
        assertEquals(50, r1.value());
        assertEquals(50 - halfWidth, r1.low(), 0.6);
        assertEquals(50 + halfWidth, r1.high(), 0.6);
        Estimate sum = Objects.requireNonNull(BOOTSTRAP.intervals(halves(400)).rSum());
        assertEquals(2 * r1.low() + 400, sum.low(), 1e-9); // both directions drawn together
    }

    /** The 25th and the 975th of a thousand draws, computed in another way. */
    @Test
    void againstLoops() {
        int[] owner = Matrices.owners(30, 12, random);
        double[][] scores = Matrices.random(30, 12, random);
        for (int t = 0; t < 30; t++) {
            scores[t][owner[t]] += 1;
        }
        Retrieval system = of(scores, owner);
        int[] ranks = system.textToVideo().all();
        RandomGenerator draws = RandomGeneratorFactory.of("L64X128MixRandom").create(3);
        double[] means = new double[1000];
        for (int b = 0; b < 1000; b++) {
            double sum = 0;
            int count = 0;
            for (int i = 0; i < 12; i++) {
                int video = draws.nextInt(12);
                for (int t = 0; t < 30; t++) {
                    if (owner[t] == video) {
                        sum += ranks[t];
                        count++;
                    }
                }
            }
            means[b] = sum / count;
        }
        Arrays.sort(means);
        Estimate mean = BOOTSTRAP.intervals(system).textToVideo().meanRank();
        assertEquals(Arrays.stream(ranks).average().orElseThrow(), mean.value(), 1e-12);
        assertEquals(means[24], mean.low(), 1e-12);
        assertEquals(means[974], mean.high(), 1e-12);
    }

    @Test
    void theSeedDecides() {
        Retrieval system = halves(50);
        assertEquals(
                new Bootstrap(200, 1).intervals(system), new Bootstrap(200, 1).intervals(system));
        assertNotEquals(
                new Bootstrap(200, 1).intervals(system), new Bootstrap(200, 2).intervals(system));
    }

    @Test
    void theDifferenceOfASystemWithItselfIsNothing() {
        Retrieval system = of(Matrices.random(20, 10, random), Matrices.owners(20, 10, random));
        RetrievalEstimates none = BOOTSTRAP.difference(system, system);
        Estimate zero = new Estimate(0, 0, 0);
        MetricEstimates zeros = new MetricEstimates(zero, zero, zero, zero, zero, zero);
        assertEquals(new RetrievalEstimates(zeros, zeros, zero), none);
    }

    /** A system a little better on every query: sure of its lead only because it is paired. */
    @Test
    void differencesArePaired() {
        int[] owner = Matrices.owners(60, 60, random);
        double[][] scores = Matrices.random(60, 60, random);
        double[][] better = ScoreNormalisation.scale(scores, 1);
        for (int t = 0; t < 60; t++) {
            better[t][owner[t]] += 0.3;
        }
        Retrieval baseline = of(scores, owner);
        Retrieval system = of(better, owner);
        Estimate difference = BOOTSTRAP.difference(system, baseline).textToVideo().meanRank();
        Estimate a = BOOTSTRAP.intervals(system).textToVideo().meanRank();
        Estimate b = BOOTSTRAP.intervals(baseline).textToVideo().meanRank();
        assertEquals(a.value() - b.value(), difference.value(), 1e-12);
        assertTrue(difference.high() < 0, difference.toString());
        assertTrue(a.high() > b.low(), "alone their intervals overlap: " + a + " and " + b);
        Estimate back = BOOTSTRAP.difference(baseline, system).textToVideo().meanRank();
        assertEquals(-difference.value(), back.value(), 1e-12);
    }

    @Test
    void oneDirectionHasNoSum() {
        Retrieval both = halves(10);
        Retrieval one = new Retrieval(both.textToVideo(), null, both.captions());
        assertNull(BOOTSTRAP.intervals(one).videoToText());
        assertNull(BOOTSTRAP.intervals(one).rSum());
        assertTrue(refused(() -> BOOTSTRAP.difference(one, both)).contains("cannot be paired"));
    }

    @Test
    void whatCannotBeDrawnIsRefused() {
        Retrieval system = halves(10);
        assertTrue(refused(() -> new Bootstrap(39, 1)).contains("39 resamples"));
        assertTrue(
                refused(() -> BOOTSTRAP.intervals(system.only(new int[0]))).contains("no queries"));
        assertTrue(refused(() -> BOOTSTRAP.difference(system, halves(12))).contains("10 and 12"));
    }

    private static String refused(Runnable action) {
        return String.valueOf(
                assertThrows(IllegalArgumentException.class, action::run).getMessage());
    }
}
