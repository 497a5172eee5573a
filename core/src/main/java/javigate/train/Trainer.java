package javigate.train;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import javigate.checkpoint.Checkpoint;
import javigate.data.ClipCache;
import javigate.data.Manifest;
import javigate.model.Preprocessing;
import javigate.model.avigate.AvigateConfig;
import javigate.model.avigate.AvigateNetwork;
import javigate.model.avigate.TowerInit;
import javigate.model.clip.ClipTokenizer;
import javigate.tensor.Autocast;
import javigate.tensor.Engine;
import javigate.tensor.Ops;
import javigate.tensor.Parameters;
import javigate.tensor.Weights;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * The training loop: shuffled passes over the samples, the weights of the best validation kept. One
 * seed decides everything, whether the run is interrupted or not.
 */
public final class Trainer {

    /** Prefix of parameters that serve a stage only and are not kept. */
    static final String TEMPORARY = "temporary.";

    /** A state is saved when the last save is so many times as long ago as it took, at least. */
    private static final long SAVE_SHARE = 20;

    private static final int LOG_EVERY = 10;

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
     * What a stage begins with.
     *
     * @param model architecture
     * @param preprocessing of clips
     * @param tokenizer of captions
     * @param weights to start from, float32; missing ones are initialised
     * @param fingerprint of the model they came from; empty for none
     */
    public record Start(
            AvigateConfig model,
            Preprocessing preprocessing,
            ClipTokenizer tokenizer,
            Weights weights,
            String fingerprint) {

        /**
         * What a configuration starts from.
         *
         * @param init the model it starts from; null for none
         * @param train its captions make the vocabulary of a first stage
         * @throws IOException if the configuration needs a model, or this one cannot be read
         */
        public static Start of(TrainConfig config, @Nullable Checkpoint init, Manifest train)
                throws IOException {
            if (config.stage() == TrainConfig.Stage.CLIP) {
                List<String> captions = new ArrayList<>();
                for (Manifest.Item item : train.items()) {
                    captions.addAll(item.captions());
                    captions.addAll(item.sightCaptions());
                }
                return new Start(
                        config.architecture(null),
                        config.inputs(null),
                        ClipTokenizer.learn(captions, config.vocabularySize()),
                        new Weights(),
                        "");
            }
            if (init == null) {
                throw new IOException(
                        "stage "
                                + config.stage()
                                + " starts from a model: name it by the key init, or --init");
            }
            AvigateConfig model = config.architecture(init.avigateFor("train"));
            try (Weights weights = init.weights()) {
                return new Start(
                        model,
                        config.inputs(init.preprocessing()),
                        init.tokenizer(),
                        startingWeights(config.stage(), model, weights),
                        init.fingerprint());
            }
        }
    }

    /** A split's clips and what was decoded of them. */
    public record Clips(Manifest manifest, ClipCache cache) {}

    /**
     * A run.
     *
     * @param dataHash of both splits
     */
    public record Run(
            TrainConfig config,
            Start start,
            Clips train,
            Clips val,
            String dataHash,
            Features features) {

        /** Digest of all that the result follows from: 16 hex digits. */
        String identity() {
            return identity(config, dataHash, start.fingerprint());
        }

        /**
         * The same, before anything is read.
         *
         * @param fingerprint of the starting model; empty for none
         */
        public static String identity(TrainConfig config, String dataHash, String fingerprint) {
            try {
                String all = config.json() + "\n" + dataHash + "\n" + fingerprint;
                byte[] digest =
                        MessageDigest.getInstance("SHA-256")
                                .digest(all.getBytes(StandardCharsets.UTF_8));
                return HexFormat.of().formatHex(digest, 0, 8);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has SHA-256", e);
            }
        }
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

    private final Run run;
    private final RunFolder folder;
    private final Ranks ranks;
    private final Listener listener;
    private final TrainConfig config;
    private final Weights weights;
    private final Objective objective;
    private final int batch;
    private final long stepsPerEpoch;

    private Trainer(
            Run run, RunFolder folder, Listener listener, Weights weights, Objective objective) {
        this.run = run;
        this.folder = folder;
        this.ranks = run.features().ranks();
        this.listener = listener;
        this.config = run.config();
        this.weights = weights;
        this.objective = objective;
        this.batch = Math.min(config.batchSize(), objective.samples());
        this.stepsPerEpoch = objective.samples() / batch;
        if (batch % ranks.world() != 0) {
            throw new IllegalArgumentException(
                    "batchSize %d cannot be shared evenly by %d processes"
                            .formatted(batch, ranks.world()));
        }
    }

    /**
     * Runs one stage from its beginning, or from where the folder says that it stands.
     *
     * @throws IllegalArgumentException if the loss is no longer a number
     * @throws IOException if something cannot be written; what was saved before is kept
     */
    public static Result run(Run run, RunFolder folder, Listener listener) throws IOException {
        Engine.start();
        RandomGenerator random = Seeds.start(run.config().seed());
        Parameters parameters = Parameters.initialised(run.start().weights(), random);
        AvigateNetwork network = new AvigateNetwork(parameters, run.start().model());
        parameters.requireAllTaken();
        try (Weights weights = new Weights()) {
            parameters.taken().forEach(weights::put);
            Objective objective = objective(run, network, weights, random);
            try {
                return new Trainer(run, folder, listener, weights, objective).optimise();
            } finally {
                if (objective instanceof AvigateObjective avigate) {
                    avigate.close();
                }
            }
        }
    }

    private static Objective objective(
            Run run, AvigateNetwork network, Weights weights, RandomGenerator random)
            throws IOException {
        TrainConfig config = run.config();
        Split train = split(run.train(), run.start());
        Split val = split(run.val(), run.start());
        return switch (config.stage()) {
            case CLIP -> new ClipObjective(network, train, val, config);
            case AST -> new AstObjective(network, weights, train, val, config, random);
            case AVIGATE ->
                    new AvigateObjective(
                            network, weights.all(), train, val, config, run.features());
        };
    }

    static Split split(Clips clips, Start start) {
        return Split.of(
                clips.manifest(),
                clips.cache(),
                start.preprocessing(),
                start.tokenizer(),
                start.model().maxWords());
    }

    /**
     * The weights a later stage starts from. For the AVIGATE stage the new parts start as {@link
     * TowerInit} says; what is left out here is drawn anew.
     *
     * @param from an earlier stage's weights
     * @return copies, float32
     */
    static Weights startingWeights(TrainConfig.Stage stage, AvigateConfig model, Weights from) {
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

    private Result optimise() throws IOException {
        long begin = System.nanoTime();
        String identity = run.identity();
        try (Optimiser optimiser = optimiser(config, weights, steps())) {
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
            long done = (position.epoch() - 1) * stepsPerEpoch + position.step();
            if (done > 0) {
                listener.note("going on after step %d of %d".formatted(done, steps()));
            }
            try (Loader loader = new Loader(new Pieces(position));
                    TrainLog log = ranks.first() ? TrainLog.open(folder, done) : null) {
                position = new Loop(optimiser, gradients, loader, log).from(position);
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

    private long steps() {
        return stepsPerEpoch * config.epochs();
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

    /** Samples of this process's share that are embedded at a time. */
    private List<int[]> shareChunks() {
        int share = batch / ranks.world();
        return chunks(share, config.chunk() > 0 ? config.chunk() : share);
    }

    /** The steps from a position on, one after another. */
    private final class Loop {
        private final Optimiser optimiser;
        private final GradCache gradients;
        private final Loader loader;
        private final @Nullable TrainLog log;
        private long savedNanos = System.nanoTime();
        private long saveTookNanos;

        Loop(Optimiser optimiser, GradCache gradients, Loader loader, @Nullable TrainLog log) {
            this.optimiser = optimiser;
            this.gradients = gradients;
            this.loader = loader;
            this.log = log;
        }

        RunFolder.Position from(RunFolder.Position start) throws IOException {
            RunFolder.Position p = start;
            while (p.epoch() <= config.epochs() && !outOfPatience(p)) {
                while (p.step() < stepsPerEpoch) {
                    p = step(p);
                    saveNowAndThen(p);
                }
                p = endOfEpoch(p);
            }
            return p;
        }

        private boolean outOfPatience(RunFolder.Position p) {
            return config.patience() > 0
                    && p.bestEpoch() > 0
                    && p.epoch() - 1 - p.bestEpoch() >= config.patience();
        }

        private RunFolder.Position step(RunFolder.Position p) throws IOException {
            long start = System.nanoTime();
            double factor = optimiser.factor();
            double loss;
            double norm;
            try (var _ = new PointerScope()) {
                loss = gradients.backward(shareChunks().size(), loader::next);
                long step = (p.epoch() - 1) * stepsPerEpoch + p.step() + 1;
                requireFinite(loss, p.epoch(), step);
                norm = optimiser.step();
                objective.afterStep();
            }
            long step = (p.epoch() - 1) * stepsPerEpoch + p.step() + 1;
            Step report =
                    new Step(
                            p.epoch(),
                            step,
                            steps(),
                            loss,
                            norm,
                            factor,
                            System.nanoTime() - start,
                            loader.takeWaitedNanos());
            listener.step(report);
            if (log != null && step % LOG_EVERY == 0) {
                Map<String, Double> values = new LinkedHashMap<>();
                values.put("loss", loss);
                values.put("gradient_norm", norm);
                values.put("rate_factor", factor);
                values.put("step_ms", report.nanos() / 1e6);
                values.put("waited_ms", report.waitedNanos() / 1e6);
                log.add(step, values);
            }
            return new RunFolder.Position(
                    p.run(), p.epoch(), p.step() + 1, p.lossSum() + loss, p.best(), p.bestEpoch());
        }

        private RunFolder.Position endOfEpoch(RunFolder.Position p) throws IOException {
            double validation = validation();
            boolean better = validation >= p.best();
            RunFolder.Position next =
                    new RunFolder.Position(
                            p.run(),
                            p.epoch() + 1,
                            0,
                            0,
                            better ? validation : p.best(),
                            better ? p.epoch() : p.bestEpoch());
            double meanLoss = p.lossSum() / stepsPerEpoch;
            if (log != null) {
                if (better) {
                    folder.saveBest(next, weights.all());
                }
                Map<String, Double> values = new LinkedHashMap<>();
                values.put("epoch", (double) p.epoch());
                values.put("epoch_loss", meanLoss);
                values.put("validation", validation);
                log.add(p.epoch() * stepsPerEpoch, values);
            }
            listener.epoch(p.epoch(), meanLoss, validation, next.best());
            saveNowAndThen(next);
            return next;
        }

        private void saveNowAndThen(RunFolder.Position p) throws IOException {
            long now = System.nanoTime();
            if (log != null
                    && now - savedNanos
                            >= Math.max(folder.saveEvery().toNanos(), SAVE_SHARE * saveTookNanos)) {
                folder.save(p, weights.all(), optimiser);
                savedNanos = System.nanoTime();
                saveTookNanos = savedNanos - now;
            }
        }
    }

    private static void requireFinite(double loss, int epoch, long step) {
        if (!Double.isFinite(loss)) {
            throw new IllegalArgumentException(
                    "the loss is %s in epoch %d at step %d; a lower learning rate usually mends that"
                            .formatted(loss, epoch, step));
        }
    }

    private double validation() {
        try (var _ = new PointerScope();
                var _ = new NoGradGuard()) {
            return objective.validate();
        }
    }

    /**
     * The inputs of every step from a position on, in the order {@link GradCache} asks for them.
     */
    private final class Pieces implements Iterator<Supplier<List<Tensor>>> {
        private final Queue<Supplier<List<Tensor>>> pending = new ArrayDeque<>();
        private int epoch;
        private int step;
        private int[] order = {};

        Pieces(RunFolder.Position position) {
            this.epoch = position.epoch();
            this.step = (int) position.step();
            if (step >= stepsPerEpoch) {
                step = 0;
                epoch++;
            }
        }

        @Override
        public boolean hasNext() {
            return !pending.isEmpty() || epoch <= config.epochs();
        }

        @Override
        public Supplier<List<Tensor>> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            if (pending.isEmpty()) {
                drawStep();
            }
            return pending.remove();
        }

        private void drawStep() {
            if (order.length == 0 || step == 0) {
                order = new int[objective.samples()];
                Arrays.setAll(order, i -> i);
                Batches.shuffle(order, Seeds.order(config.seed(), epoch));
            }
            Objective.Drawn drawn =
                    objective.draw(
                            Arrays.copyOfRange(order, step * batch, (step + 1) * batch),
                            Seeds.step(config.seed(), epoch, step));
            List<int[]> chunks = shareChunks();
            int begin = ranks.shareBegin(batch);
            for (int pass = 0; pass < GradCache.passes(chunks.size()); pass++) {
                for (int[] chunk : chunks) {
                    int from = begin + chunk[0];
                    pending.add(() -> drawn.inputs(from, from + chunk.length));
                }
            }
            step++;
            if (step == stepsPerEpoch) {
                step = 0;
                epoch++;
            }
        }
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
