package javigate.train;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import javigate.model.EmbeddedClips;
import javigate.model.ModelConfig;
import javigate.model.Preprocessing;
import javigate.model.RetrievalNetwork;
import javigate.model.ast.AstConfig;
import javigate.tensor.Ops;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Stage 3: a whole model on all captions. What a frozen tower makes of a clip never changes, so it
 * is read from {@link Features}: of AST (its final norm trains) the tokens before that norm,
 * (patches + 2) · width · 4 bytes a clip; of a frozen image tower the frames, as they are and
 * mirrored, 2 · F · D · 4 bytes.
 */
final class RetrievalObjective implements Objective, AutoCloseable {

    private final RetrievalNetwork network;
    private final ModelConfig model;
    private final Split train;
    private final Split val;
    private final TrainConfig config;
    private final List<Split.Pair> pairs;
    private final Kept keptTrain;
    private final Kept keptVal;

    /** The features of a split; null where the tower trains or they would be too large. */
    private record Kept(
            @Nullable FeatureFile tokens,
            @Nullable FeatureFile frames,
            @Nullable FeatureFile mirrored) {}

    /**
     * @param parameters all of the network's, by name
     * @throws IOException if features cannot be kept
     */
    RetrievalObjective(
            RetrievalNetwork network,
            ModelConfig model,
            Map<String, Tensor> parameters,
            Split train,
            Split val,
            TrainConfig config,
            Features features)
            throws IOException {
        if (network.soundInImageTower() && config.framesPerClip() > 0) {
            throw new IllegalArgumentException(
                    "framesPerClip %d; stage %s needs all frames of a clip: use 0"
                            .formatted(config.framesPerClip(), config.stage()));
        }
        this.network = network;
        this.model = model;
        this.train = train;
        this.val = val;
        this.config = config;
        this.pairs = train.pairs();
        this.keptTrain = keep(train, parameters, features, config.flip());
        this.keptVal = keep(val, parameters, features, false);
    }

    private Kept keep(
            Split split, Map<String, Tensor> parameters, Features features, boolean mirrored)
            throws IOException {
        boolean stillAudio = network.listens() && config.audioLearningRate() == 0;
        boolean stillPictures = config.imageLearningRate() == 0 && !network.soundInImageTower();
        FeatureFile frames =
                stillPictures
                        ? features.of(pictureTower(split, parameters, false), split.size(), chunk())
                        : null;
        return new Kept(
                stillAudio
                        ? features.of(audioTower(split, parameters), split.size(), chunk())
                        : null,
                frames,
                mirrored && frames != null
                        ? features.of(pictureTower(split, parameters, true), split.size(), chunk())
                        : null);
    }

    /** Clips that a tower sees at a time. */
    private int chunk() {
        return config.chunk() > 0 ? config.chunk() : config.batchSize();
    }

    private Features.Tower audioTower(Split split, Map<String, Tensor> parameters) {
        Map<String, Tensor> own = below(parameters, "clip.audio.v.");
        own.keySet().removeIf(name -> name.startsWith("clip.audio.v.norm."));
        return new Features.Tower(
                "audio tokens",
                model.ast() + " " + split.batches().preprocessing(),
                own,
                audioTokenShape(),
                split.batches()::addFilterbank,
                clips -> network.audioTokens(split.batches().filterbanks(clips)));
    }

    private Features.Tower pictureTower(
            Split split, Map<String, Tensor> parameters, boolean mirrored) {
        Preprocessing preprocessing = split.batches().preprocessing();
        return new Features.Tower(
                mirrored ? "mirrored frames" : "frames",
                model.clip() + " " + preprocessing,
                below(parameters, "clip.visual."),
                new long[] {preprocessing.maxFrames(), model.width()},
                split.batches()::addPictures,
                clips -> network.frames(split.batches().paddedPictures(clips, mirrored).pixels()));
    }

    private static Map<String, Tensor> below(Map<String, Tensor> parameters, String prefix) {
        Map<String, Tensor> own = new LinkedHashMap<>(parameters);
        own.keySet().removeIf(name -> !name.startsWith(prefix));
        return own;
    }

    @Override
    public int samples() {
        return switch (config.samples()) {
            case CLIPS -> train.size();
            case CAPTIONS -> pairs.size();
        };
    }

    /**
     * Token ids [B, T]; pixels [B, F, 3, S, S] or frames [B, F, D]; which frames are real [B, F];
     * filterbanks [B, T, Q] or AST's tokens [B, A, W].
     */
    @Override
    public Drawn draw(int[] samples, RandomGenerator random) {
        int[] clips =
                switch (config.samples()) {
                    case CLIPS -> samples;
                    case CAPTIONS -> Arrays.stream(samples).map(s -> pairs.get(s).clip()).toArray();
                };
        List<int[]> captions =
                switch (config.samples()) {
                    case CLIPS -> Split.draw(train.captions(), clips, random);
                    case CAPTIONS ->
                            Arrays.stream(samples)
                                    .mapToObj(s -> train.caption(pairs.get(s)))
                                    .toList();
                };
        Batches.Choice choice =
                train.batches().choose(clips, config.framesPerClip(), config.flip(), random);
        return (from, to) -> {
            List<Tensor> inputs = new ArrayList<>();
            inputs.add(Batches.ids(captions.subList(from, to)));
            inputs.addAll(seen(train, keptTrain, choice.part(from, to)));
            if (network.listens()) {
                inputs.add(heard(train, keptTrain, Arrays.copyOfRange(clips, from, to)));
            }
            return inputs;
        };
    }

    private List<Tensor> seen(Split split, Kept kept, Batches.Choice choice) {
        if (kept.frames() == null) {
            // Frames that are not masked have an effect: then all clips are padded alike.
            int most = split.batches().preprocessing().maxFrames();
            Batches.Pictures pictures =
                    split.batches().pictures(model.masksFrames() ? choice : choice.padded(most));
            return List.of(pictures.pixels(), pictures.mask());
        }
        int frames = split.batches().preprocessing().maxFrames();
        int rowValues = frames * model.width();
        int[] clips = choice.clips();
        float[] rows = kept.frames().rows(clips);
        for (int i = 0; i < clips.length; i++) {
            if (choice.mirrored()[i] && kept.mirrored() != null) {
                float[] mirrored = kept.mirrored().rows(new int[] {clips[i]});
                System.arraycopy(mirrored, 0, rows, i * rowValues, rowValues);
            }
        }
        return List.of(
                Ops.floats(rows, clips.length, frames, model.width()),
                split.batches().paddedMask(clips));
    }

    private Tensor heard(Split split, Kept kept, int[] clips) {
        if (kept.tokens() == null) {
            return split.batches().filterbanks(clips);
        }
        long[] shape = audioTokenShape();
        return Ops.floats(kept.tokens().rows(clips), clips.length, shape[0], shape[1]);
    }

    /** AST's class, distillation and patch tokens. */
    private long[] audioTokenShape() {
        AstConfig ast = model.requireAst();
        return new long[] {ast.patches() + 2L, ast.width()};
    }

    /** Texts [B, D], and the parts of the embedded clips. */
    @Override
    public List<Tensor> embed(List<Tensor> inputs) {
        List<Tensor> embedded = new ArrayList<>();
        embedded.add(network.text(inputs.get(0)));
        embedded.addAll(clips(inputs.subList(1, inputs.size()), keptTrain).parts());
        return embedded;
    }

    /**
     * @param inputs pixels or frames, mask, and if the network listens filterbanks or tokens
     */
    private EmbeddedClips clips(List<Tensor> inputs, Kept kept) {
        Tensor seen = inputs.get(0);
        Tensor frames = kept.frames() == null ? frames(seen) : seen;
        if (!network.listens()) {
            return network.embed(frames, inputs.get(1), null);
        }
        Tensor heard = inputs.get(2);
        return network.embed(frames, inputs.get(1), kept.tokens() == null ? tokens(heard) : heard);
    }

    /** A frozen tower needs no graph. */
    private Tensor frames(Tensor pixels) {
        if (config.imageLearningRate() > 0) {
            return network.frames(pixels);
        }
        try (var _ = new NoGradGuard()) {
            return network.frames(pixels);
        }
    }

    private Tensor tokens(Tensor filterbanks) {
        if (config.audioLearningRate() > 0) {
            return network.audioTokens(filterbanks);
        }
        try (var _ = new NoGradGuard()) {
            return network.audioTokens(filterbanks);
        }
    }

    @Override
    public Tensor loss(List<Tensor> embedded) {
        return network.loss(
                embedded.get(0), EmbeddedClips.ofParts(embedded.subList(1, embedded.size())));
    }

    @Override
    public void afterStep() {
        network.clampScale();
    }

    @Override
    public double validate() {
        Tensor text = network.text(Batches.ids(Split.first(val.captions())));
        List<Tensor> columns = new ArrayList<>();
        PointerScope outer = PointerScope.getInnerScope();
        for (int[] chunk : Trainer.chunks(val.size(), chunk())) {
            try (var _ = new PointerScope()) {
                List<Tensor> inputs = new ArrayList<>(seen(val, keptVal, val.batches().all(chunk)));
                if (network.listens()) {
                    inputs.add(heard(val, keptVal, chunk));
                }
                Tensor column = network.scorer(clips(inputs, keptVal)).of(text);
                outer.attach(column); // outlives the inner scope
                columns.add(column);
            }
        }
        return Trainer.firstRankPercent(Ops.cat(1, columns.toArray(Tensor[]::new)));
    }

    @Override
    public void close() {
        for (Kept kept : List.of(keptTrain, keptVal)) {
            for (FeatureFile file :
                    new FeatureFile[] {kept.tokens(), kept.frames(), kept.mirrored()}) {
                if (file != null) {
                    file.close();
                }
            }
        }
    }
}
