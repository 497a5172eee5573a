package javigate.model;

import java.util.Random;
import java.util.function.Consumer;
import javigate.tensor.Engine;
import javigate.tensor.Ops;
import javigate.tensor.Parameters;
import javigate.tensor.Weights;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** Random tensors, and weights under which no part of a model is idle. */
public final class RandomWeights {

    private RandomWeights() {}

    /**
     * What a model asks for, as it starts plus noise of deviation {@code noise}; gradients can be
     * taken by them.
     */
    public static Weights of(Consumer<Parameters> model, long seed, double noise) {
        Engine.start();
        Random random = new Random(seed);
        Weights weights = new Weights();
        try (var _ = new PointerScope()) {
            Parameters parameters = Parameters.initialised(new Weights(), random);
            model.accept(parameters);
            parameters
                    .taken()
                    .forEach(
                            (name, tensor) -> {
                                Tensor shift = Ops.scale(tensor(random, Ops.shape(tensor)), noise);
                                weights.put(name, tensor.add(shift).requires_grad_(true));
                            });
        }
        return weights;
    }

    /** N(0, 1) throughout. */
    public static Tensor tensor(Random random, long... shape) {
        int size = 1;
        for (long side : shape) {
            size *= Math.toIntExact(side);
        }
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Ops.floats(values, shape);
    }

    /** Largest difference of two tensors' values. */
    public static double distance(Tensor a, Tensor b) {
        float[] left = Ops.toFloats(a);
        float[] right = Ops.toFloats(b);
        if (left.length != right.length) {
            throw new AssertionError(left.length + " values and " + right.length);
        }
        double worst = 0;
        for (int i = 0; i < left.length; i++) {
            worst = Math.max(worst, Math.abs((double) left[i] - right[i]));
        }
        return worst;
    }

    /** Whether a gradient was taken, and is not zero throughout. */
    public static boolean isReached(Tensor leaf) {
        if (!leaf.grad().defined()) {
            return false;
        }
        for (float value : Ops.toFloats(leaf.grad())) {
            if (value != 0) {
                return true;
            }
        }
        return false;
    }
}
