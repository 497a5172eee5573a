package javigate.model.clip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.Random;
import javigate.model.avigate.TinyAvigate;
import javigate.tensor.Ops;
import javigate.tensor.Parameters;
import javigate.tensor.Weights;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class TextEncoderTest {
    private static final ClipConfig CONFIG = TinyAvigate.CONFIG.clip();

    /** Texts of any lengths in any order are what each is by itself, and so are the gradients. */
    @Test
    void manyTextsAreEncodedAsEachAlone() {
        try (var _ = new PointerScope()) {
            Parameters parameters = Parameters.initialised(new Weights(), new Random(3));
            TextEncoder encoder = new TextEncoder(parameters, CONFIG);
            Map<String, Tensor> weights = parameters.taken();
            weights.values().forEach(w -> w.requires_grad_(true));
            for (int texts : new int[] {1, 63, 64, 130}) {
                long[][] ids = texts(texts, new Random(texts));
                Tensor together = encoder.encode(Ops.longs(flat(ids), texts, ids[0].length));
                float[][] rows = Ops.toRows(together);
                Ops.scale(together.mul(together).sum(), 1.0 / texts).backward();
                Map<String, float[]> gradients = takeGradients(weights);
                for (int i = 0; i < texts; i++) {
                    Tensor alone = encoder.encode(Ops.longs(ids[i], 1, ids[i].length));
                    assertArrayEquals(Ops.toRows(alone)[0], rows[i], 1e-5f, texts + ": " + i);
                    Ops.scale(alone.mul(alone).sum(), 1.0 / texts).backward();
                }
                Map<String, float[]> apart = takeGradients(weights);
                assertEquals(gradients.keySet(), apart.keySet());
                gradients.forEach((name, g) -> assertArrayEquals(apart.get(name), g, 1e-4f, name));
            }
        }
    }

    private static Map<String, float[]> takeGradients(Map<String, Tensor> weights) {
        Map<String, float[]> gradients = new java.util.TreeMap<>();
        weights.forEach(
                (name, weight) -> {
                    gradients.put(name, Ops.toFloats(weight.grad()));
                    weight.mutable_grad().reset();
                });
        return gradients;
    }

    /** Rows of random tokens, the end token, and zeros. */
    private static long[][] texts(int count, Random random) {
        long[][] ids = new long[count][CONFIG.contextLength()];
        for (long[] row : ids) {
            int end = 1 + random.nextInt(row.length - 1);
            for (int i = 0; i < end; i++) {
                row[i] = random.nextLong(1, CONFIG.vocabularySize() - 1L);
            }
            row[end] = CONFIG.vocabularySize() - 1L;
        }
        return ids;
    }

    private static long[] flat(long[][] rows) {
        return java.util.Arrays.stream(rows).flatMapToLong(java.util.Arrays::stream).toArray();
    }
}
