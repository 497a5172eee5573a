package javigate.train;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import javigate.checkpoint.Architecture;
import javigate.model.ModelConfig;
import javigate.model.RetrievalNetwork;
import javigate.model.avigate.AvigateNetwork;
import javigate.tensor.Autocast;
import javigate.tensor.Engine;
import javigate.tensor.Ops;
import javigate.tensor.Parameters;
import javigate.tensor.Weights;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The training loop: shuffled passes over the samples, the weights of the best validation kept. One
 * seed decides everything, whether the run is interrupted or not.
 */
public final class Trainer {

    /** Prefix of parameters that serve a stage only and are not kept. */
    static final String TEMPORARY = "temporary.";

    /**
     * A step that was taken.
     *
     * @param epoch from 1
     * @param step of all, from 1
     * @param steps in all
     * @param loss of its batch
     * @param gradientNorm before clipping
     * @param factor of the learning rates
     * @param nanos it took
     * @param waitedNanos of these spent waiting for data
     */
    public record Step(
            int epoch,
            long step,
            long steps,
            double loss,
            double gradientNorm,
            double factor,
            long nanos,
            long waitedNanos) {}

    /** Told what happens, for progress bars. */
    public interface Listener {
        /** Features of frozen towers are computed: {@code done} of {@code clips}. */
        void preparing(String what, int done, int clips);

        /** Something that a person should know. */
        void note(String text);

        /** After each step. */
        void step(Step step);

        /** After each epoch; {@code validation} in percent, {@code best} so far. */
        void epoch(int epoch, double meanLoss, double validation, double best);
    }

    /**
     * @param weights those of the best validation, float32, mapped; close them after use
     * @param validation its R@1 or accuracy, percent
     * @param epoch when it was, from 1
     * @param trained values of the parameters that got a gradient
     * @param seconds this process took for it
     */
    public record Result(
            Weights weights, double validation, int epoch, long trained, double seconds) {}

    private final TrainRun run;
    private final RunFolder folder;
    private final Ranks ranks;
    private final Listener listener;
    private final TrainConfig config;
    private final Weights weights;
    private final Objective objective;
    private final BatchPlan plan;

    private Trainer(
            TrainRun run,
            RunFolder folder,
            Listener listener,
            Weights weights,
            Objective objective) {
        this.run = run;
        this.folder = folder;
        this.ranks = run.features().ranks();
        this.listener = listener;
        this.config = run.config();
        this.weights = weights;
        this.objective = objective;
        this.plan = BatchPlan.of(config, ranks, objective.samples());
    }

    /**
     * Runs one stage from its beginning, or from where the folder says that it stands.
     *
     * @throws IllegalArgumentException if the loss is no longer a number
     * @throws IOException if something cannot be written; what was saved before is kept
     */
    public static Result run(TrainRun run, RunFolder folder, Listener listener) throws IOException {
        Engine.start();
        RandomGenerator random = Seeds.start(run.config().seed());
        boolean kept = run.config().newParts() == TrainConfig.NewParts.KEPT;
        Weights from = run.start().weights();
        Parameters parameters = kept ? Parameters.of(from) : Parameters.initialised(from, random);
        RetrievalNetwork network = network(parameters, run.start().model(), kept);
        parameters.requireAllTaken();
        try (Weights weights = new Weights()) {
            parameters.taken().forEach(weights::put);
            Objective objective = objective(run, network, weights, random);
            try {
                return new Trainer(run, folder, listener, weights, objective).optimise();
            } finally {
                if (objective instanceof RetrievalObjective retrieval) {
                    retrieval.close();
                }
            }
        }
    }

    private static RetrievalNetwork network(
            Parameters parameters, ModelConfig model, boolean kept) {
        try {
            return Architecture.network(parameters, model);
        } catch (IllegalArgumentException e) {
            throw kept
                    ? new IllegalArgumentException(
                            "newParts kept, but "
                                    + e.getMessage()
                                    + "; leave newParts out, or start from a model that has it",
                            e)
                    : e;
        }
    }

    private static Objective objective(
            TrainRun run, RetrievalNetwork network, Weights weights, RandomGenerator random)
            throws IOException {
        TrainConfig config = run.config();
        Split train = TrainRun.split(run.train(), run.start());
        Split val = TrainRun.split(run.val(), run.start());
        if (config.stage().trainsModel()) {
            return new RetrievalObjective(
                    network,
                    run.start().model(),
                    weights.all(),
                    train,
                    val,
                    config,
                    run.features());
        }
        if (!(network instanceof AvigateNetwork towers)) {
            throw new IOException(
                    "stage %s trains a tower of an avigate model; init is %s"
                            .formatted(config.stage(), Architecture.of(run.start().model()).id()));
        }
        return config.stage().equals(TrainConfig.Stage.CLIP)
                ? new ClipObjective(towers, train, val, config)
                : new AstObjective(towers, weights, train, val, config, random);
    }

    private Result optimise() throws IOException {
        long begin = System.nanoTime();
        String identity = run.identity();
        try (Optimiser optimiser = optimiser(config, weights, plan.steps())) {
            RunFolder.Position position =
                    folder.hasState()
                            ? folder.load(identity, weights.all(), optimiser)
                            : RunFolder.Position.start(identity);
            GradCache gradients =
                    new GradCache(
                            ranks,
                            optimiser.trained(),
                            this::embed,
                            objective::loss,
                            config.recompute());
            long done = plan.stepsDone(position);
            if (done > 0) {
                listener.note("going on after step %d of %d".formatted(done, plan.steps()));
            }
            try (Loader loader = new Loader(new BatchInputs(plan, objective, position));
                    TrainLog log = ranks.first() ? TrainLog.open(folder, done) : null) {
                TrainLoop.Parts parts =
                        new TrainLoop.Parts(objective, weights, optimiser, gradients, loader);
                position = new TrainLoop(plan, parts, folder, listener, log).from(position);
            }
            ranks.barrier(); // the best weights are written now
            long trained = optimiser.movedValues();
            return new Result(
                    folder.bestWeights(),
                    position.best(),
                    position.bestEpoch(),
                    trained,
                    (System.nanoTime() - begin) / 1e9);
        }
    }

    static Optimiser optimiser(TrainConfig config, Weights weights, long steps) {
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
                new WarmupCosine(steps, config.warmup(), adamW),
                config.maxGradientNorm());
    }

    private List<Tensor> embed(List<Tensor> inputs) {
        if (config.precision() == TrainConfig.Precision.FP32) {
            return objective.embed(inputs);
        }
        List<Tensor> embedded;
        try (Autocast _ = Autocast.bf16()) {
            embedded = objective.embed(inputs);
        }
        return embedded.stream()
                .map(x -> x.is_floating_point() ? x.to(torch.ScalarType.Float) : x)
                .toList();
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
