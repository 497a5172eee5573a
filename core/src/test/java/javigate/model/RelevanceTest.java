package javigate.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class RelevanceTest {

    private static final Relevance RELEVANCE = new Relevance(-2, 30, 18, 10, 8, 0.4);

    @Test
    void theEquationByHand() {
        // (30 · 0.8 − 18) / ln 100 − 2 + 10 · 0.1 − 8 · 0.05 = −0.09712
        assertEquals(0.47574, RELEVANCE.of(99, 0.1, 0.85, 0.8), 1e-5);
    }

    @Test
    void theBetterHitIsTheMoreRelevantInLibrariesOfAnySize() {
        Random random = new Random(3);
        for (int i = 0; i < 200; i++) {
            long clips = 1 + (long) Math.exp(12 * random.nextDouble());
            double best = random.nextDouble();
            double better = best - 0.2 * random.nextDouble();
            double worse = better - 0.01;
            double mean = random.nextDouble() / 5;
            double relevance = RELEVANCE.of(clips, mean, best, better);
            assertTrue(relevance > RELEVANCE.of(clips, mean, best, worse), clips + " clips");
            assertTrue(relevance > 0 && relevance < 1);
        }
    }

    @Test
    void aHighScoreSaysLessAmongMoreClips() {
        double few = RELEVANCE.of(20, 0.1, 0.9, 0.9);
        double many = RELEVANCE.of(2000, 0.1, 0.9, 0.9);
        assertTrue(few > many, few + " of 20 clips, " + many + " of 2000");
    }

    @Test
    void nothingMatchesBelowTheLeast() {
        assertTrue(RELEVANCE.nothingMatches(0.399));
        assertFalse(RELEVANCE.nothingMatches(0.4));
    }

    @Test
    void whatWouldTurnTheOrderIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Relevance(0, -1, 0, 0, 2, 0.5));
        assertThrows(IllegalArgumentException.class, () -> new Relevance(0, 0, 0, 0, 0, 0.5));
        assertThrows(IllegalArgumentException.class, () -> new Relevance(0, 1, 0, 0, 1, 1.5));
        assertThrows(
                IllegalArgumentException.class, () -> new Relevance(Double.NaN, 1, 0, 0, 1, 0.5));
    }
}
