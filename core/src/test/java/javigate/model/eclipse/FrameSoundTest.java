package javigate.model.eclipse;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import javigate.model.ast.AstConfig;
import javigate.tensor.Engine;
import javigate.tensor.Ops;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class FrameSoundTest {

    /** 2 rows of 5 columns; their middles are at rows 8, 18, 28, 38 and 48. */
    private static final AstConfig AST = new AstConfig(2, 1, 1, 16, 10, 10, 32, 56);

    static {
        Engine.start();
    }

    /** Patch r · 5 + c holds (c, 100 · r + c). */
    private static Tensor patches(int clips) {
        float[] values = new float[clips * 20];
        for (int i = 0; i < values.length / 2; i++) {
            int row = i % 10 / 5;
            values[2 * i] = i % 5;
            values[2 * i + 1] = 100 * row + i % 5;
        }
        return Ops.floats(values, clips, 10, 2);
    }

    private static float[] heard(double position, double window) {
        try (var _ = new PointerScope()) {
            double[][] positions = {{position}};
            Tensor weights = FrameSound.weights(positions, new double[] {window}, AST);
            return Ops.toFloats(FrameSound.of(patches(1), weights));
        }
    }

    @Test
    void aFrameHearsTheColumnsAboutItsTime() {
        assertEquals(5, AST.timePatches());
        assertArrayEquals(new float[] {2, 52}, heard(28, 0), 1e-5f); // its own column
        assertArrayEquals(new float[] {2, 52}, heard(28, 20), 1e-5f); // 1, 2, 3: ends included
        assertArrayEquals(new float[] {2, 52}, heard(28, 19.9), 1e-5f);
        assertArrayEquals(new float[] {1.5f, 51.5f}, heard(23, 19.9), 1e-5f); // 1, 2
        assertArrayEquals(new float[] {0.5f, 50.5f}, heard(0, 40), 1e-5f); // the clip's beginning
        assertArrayEquals(new float[] {3.5f, 53.5f}, heard(56, 40), 1e-5f); // its end
        assertArrayEquals(new float[] {2, 52}, heard(10, 1000), 1e-5f); // all of a short clip
        assertArrayEquals(new float[] {4, 54}, heard(400, 20), 1e-5f); // none inside: nearest
        assertArrayEquals(new float[] {0, 50}, heard(13, 2), 1e-5f); // of two, the earlier
    }

    @Test
    void everyFrameOfEveryClipEqualsTheMean() {
        Random random = new Random(1);
        for (int run = 0; run < 50; run++) {
            int clips = 1 + random.nextInt(3);
            int frames = 1 + random.nextInt(4);
            double[][] positions = new double[clips][frames];
            double[] windows = new double[clips];
            for (int b = 0; b < clips; b++) {
                windows[b] = 10 + 60 * random.nextDouble();
                for (int f = 0; f < frames; f++) {
                    positions[b][f] = 56 * random.nextDouble();
                }
            }
            try (var _ = new PointerScope()) {
                Tensor weights = FrameSound.weights(positions, windows, AST);
                float[] sums = Ops.toFloats(Ops.sum(weights, 2));
                float[] ours = Ops.toFloats(FrameSound.of(patches(clips), weights));
                for (int i = 0; i < clips * frames; i++) {
                    double expected = mean(positions[i / frames][i % frames], windows[i / frames]);
                    assertEquals(1, sums[i], 1e-5);
                    assertEquals(expected, ours[2 * i], 1e-4);
                    assertEquals(50 + expected, ours[2 * i + 1], 1e-4);
                }
            }
        }
    }

    private static double mean(double position, double window) {
        double sum = 0;
        int count = 0;
        for (int c = 0; c < 5; c++) {
            if (Math.abs(8 + 10 * c - position) <= window / 2) {
                sum += c;
                count++;
            }
        }
        return count == 0 ? Math.clamp(Math.round((position - 8) / 10), 0, 4) : sum / count;
    }

    @Test
    void whatIsNoPlaceIsRefused() {
        refused("row NaN", Double.NaN, 10);
        refused("row Infinity", Double.POSITIVE_INFINITY, 10);
        refused("window of -1.0", 3, -1);
        refused("window of NaN", 3, Double.NaN);
    }

    private static void refused(String said, double position, double window) {
        String message =
                String.valueOf(
                        assertThrows(IllegalArgumentException.class, () -> heard(position, window))
                                .getMessage());
        assertTrue(message.contains(said), said + " in: " + message);
    }
}
