package javigate.train;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import javigate.checkpoint.Architecture;
import javigate.model.RetrievalNetwork;
import javigate.model.avigate.AvigateConfig;
import javigate.tensor.Engine;
import javigate.tensor.Parameters;
import javigate.tensor.Safetensors;
import javigate.tensor.Weights;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Times single training steps of a run: as training takes them, with inputs prepared beside the
 * step, and on one batch that is in memory already. Nothing is saved.
 */
public final class StepBench implements AutoCloseable {

    private final Weights weights = new Weights();
    private final RetrievalObjective objective;
    private final Optimiser optimiser;
    private final GradCache gradients;
    private final TrainRun run;
    private final int batch;
    private final List<Tensor> cached;

    /**
     * @throws IOException if the run's features cannot be computed
     * @throws IllegalArgumentException if the run is not of the stage AVIGATE in one chunk, or
     *     trains the image tower
     */
    public StepBench(TrainRun run) throws IOException {
        TrainConfig config = run.config();
        if (!config.stage().equals(TrainConfig.Stage.AVIGATE) || config.chunk() > 0) {
            throw new IllegalArgumentException(
                    "steps are timed of the stage AVIGATE without chunk; this is %s with chunk %d"
                            .formatted(config.stage(), config.chunk()));
        }
        if (config.imageLearningRate() > 0) {
            throw new IllegalArgumentException(
                    ("imageLearningRate %s: steps are timed with the image tower frozen (0), as in"
                                    + " configs/sightsound-avigate-frozen.json")
                            .formatted(config.imageLearningRate()));
        }
        Engine.start();
        this.run = run;
        Parameters parameters =
                Parameters.initialised(run.start().weights(), Seeds.start(config.seed()));
        RetrievalNetwork network = Architecture.network(parameters, run.start().model());
        parameters.taken().forEach(weights::put);
        this.objective =
                new RetrievalObjective(
                        network,
                        run.start().model(),
                        weights.all(),
                        TrainRun.split(run.train(), run.start()),
                        TrainRun.split(run.val(), run.start()),
                        config,
                        run.features());
        this.batch = Math.min(config.batchSize(), objective.samples());
        this.optimiser = Trainer.optimiser(config, weights, 1_000_000);
        this.gradients =
                new GradCache(
                        Ranks.alone(),
                        optimiser.trained(),
                        objective::embed,
                        objective::loss,
                        config.recompute());
        this.cached = new ArrayList<>();
        try (var _ = new PointerScope()) {
            for (Tensor input : drawn(0).get()) {
                input.retainReference();
                cached.add(input);
            }
        }
    }

    private Supplier<List<Tensor>> drawn(int step) {
        int[] samples = new int[objective.samples()];
        Arrays.setAll(samples, i -> i);
        Batches.shuffle(samples, Seeds.order(run.config().seed(), 1 + step));
        Objective.Drawn drawn =
                objective.draw(
                        Arrays.copyOf(samples, batch), Seeds.step(run.config().seed(), 1, step));
        return () -> drawn.inputs(0, batch);
    }

    /**
     * Writes what a peer needs to take the same step: weights under {@code weight.}, the cached
     * batch as {@code input.ids} [B, T], {@code input.frames} [B, F, D], {@code input.mask} [B, F]
     * and {@code input.tokens} [B, A, W]; in the metadata the configuration and the names of the
     * weights that train.
     */
    public void write(Path file) throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        weights.all().forEach((name, tensor) -> tensors.put("weight." + name, tensor));
        List<String> names = List.of("ids", "frames", "mask", "tokens");
        for (int i = 0; i < names.size(); i++) {
            tensors.put("input." + names.get(i), cached.get(i));
        }
        String trained = String.join("\n", optimiser.trained().keySet());
        Safetensors.write(
                file, tensors, false, Map.of("trained", trained, "config", config().toString()));
    }

    private ObjectNode config() {
        if (!(run.start().model() instanceof AvigateConfig model)) {
            throw new IllegalStateException("the stage AVIGATE trains an AVIGATE");
        }
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("textLayers", model.clip().textLayers());
        json.put("textHeads", model.clip().textHeads());
        json.put("heads", model.heads());
        json.put("resamplerLayers", model.resamplerLayers());
        json.put("fusionLayers", model.fusionLayers());
        json.put("blend", model.blend());
        json.put("alpha", model.alpha());
        json.put("lambda", model.lambda());
        json.put("marginLambda", model.marginLambda());
        json.put("marginMax", model.marginMax());
        json.put("weightDecay", run.config().weightDecay());
        json.put("maxGradientNorm", run.config().maxGradientNorm());
        json.put("threads", Runtime.getRuntime().availableProcessors());
        return json;
    }

    /** Pairs in a step. */
    public int batch() {
        return batch;
    }

    /** Times of steps whose inputs the loader prepares, ms. */
    public double[] loaded(int steps) {
        List<Supplier<List<Tensor>>> pieces = new ArrayList<>();
        for (int s = 0; s < steps; s++) {
            pieces.add(drawn(s));
        }
        try (Loader loader = new Loader(pieces.iterator())) {
            return times(steps, loader::next);
        }
    }

    /** Times of steps on the cached batch, ms. */
    public double[] cached(int steps) {
        return times(steps, () -> cached);
    }

    /** The loss of the cached batch before any step. */
    public double loss() {
        try (var _ = new PointerScope()) {
            return objective.loss(objective.embed(cached)).item_float();
        }
    }

    private double[] times(int steps, Supplier<List<Tensor>> inputs) {
        double[] times = new double[steps];
        for (int s = 0; s < steps; s++) {
            long begin = System.nanoTime();
            try (var _ = new PointerScope()) {
                double _ = gradients.backward(1, inputs);
                double _ = optimiser.step();
                objective.afterStep();
            }
            times[s] = (System.nanoTime() - begin) / 1e6;
        }
        return times;
    }

    @Override
    public void close() {
        cached.forEach(Tensor::close);
        optimiser.close();
        objective.close();
        weights.close();
    }
}
