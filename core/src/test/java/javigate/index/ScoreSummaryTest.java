package javigate.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ScoreSummaryTest {

    @Test
    void threadsTogetherSeeWhatOneSees() {
        Random random = new Random(1);
        ScoreSummary.Accumulator one = new ScoreSummary.Accumulator();
        ScoreSummary.Accumulator[] three = new ScoreSummary.Accumulator[3];
        for (int i = 0; i < three.length; i++) {
            three[i] = new ScoreSummary.Accumulator();
        }
        double sum = 0;
        for (int i = 0; i < 1000; i++) {
            double score = random.nextDouble() - 0.2;
            sum += score;
            one.add(score);
            three[random.nextInt(2)].add(score); // the third thread gets nothing
        }
        three[2].addAll(three[0]);
        three[2].addAll(three[1]);
        assertEquals(1000, three[2].summary().clips());
        assertEquals(sum / 1000, one.summary().mean(), 1e-12);
        assertEquals(one.summary().mean(), three[2].summary().mean(), 1e-12);
    }

    @Test
    void anEmptyLibraryHasNoSummary() {
        assertThrows(
                IllegalArgumentException.class, () -> new ScoreSummary.Accumulator().summary());
    }
}
