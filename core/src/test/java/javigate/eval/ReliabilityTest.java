package javigate.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReliabilityTest {

    @Test
    void figuresByHand() {
        // Bin 0.2–0.3: said 0.25, seen 1/4. Bin 0.8–0.9: said 0.8, seen 1/2.
        double[] said = {0.25, 0.25, 0.25, 0.25, 0.8, 0.8};
        boolean[] seen = {true, false, false, false, true, false};
        Reliability r = Reliability.of(said, seen, ones(6));
        assertEquals(2 / 6.0 * 0.3, r.ece(), 1e-12);
        assertEquals((0.5625 + 3 * 0.0625 + 0.04 + 0.64) / 6, r.brier(), 1e-12);
        assertEquals(2.0 / 9, r.brierOfConstant(), 1e-12);
        // Of 8 pairs: 0.8 over 0.25 three times, 0.8 ties once, 0.25 ties three times.
        assertEquals((3 + 0.5 + 1.5) / 8, r.auroc(), 1e-12);
        assertEquals(List.of(0.2, 0.8), r.bins().stream().map(Reliability.Bin::from).toList());
        assertEquals(4 / 6.0, r.bins().getFirst().share(), 1e-12);
        assertEquals(0.5, r.bins().getLast().seen(), 1e-12);
    }

    @Test
    void aWeightOfTwoIsTheSameTwice() {
        Random random = new Random(4);
        double[] said = random.doubles(40).toArray();
        boolean[] seen = new boolean[40];
        double[] weights = ones(40);
        double[] twice = Arrays.copyOf(said, 60);
        boolean[] seenTwice = new boolean[60];
        for (int i = 0; i < 40; i++) {
            seen[i] = random.nextDouble() < said[i];
            seenTwice[i] = seen[i];
        }
        for (int i = 0; i < 20; i++) {
            weights[i] = 2;
            twice[40 + i] = said[i];
            seenTwice[40 + i] = seen[i];
        }
        Reliability weighted = Reliability.of(said, seen, weights);
        Reliability repeated = Reliability.of(twice, seenTwice, ones(60));
        assertEquals(repeated.ece(), weighted.ece(), 1e-12);
        assertEquals(repeated.brier(), weighted.brier(), 1e-12);
        assertEquals(repeated.auroc(), weighted.auroc(), 1e-12);
    }

    private static double[] ones(int count) {
        double[] ones = new double[count];
        Arrays.fill(ones, 1);
        return ones;
    }
}
