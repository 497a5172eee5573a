package javigate.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import javigate.index.ClipScore;
import javigate.index.LateInteractionScore;
import javigate.tensor.Ops;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class ScoreTest {

    @Test
    void equalsTheScoreOfTheIndex() {
        Random random = new Random(12);
        for (int round = 0; round < 60; round++) {
            int texts = round == 2 ? 130 : 1 + random.nextInt(3); // more than are taken at once
            int clips = 1 + random.nextInt(4);
            int frames = 1 + random.nextInt(32);
            int width = 2 + random.nextInt(64);
            double alpha = round == 0 ? 1 : round == 1 ? 200 : 1 + 199 * random.nextDouble();
            double localWeight = round % 3 / 2.0;
            float[][] text = vectors(random, texts, width);
            float[][][] clip = new float[clips][][];
            float[] values = new float[clips * frames * width];
            float[] mask = new float[clips * frames];
            for (int v = 0; v < clips; v++) {
                clip[v] = vectors(random, frames, width);
                int real = 1 + random.nextInt(frames);
                for (int f = 0; f < frames; f++) {
                    System.arraycopy(clip[v][f], 0, values, (v * frames + f) * width, width);
                    mask[v * frames + f] = f < real ? 1 : 0;
                }
                clip[v] = Arrays.copyOf(clip[v], real);
            }
            try (var _ = new PointerScope()) {
                Tensor t = Ops.floats(flat(text), texts, width);
                Tensor f = Ops.floats(values, clips, frames, width);
                Tensor m = Ops.floats(mask, clips, frames);
                float[] score = Ops.toFloats(Score.score(t, f, m, scalar(alpha), localWeight));
                float[] global = Ops.toFloats(Score.global(t, f, m));
                float[] local = Ops.toFloats(Score.local(t, f, m, scalar(alpha)));
                for (int i = 0; i < texts; i++) {
                    for (int v = 0; v < clips; v++) {
                        ClipScore of =
                                LateInteractionScore.of(clip[v], text[i], alpha, localWeight);
                        int at = i * clips + v;
                        assertEquals(of.global(), global[at], 1e-6);
                        // Up to 1 + ln(32)/α, which may be over 4: relative there.
                        double size = Math.max(1, Math.abs(of.local()));
                        assertEquals(of.local(), local[at], 1e-6 * size);
                        assertEquals(of.score(), score[at], 1e-6 * size);
                        if (localWeight == 0) {
                            assertEquals(of.global(), of.score());
                        } else if (localWeight == 1) {
                            assertEquals(of.local(), of.score());
                        }
                    }
                }
            }
        }
    }

    @Test
    void localIsStableWhereExponentialsOverflow() {
        try (var _ = new PointerScope()) {
            float[] same = {3, 4};
            for (int frames : new int[] {1, 7, 32}) {
                float[] values = new float[2 * frames];
                for (int i = 0; i < values.length; i++) {
                    values[i] = same[i % 2];
                }
                Tensor local =
                        Score.local(
                                Ops.floats(same, 1, 2),
                                Ops.floats(values, 1, frames, 2),
                                torch.ones(1, frames),
                                scalar(200)); // exp(200) is infinite in float32
                assertEquals(1 + Math.log(frames) / 200, Ops.toFloats(local)[0], 1e-6);
            }
        }
    }

    @Test
    void maskedFramesDoNotCount() {
        Random random = new Random(13);
        try (var _ = new PointerScope()) {
            Tensor text = Ops.floats(flat(vectors(random, 1, 8)), 1, 8);
            float[] frames = flat(vectors(random, 5, 8));
            Tensor mask = Ops.floats(new float[] {1, 1, 0, 1, 0}, 1, 5);
            float before = score(text, frames, mask);
            for (int i : new int[] {2, 4}) {
                for (int k = 0; k < 8; k++) {
                    frames[i * 8 + k] = 100 * random.nextFloat();
                }
            }
            assertEquals(before, score(text, frames, mask));
        }
    }

    private static float score(Tensor text, float[] frames, Tensor mask) {
        return Ops.toFloats(Score.score(text, Ops.floats(frames, 1, 5, 8), mask, scalar(20), 0.5))[
                0];
    }

    private static Tensor scalar(double value) {
        return torch.full(new long[] {}, new Scalar(value));
    }

    private static float[][] vectors(Random random, int count, int width) {
        float[][] vectors = new float[count][width];
        for (float[] vector : vectors) {
            double length = 0.1 + 10 * random.nextDouble();
            for (int i = 0; i < width; i++) {
                vector[i] = (float) (length * random.nextGaussian());
            }
        }
        return vectors;
    }

    private static float[] flat(float[][] rows) {
        float[] flat = new float[rows.length * rows[0].length];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, flat, i * rows[i].length, rows[i].length);
        }
        return flat;
    }
}
