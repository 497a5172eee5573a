package javigate.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.OptimizerParamGroup;
import org.bytedeco.pytorch.OptimizerParamGroupVector;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * AdamW (Loshchilov and Hutter, 2019) with linear warmup, then a half cosine to zero, and gradients
 * clipped by their global norm. Vectors (biases, norms) and scalars do not decay.
 */
final class Optimiser implements AutoCloseable {

    private final AdamW adamW;
    private final List<OptimizerParamGroup> groups = new ArrayList<>();
    private final List<Double> rates = new ArrayList<>();
    private final TensorVector all;
    private final TrainConfig config;
    private final long totalSteps;
    private long steps;

    /**
     * @param parameters those to train, by name
     * @param rate learning rate of a parameter, by its name
     */
    Optimiser(
            Map<String, Tensor> parameters,
            ToDoubleFunction<String> rate,
            TrainConfig config,
            long totalSteps) {
        this.config = config;
        this.totalSteps = totalSteps;
        this.all = new TensorVector(parameters.values().toArray(Tensor[]::new));
        this.adamW = new AdamW(new TensorVector(), new AdamWOptions(config.learningRate()));
        parameters.forEach(
                (name, tensor) -> {
                    AdamWOptions options = new AdamWOptions(rate.applyAsDouble(name));
                    options.weight_decay().put(tensor.dim() > 1 ? config.weightDecay() : 0);
                    adamW.add_param_group(
                            new OptimizerParamGroup(new TensorVector(tensor), options));
                    rates.add(rate.applyAsDouble(name));
                });
        OptimizerParamGroupVector own = adamW.param_groups();
        for (long i = 1; i < own.size(); i++) { // group 0 is the empty one it was made with
            groups.add(own.get(i));
        }
    }

    /** Factor of the learning rates at the coming step: 0 to 1. */
    double factor() {
        double progress = (steps + 1.0) / totalSteps;
        return progress < config.warmup()
                ? progress / config.warmup()
                : 0.5
                        * (1
                                + Math.cos(
                                        Math.PI
                                                * (progress - config.warmup())
                                                / (1 - config.warmup())));
    }

    /** Clips the gradients, takes a step, and clears them. */
    void step() {
        double factor = factor();
        for (int i = 0; i < groups.size(); i++) {
            groups.get(i).options().set_lr(rates.get(i) * factor);
        }
        torch.clip_grad_norm_(all, config.maxGradientNorm());
        adamW.step();
        adamW.zero_grad(true);
        steps++;
    }

    @Override
    public void close() {
        adamW.close();
        all.close();
    }
}
