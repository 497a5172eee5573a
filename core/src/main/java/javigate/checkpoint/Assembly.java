package javigate.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.LongConsumer;
import java.util.random.RandomGenerator;
import javigate.model.ModelConfig;
import javigate.model.Preprocessing;
import javigate.model.ast.AstConfig;
import javigate.model.ast.PositionTable;
import javigate.model.avigate.AvigateConfig;
import javigate.model.avigate.AvigateNetwork;
import javigate.model.clip.ClipConfig;
import javigate.model.clip.ClipTokenizer;
import javigate.model.clip4clip.Clip4ClipConfig;
import javigate.tensor.Parameters;
import javigate.tensor.Weights;
import org.bytedeco.javacpp.PointerScope;
import org.jspecify.annotations.Nullable;

/**
 * Makes models: of a CLIP and an AST, of a whole checkpoint, or of chance. Memory: the new model's
 * weights once in float32, less what can stay in the sources' mappings or is another part's; to
 * write them as fp16 takes half as much again.
 *
 * @param config of the model
 * @param preprocessing what goes in
 * @param weights all of them, float32; usable while the sources are open
 * @param notes what a user should know, one line each
 */
public record Assembly(
        ModelConfig config, Preprocessing preprocessing, Weights weights, List<String> notes) {

    private static final int QUERIES = 12;
    private static final int LAYERS = 4;

    /**
     * How a model is made.
     *
     * @param variant how AVIGATE computes
     * @param seed of what is drawn
     * @param headWidth width of an attention head where nothing else tells
     * @param audioFrames frames of the filterbank, or 0 for AST's own
     * @param drawn told of the values of each new parameter as they are drawn
     */
    public record Options(
            AvigateConfig.Variant variant,
            long seed,
            int headWidth,
            int audioFrames,
            LongConsumer drawn) {
        public Options {
            if (headWidth < 1 || audioFrames < 0) {
                throw new IllegalArgumentException(
                        "head width %d (at least 1), audio frames %d (0 for AST's own, or more)"
                                .formatted(headWidth, audioFrames));
            }
        }
    }

    /**
     * AVIGATE of a CLIP and an AST, its new parts as the reference starts them ({@link
     * AvigateNetwork#start} and the layers' constructors): ready to train.
     *
     * @throws IOException if one of them holds something else, or of no usable shape
     */
    public static Assembly avigate(ForeignWeights clip, ForeignWeights ast, Options options)
            throws IOException {
        List<String> notes = new ArrayList<>();
        ClipConfig clipConfig = clip.clipConfig(options.headWidth());
        AstConfig stored = ast.astConfig(options.headWidth());
        Weights towers = new Weights();
        putAll(towers, clip.clip().under("clip."));
        putAll(towers, ast.ast().under("clip.audio.v."));
        try (var _ = new PointerScope()) {
            AstConfig astConfig = stored;
            if (options.audioFrames() > 0 && options.audioFrames() != stored.timeFrames()) {
                astConfig = stored.withTimeFrames(options.audioFrames());
                String name = "clip.audio.v.pos_embed";
                towers.put(name, PositionTable.fit(towers.get(name), stored, astConfig));
                notes.add(
                        "AST's positions were %s along time, from %d to %d patches"
                                .formatted(
                                        astConfig.timePatches() <= stored.timePatches()
                                                ? "cut to their middle"
                                                : "interpolated",
                                        stored.timePatches(),
                                        astConfig.timePatches()));
            }
            AvigateConfig config =
                    standardSizes(options.variant(), clipConfig, astConfig, options.headWidth());
            notes.add(
                    "resampler, fusion and audio projection are new (seed %d): train it before use"
                            .formatted(options.seed()));
            Weights weights =
                    complete(
                            Architecture.start(towers.asFloat32(), config),
                            config,
                            new Random(options.seed()),
                            options.drawn());
            return of(config, weights, notes);
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "%s with %s: %s".formatted(clip.path(), ast.path(), e.getMessage()), e);
        }
    }

    /**
     * A whole checkpoint (AVIGATE, CLIP4Clip), or a plain CLIP as a zero-shot CLIP4Clip. One of
     * this library's models keeps its configuration and preprocessing.
     *
     * @throws IOException if it is no whole model
     */
    public static Assembly of(ForeignWeights source, Options options) throws IOException {
        return of(source, source.config(options.variant(), options.headWidth()), source.weights());
    }

    /**
     * The CLIP of any source as a zero-shot CLIP4Clip.
     *
     * @throws IOException if there is none in it, or of no usable shape
     */
    public static Assembly zeroShot(ForeignWeights clip, Options options) throws IOException {
        return of(
                clip,
                Clip4ClipConfig.meanPool(clip.clipConfig(options.headWidth())),
                clip.clip().under("clip."));
    }

    private static Assembly of(ForeignWeights source, ModelConfig config, Weights given)
            throws IOException {
        try (var _ = new PointerScope()) {
            Weights weights = complete(given.asFloat32(), config, null, _ -> {});
            Checkpoint own = source.own();
            return own != null && own.config().equals(config)
                    ? new Assembly(config, own.preprocessing(), weights, List.of())
                    : of(config, weights, List.of());
        } catch (IllegalArgumentException e) {
            throw new IOException(source.file() + ": " + e.getMessage(), e);
        }
    }

    /** A model of the papers' size, all of it drawn as its parts would start their own training. */
    public static Assembly random(ModelPreset preset, Options options) {
        ModelConfig config = preset.config(options.variant());
        RandomGenerator random = new Random(options.seed());
        try (var _ = new PointerScope()) {
            Weights towers = complete(new Weights(), config, random, options.drawn());
            Weights weights = complete(Architecture.start(towers, config), config, random, _ -> {});
            return of(
                    config,
                    weights,
                    List.of(
                            "every weight is drawn (seed %d): it computes, and knows nothing"
                                    .formatted(options.seed())));
        }
    }

    /** AVIGATE of the published sizes over given towers. */
    static AvigateConfig standardSizes(
            AvigateConfig.Variant variant, ClipConfig clip, AstConfig ast, int headWidth) {
        int layers = Math.min(LAYERS, clip.textLayers());
        return AvigateConfig.of(variant, clip, ast, QUERIES, layers, layers, headWidth);
    }

    private static Assembly of(ModelConfig config, Weights weights, List<String> notes) {
        return new Assembly(
                config, Architecture.preprocessing(config), weights, List.copyOf(notes));
    }

    /**
     * All weights of a model: the given ones, checked to be of its names and shapes, and the
     * missing ones drawn, where there is a source of chance.
     */
    private static Weights complete(
            Weights given,
            ModelConfig config,
            @Nullable RandomGenerator random,
            LongConsumer drawn) {
        Parameters parameters =
                random == null
                        ? Parameters.of(given)
                        : Parameters.initialised(given, random, drawn);
        var _ = Architecture.network(parameters, config);
        parameters.requireAllTaken();
        Weights all = new Weights();
        parameters.taken().forEach(all::put);
        return all;
    }

    /**
     * Checks that a model can be written to a folder.
     *
     * @throws IOException if something is there already
     */
    public static void requireFree(Path folder) throws IOException {
        NewFolder.requireFree(folder);
    }

    private static void putAll(Weights to, Weights from) {
        from.all().forEach(to::put);
    }

    /** The vocabulary size the model's text tower was made for. */
    public int vocabularySize() {
        return config.clip().vocabularySize();
    }

    /**
     * Writes the model to a new folder, complete or not at all.
     *
     * @param folder must not exist, or be empty
     * @param half whether the weights are stored as fp16
     * @param origin lines for the model card: where the weights come from
     * @param written told of the bytes of each piece of the weights
     * @throws IOException if it cannot be written
     */
    public Checkpoint save(
            Path folder,
            String name,
            ClipTokenizer tokenizer,
            boolean half,
            List<String> origin,
            LongConsumer written)
            throws IOException {
        List<String> lines = new ArrayList<>(origin);
        lines.addAll(notes);
        String card =
                String.format(
                        Locale.ROOT,
                        "# %s\n\n%s, %,d parameters.\n\n- %s\n",
                        name,
                        Architecture.of(config).id(),
                        weights.parameterCount(),
                        String.join("\n- ", lines));
        NewFolder.write(
                folder,
                part -> {
                    Checkpoint saved =
                            Checkpoint.save(
                                    part,
                                    name,
                                    config,
                                    preprocessing,
                                    tokenizer,
                                    weights,
                                    half,
                                    card,
                                    written);
                    var _ = saved.tokenizer(); // what cannot be read back is not installed
                });
        return Checkpoint.open(folder);
    }
}
