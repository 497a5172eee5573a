package javigate.model.ast;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import javigate.tensor.Ops;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class PositionTableTest {

    /** 2 x 7 patches of width 3. */
    private static final AstConfig FROM = new AstConfig(3, 1, 1, 4, 2, 2, 6, 16);

    private static float[] table(AstConfig config) {
        Random random = new Random(5);
        float[] values = new float[(2 + config.patches()) * 3];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        return values;
    }

    @Test
    void aShorterTableIsTheMiddleOfTheLonger() {
        AstConfig to = FROM.withTimeFrames(10); // 4 of 7: from 7/2 − 4/2 = 1 on
        float[] values = table(FROM);
        Tensor fitted = PositionTable.fit(Ops.floats(values, 1, 16, 3), FROM, to);
        assertArrayEquals(new long[] {1, 10, 3}, Ops.shape(fitted));
        float[] found = Ops.toFloats(fitted);
        for (int i = 0; i < 6; i++) {
            assertEquals(values[i], found[i], "class and distillation stay");
        }
        for (int f = 0; f < 2; f++) {
            for (int t = 0; t < 4; t++) {
                for (int w = 0; w < 3; w++) {
                    assertEquals(
                            values[6 + (f * 7 + t + 1) * 3 + w], found[6 + (f * 4 + t) * 3 + w]);
                }
            }
        }
    }

    @Test
    void aLongerTableIsInterpolatedAtHalfPixelCentres() {
        AstConfig to = FROM.withTimeFrames(30); // 14 columns of 7: sampled at −¼, ¼, ¾, 1¼ …
        float[] values = table(FROM);
        float[] found = Ops.toFloats(PositionTable.fit(Ops.floats(values, 1, 16, 3), FROM, to));
        for (int f = 0; f < 2; f++) {
            for (int t = 0; t < 14; t++) {
                double at = t / 2.0 - 0.25;
                int left = (int) Math.floor(at);
                double share = at - left;
                for (int w = 0; w < 3; w++) {
                    double a = values[6 + (f * 7 + Math.max(0, left)) * 3 + w];
                    double b = values[6 + (f * 7 + Math.min(6, left + 1)) * 3 + w];
                    assertEquals(
                            a * (1 - share) + b * share, found[6 + (f * 14 + t) * 3 + w], 1e-6);
                }
            }
        }
    }

    @Test
    void onlyTheTimeMayDiffer() {
        AstConfig other = new AstConfig(3, 1, 1, 4, 2, 2, 8, 16);
        assertThrows(
                IllegalArgumentException.class,
                () -> PositionTable.fit(Ops.floats(table(FROM), 1, 16, 3), FROM, other));
    }
}
