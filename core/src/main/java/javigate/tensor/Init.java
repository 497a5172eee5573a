package javigate.tensor;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** How a new parameter gets its first values. */
@FunctionalInterface
public interface Init {

    /** Fresh values for a parameter of the given shape, row-major. */
    float[] values(long[] shape, RandomGenerator random);

    static Init constant(double value) {
        return (shape, random) -> {
            float[] values = new float[count(shape)];
            Arrays.fill(values, (float) value);
            return values;
        };
    }

    Init ZEROS = constant(0);
    Init ONES = constant(1);

    /**
     * The identity, for a square matrix [n, n]; identities side by side, for a matrix [n, k · n].
     */
    Init IDENTITY =
            (shape, random) -> {
                int rows = Math.toIntExact(shape[0]);
                int columns = Math.toIntExact(shape[1]);
                if (columns % rows != 0) {
                    throw new IllegalArgumentException(
                            columns + " columns do not hold identities of " + rows + " rows");
                }
                float[] values = new float[count(shape)];
                for (int c = 0; c < columns; c++) {
                    values[c % rows * columns + c] = 1;
                }
                return values;
            };

    /** N(0, deviation²). */
    static Init normal(double deviation) {
        return (shape, random) -> {
            float[] values = new float[count(shape)];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (random.nextGaussian() * deviation);
            }
            return values;
        };
    }

    /** Uniform in ±√(6 / (fan in + fan out)) (Glorot and Bengio, 2010), for a matrix [out, in]. */
    Init XAVIER_UNIFORM =
            (shape, random) -> {
                double bound = Math.sqrt(6.0 / (shape[0] + shape[1]));
                float[] values = new float[count(shape)];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
                }
                return values;
            };

    /** Orthonormal columns, for a matrix [rows, columns] with rows ≥ columns (Gram–Schmidt). */
    Init ORTHONORMAL_COLUMNS =
            (shape, random) -> {
                int rows = Math.toIntExact(shape[0]);
                int columns = Math.toIntExact(shape[1]);
                if (columns > rows) {
                    throw new IllegalArgumentException(
                            columns + " orthonormal columns do not fit into " + rows + " rows");
                }
                double[][] basis = new double[columns][rows];
                for (int c = 0; c < columns; c++) {
                    for (int r = 0; r < rows; r++) {
                        basis[c][r] = random.nextGaussian();
                    }
                    for (int earlier = 0; earlier < c; earlier++) {
                        subtractProjection(basis[c], basis[earlier]);
                    }
                    normalise(basis[c]);
                }
                float[] values = new float[rows * columns];
                for (int r = 0; r < rows; r++) {
                    for (int c = 0; c < columns; c++) {
                        values[r * columns + c] = (float) basis[c][r];
                    }
                }
                return values;
            };

    private static void subtractProjection(double[] x, double[] unit) {
        double dot = 0;
        for (int i = 0; i < x.length; i++) {
            dot += x[i] * unit[i];
        }
        for (int i = 0; i < x.length; i++) {
            x[i] -= dot * unit[i];
        }
    }

    private static void normalise(double[] x) {
        double squares = 0;
        for (double v : x) {
            squares += v * v;
        }
        double length = Math.sqrt(squares);
        for (int i = 0; i < x.length; i++) {
            x[i] /= length;
        }
    }

    private static int count(long[] shape) {
        long count = 1;
        for (long size : shape) {
            count *= size;
        }
        return Math.toIntExact(count);
    }
}
