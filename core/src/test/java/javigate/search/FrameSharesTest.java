package javigate.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import javigate.index.ClipScore;
import javigate.index.LateInteractionScore;
import org.junit.jupiter.api.Test;

class FrameSharesTest {

    @Test
    void theSharesAddUpToTheScore() {
        Random random = new Random(3);
        for (int round = 0; round < 60; round++) {
            double localWeight = round % 3 / 2.0;
            double alpha = 1 + 199 * random.nextDouble();
            float[] text = unit(random, 16);
            float[][] frames = new float[1 + random.nextInt(12)][];
            Arrays.setAll(frames, n -> unit(random, 16));
            check(frames, text, alpha, localWeight);
        }
    }

    @Test
    void theyDoWhereFramesCancelOut() {
        for (float rest : new float[] {0, 3e-8f, 3e-5f}) {
            float[][] opposite = {{1, rest}, {-1, 0}};
            for (double localWeight : new double[] {0, 0.5, 1}) {
                check(opposite, new float[] {0.6f, 0.8f}, 10, localWeight);
            }
            float[] first = {1, 0};
            float[] second = {0, 1};
            assertArrayEquals(
                    rest < 1e-6 ? first : second, LateInteractionScore.pooled(opposite), 1e-4f);
        }
    }

    private static void check(float[][] frames, float[] text, double alpha, double localWeight) {
        ClipScore score = LateInteractionScore.of(frames, text, alpha, localWeight);
        FrameShares shares = FrameShares.of(score.cosines(), frames, alpha, localWeight);
        assertEquals(frames.length, shares.local().length);
        assertEquals(frames.length, shares.global().length);
        double local = Arrays.stream(shares.local()).sum();
        double global = Arrays.stream(shares.global()).sum();
        assertEquals(localWeight * score.local(), local, 1e-6);
        assertEquals((1 - localWeight) * score.global(), global, 1e-6);
        assertEquals(score.score(), local + global, 1e-6);
    }

    private static float[] unit(Random random, int width) {
        float[] vector = new float[width];
        double squares = 0;
        for (int i = 0; i < width; i++) {
            vector[i] = (float) random.nextGaussian();
            squares += (double) vector[i] * vector[i];
        }
        for (int i = 0; i < width; i++) {
            vector[i] /= (float) Math.sqrt(squares);
        }
        return vector;
    }
}
