package javigate.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ParametersTest {

    @Test
    void aMissingWeightIsNamedWithItsShape() {
        Parameters parameters = Parameters.of(weights());
        assertMessage(
                "weight tower.block.bias [4, 5] is missing",
                () -> parameters.at("tower").at("block").get("bias", Init.ZEROS, 4, 5));
    }

    @Test
    void aWrongShapeIsNamedWithBothShapes() {
        Parameters parameters = Parameters.of(weights());
        assertMessage(
                "weight a.weight has shape [2, 3]; the configuration wants [3, 2]",
                () -> parameters.at("a").get("weight", Init.ZEROS, 3, 2));
    }

    @Test
    void unknownWeightsAreNamed() {
        Parameters parameters = Parameters.of(weights());
        assertMessage("2 unknown weights: a.weight, b.bias", parameters::requireAllTaken);
        parameters.at("a").get("weight", Init.ZEROS, 2, 3);
        assertMessage("1 unknown weights: b.bias", parameters::requireAllTaken);
        parameters.at("b").get("bias", Init.ZEROS, 2);
        parameters.requireAllTaken();
        assertEquals(List.of("a.weight", "b.bias"), List.copyOf(parameters.taken().keySet()));
    }

    @Test
    void givenWeightsWinOverInitialisation() {
        Weights given = weights();
        Parameters parameters = Parameters.initialised(given, new Random(1));
        assertSame(given.get("b.bias"), parameters.get("b.bias", Init.ONES, 2));
        assertArrayEquals(new float[] {1, 1, 1}, Ops.toFloats(parameters.get("new", Init.ONES, 3)));
    }

    @Test
    void oneSeedGivesOneInitialisation() {
        float[] first = drawn(7);
        assertArrayEquals(first, drawn(7));
        assertFalse(Arrays.equals(first, drawn(8)));
    }

    @Test
    void normalAndXavierHaveTheirSpread() {
        float[] normal = Init.normal(0.02).values(new long[] {300, 100}, new Random(2));
        double squares = 0;
        for (float v : normal) {
            squares += (double) v * v;
        }
        assertEquals(0.02, Math.sqrt(squares / normal.length), 0.0005);
        double bound = Math.sqrt(6.0 / 400);
        double largest = 0;
        for (float v : Init.XAVIER_UNIFORM.values(new long[] {300, 100}, new Random(2))) {
            largest = Math.max(largest, Math.abs(v));
        }
        assertEquals(bound, largest, 0.001);
    }

    @Test
    void orthonormalColumnsAre() {
        Random random = new Random(3);
        for (int round = 0; round < 20; round++) {
            int rows = 1 + random.nextInt(40);
            int columns = 1 + random.nextInt(rows);
            float[] m = Init.ORTHONORMAL_COLUMNS.values(new long[] {rows, columns}, random);
            for (int a = 0; a < columns; a++) {
                for (int b = 0; b < columns; b++) {
                    double dot = 0;
                    for (int r = 0; r < rows; r++) {
                        dot += (double) m[r * columns + a] * m[r * columns + b];
                    }
                    assertEquals(a == b ? 1 : 0, dot, 1e-5, rows + "x" + columns);
                }
            }
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> Init.ORTHONORMAL_COLUMNS.values(new long[] {2, 3}, random));
    }

    private static float[] drawn(long seed) {
        Parameters parameters = Parameters.initialised(new Weights(), new Random(seed));
        parameters.get("skipped", Init.normal(1), 3);
        return Ops.toFloats(parameters.get("x", Init.ORTHONORMAL_COLUMNS, 8, 4));
    }

    private static Weights weights() {
        Weights weights = new Weights();
        weights.put("a.weight", Ops.floats(new float[] {1, 2, 3, 4, 5, 6}, 2, 3));
        weights.put("b.bias", Ops.floats(new float[] {1, 2}, 2));
        return weights;
    }

    private static void assertMessage(String message, Runnable action) {
        assertEquals(
                message, assertThrows(IllegalArgumentException.class, action::run).getMessage());
    }
}
