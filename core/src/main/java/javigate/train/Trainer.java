package javigate.train;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import javigate.data.ClipCache;
import javigate.data.Manifest;
import javigate.model.Preprocessing;
import javigate.model.avigate.AvigateConfig;
import javigate.model.avigate.AvigateNetwork;
import javigate.model.avigate.TowerInit;
import javigate.model.clip.ClipTokenizer;
import javigate.tensor.Engine;
import javigate.tensor.Ops;
import javigate.tensor.Parameters;
import javigate.tensor.Weights;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * A plain trainer: shuffled passes over the clips, one caption drawn per clip and pass, the weights
 * of the best validation kept. One seed decides everything.
 */
public final class Trainer {

    /** Prefix of parameters that serve a stage only and are not kept. */
    static final String TEMPORARY = "temporary.";

    /** Told what happens, for logs and progress bars. */
    public interface Listener {
        /** After each step. */
        void step(int epoch, long step, long totalSteps, double loss, double rateFactor);

        /** After each epoch; {@code validation} in percent, {@code best} so far. */
        void epoch(int epoch, double meanLoss, double validation, double best);
    }

    /**
     * @param weights those of the best validation, float32
     * @param validation its R@1 or accuracy, percent
     * @param epoch when it was, from 1
     */
    public record Result(Weights weights, double validation, int epoch) {}

    private Trainer() {}

    /**
     * Runs one stage.
     *
     * @param start weights to start from; missing ones are initialised
     * @throws IllegalArgumentException if the loss is no longer a number
     */
    public static Result run(
            TrainConfig config,
            AvigateConfig model,
            Preprocessing preprocessing,
            ClipTokenizer tokenizer,
            Weights start,
            Manifest train,
            ClipCache trainCache,
            Manifest val,
            ClipCache valCache,
            Listener listener)
            throws IOException {
        Engine.start();
        RandomGenerator random =
                RandomGeneratorFactory.of("L64X128MixRandom").create(config.seed());
        Parameters parameters = Parameters.initialised(start, random);
        AvigateNetwork network = new AvigateNetwork(parameters, model);
        parameters.requireAllTaken();
        Weights weights = new Weights();
        parameters.taken().forEach(weights::put);
        Split trainSplit = Split.of(train, trainCache, preprocessing, tokenizer, model.maxWords());
        Split valSplit = Split.of(val, valCache, preprocessing, tokenizer, model.maxWords());
        Objective objective =
                switch (config.stage()) {
                    case CLIP -> new ClipObjective(network, trainSplit, valSplit, config);
                    case AST ->
                            new AstObjective(
                                    network, weights, trainSplit, valSplit, config, random);
                    case AVIGATE -> new AvigateObjective(network, trainSplit, valSplit, config);
                };
        return optimise(config, objective, weights, train.items().size(), random, listener);
    }

    /**
     * The weights a later stage starts from. For the AVIGATE stage the new parts start as {@link
     * TowerInit} says; what is left out here is drawn anew.
     *
     * @param from an earlier stage's weights
     * @return copies, float32
     */
    public static Weights startingWeights(
            TrainConfig.Stage stage, AvigateConfig model, Weights from) {
        try (var _ = new PointerScope()) {
            Weights source = from.asFloat32();
            if (stage == TrainConfig.Stage.AVIGATE) {
                return TowerInit.of(source, model);
            }
            Weights result = new Weights();
            source.all().forEach((name, tensor) -> result.put(name, tensor.clone()));
            return result;
        }
    }

    private static Result optimise(
            TrainConfig config,
            Objective objective,
            Weights weights,
            int clips,
            RandomGenerator random,
            Listener listener) {
        int batch = Math.min(config.batchSize(), clips);
        long stepsPerEpoch = clips / batch;
        long total = stepsPerEpoch * config.epochs();
        Result best = new Result(snapshot(weights), -1, 0);
        try (Optimiser optimiser = optimiser(config, weights, total)) {
            int[] order = new int[clips];
            Arrays.setAll(order, i -> i);
            for (int epoch = 1; epoch <= config.epochs(); epoch++) {
                Batches.shuffle(order, random);
                double sum = 0;
                for (int s = 0; s < stepsPerEpoch; s++) {
                    int[] chosen = Arrays.copyOfRange(order, s * batch, (s + 1) * batch);
                    double loss = step(config, objective, optimiser, chosen, random);
                    sum += loss;
                    listener.step(
                            epoch,
                            (epoch - 1) * stepsPerEpoch + s + 1,
                            total,
                            loss,
                            optimiser.factor());
                }
                double validation = validate(objective);
                if (validation >= best.validation()) {
                    best.weights().close();
                    best = new Result(snapshot(weights), validation, epoch);
                }
                listener.epoch(epoch, sum / stepsPerEpoch, validation, best.validation());
            }
        }
        return best;
    }

    private static Optimiser optimiser(TrainConfig config, Weights weights, long total) {
        ParameterGroups groups =
                switch (config.groups()) {
                    case RECIPE -> ParameterGroups.recipe(config);
                    case REFERENCE ->
                            ParameterGroups.reference(
                                    config.learningRate(),
                                    config.textLearningRate(),
                                    config.weightDecay());
                };
        boolean adamW = config.optimiser() == TrainConfig.Rule.ADAMW;
        return new Optimiser(
                weights.all(),
                groups,
                adamW ? AdamW.STANDARD : BertAdam.REFERENCE,
                new WarmupCosine(total, config.warmup(), adamW),
                config.maxGradientNorm());
    }

    private static double step(
            TrainConfig config,
            Objective objective,
            Optimiser optimiser,
            int[] clips,
            RandomGenerator random) {
        try (var _ = new PointerScope()) {
            Objective.Drawn drawn = objective.draw(clips, random);
            double loss;
            if (config.chunk() > 0 && config.chunk() < clips.length) {
                loss =
                        GradCache.backward(
                                clips.length,
                                config.chunk(),
                                drawn,
                                embedded -> finite(objective.loss(embedded)));
            } else {
                Tensor value = finite(objective.loss(drawn.embed(0, clips.length)));
                value.backward();
                loss = value.item_float();
            }
            var _ = optimiser.step();
            objective.afterStep();
            return loss;
        }
    }

    private static Tensor finite(Tensor loss) {
        double value = loss.item_float();
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException(
                    "the loss is " + value + "; a lower learning rate usually mends that");
        }
        return loss;
    }

    private static double validate(Objective objective) {
        try (var _ = new PointerScope();
                var _ = new NoGradGuard()) {
            return objective.validate();
        }
    }

    private static Weights snapshot(Weights weights) {
        Weights copy = new Weights();
        try (var _ = new PointerScope()) {
            weights.all()
                    .forEach(
                            (name, tensor) -> {
                                if (!name.startsWith(TEMPORARY)) {
                                    copy.put(name, tensor.detach().clone());
                                }
                            });
        }
        return copy;
    }

    /** Indices 0..size−1 in runs of at most {@code length}. */
    static List<int[]> chunks(int size, int length) {
        List<int[]> result = new ArrayList<>();
        for (int begin = 0; begin < size; begin += length) {
            int[] chunk = new int[Math.min(length, size - begin)];
            int from = begin;
            Arrays.setAll(chunk, i -> from + i);
            result.add(chunk);
        }
        return result;
    }

    /** Share of rows whose highest value is on the diagonal, percent. */
    static double firstRankPercent(Tensor scores) {
        long[] best = Ops.toLongs(scores.argmax(new LongOptional(1), false));
        long right = 0;
        for (int i = 0; i < best.length; i++) {
            if (best[i] == i) {
                right++;
            }
        }
        return 100.0 * right / best.length;
    }
}
