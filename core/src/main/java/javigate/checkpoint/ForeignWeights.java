package javigate.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javigate.media.FbankConfig;
import javigate.model.ModelConfig;
import javigate.model.ast.AstConfig;
import javigate.model.avigate.AvigateConfig;
import javigate.model.clip.ClipConfig;
import javigate.model.clip4clip.Clip4ClipConfig;
import javigate.model.xpool.XPoolConfig;
import javigate.tensor.WeightFiles;
import javigate.tensor.Weights;
import org.jspecify.annotations.Nullable;

/**
 * Weights from elsewhere, under the models' names: read, checked and understood, not yet a model.
 * Nothing in the file runs; see {@link WeightFiles} and {@link WeightForm}.
 *
 * @param path what was named: a file or a folder
 * @param file the weight file, or the index of several
 * @param form where they come from
 * @param stored the tensors as they lie in the file; closed with this
 * @param weights under the models' names: CLIP's below {@code clip.}, AST's below {@code
 *     clip.audio.v.}
 * @param own the model, where these are the weights of one of this library's folders: then it says
 *     how they compute
 */
public record ForeignWeights(
        Path path,
        Path file,
        WeightForm form,
        Weights stored,
        Weights weights,
        @Nullable Checkpoint own)
        implements AutoCloseable {

    private static final String CLIP = "clip.";
    private static final String AST = "clip.audio.v.";

    /** Width of an attention head in every published model. */
    public static final int HEAD_WIDTH = 64;

    /**
     * What is taken off a filterbank's values, and half of what they are divided by.
     *
     * @param mean of the log energies
     * @param std above 0
     */
    public record FbankScale(double mean, double std) {

        /** AVIGATE's. */
        static final FbankScale REFERENCE =
                new FbankScale(FbankConfig.REFERENCE.mean(), FbankConfig.REFERENCE.std());

        /** That of AudioSet, on which AST's authors trained it. */
        static final FbankScale AUDIO_SET = new FbankScale(-4.2677393, 4.5689974);
    }

    /**
     * Opens a file or folder of any known form and checks its names.
     *
     * @throws IOException in one line: no weights, damaged, of an unknown form, unknown or missing
     *     names, values that are no finite numbers
     */
    public static ForeignWeights open(Path path) throws IOException {
        Path file = WeightFiles.locate(path);
        Checkpoint own = ownModel(file);
        Weights stored = WeightFiles.open(file);
        try {
            WeightForm form = WeightForm.of(stored);
            Weights converted = form.toModel(stored);
            converted.requireFinite();
            Weights named =
                    switch (form) {
                        case OPENAI_CLIP, HUGGING_FACE_CLIP -> converted.under(CLIP);
                        case ORIGINAL_AST, HUGGING_FACE_AST, HUGGING_FACE_AST_BASE ->
                                converted.under(AST);
                        default -> converted;
                    };
            return new ForeignWeights(path, file, form, stored, named, own);
        } catch (IllegalArgumentException e) {
            stored.close();
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /** The model whose weights a file holds, if it is one of ours. */
    private static @Nullable Checkpoint ownModel(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        return folder != null && file.endsWith(Checkpoint.WEIGHTS) && Checkpoint.isModel(folder)
                ? Checkpoint.open(folder)
                : null;
    }

    /** Whether there is a CLIP in it. */
    public boolean hasClip() {
        return weights.has(CLIP + "visual.conv1.weight");
    }

    /** Whether there is an AST in it. */
    public boolean hasAst() {
        return weights.has(AST + "dist_token");
    }

    /** CLIP's tensors under OpenAI's names. */
    public Weights clip() {
        Weights clip = new Weights();
        weights.below(CLIP)
                .all()
                .forEach(
                        (name, tensor) -> {
                            if (!name.startsWith("audio")) {
                                clip.put(name, tensor);
                            }
                        });
        return clip;
    }

    /** AST's tensors under the original names, without {@code v.}. */
    public Weights ast() {
        return weights.below(AST);
    }

    /**
     * The shape of CLIP: from the tensors, its heads from a config.json beside them where there is
     * one.
     *
     * @param headWidth width of an attention head where no config.json tells
     * @throws IOException if there is no CLIP in it, or not one this library computes
     */
    public ClipConfig clipConfig(int headWidth) throws IOException {
        if (!hasClip()) {
            throw new IOException("%s: %s; a CLIP is wanted".formatted(path, form.label()));
        }
        if (own != null) {
            return own.config().clip();
        }
        try {
            ClipConfig shapes = ClipConfig.fromShapes(clip(), headWidth);
            Path config = file.resolveSibling("config.json");
            return form == WeightForm.HUGGING_FACE_CLIP && Files.isRegularFile(config)
                    ? HuggingFaceConfig.clip(config, shapes)
                    : shapes;
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /**
     * The shape of AST, as {@link #clipConfig}.
     *
     * @throws IOException if there is no AST in it, or not one this library computes
     */
    public AstConfig astConfig(int headWidth) throws IOException {
        if (!hasAst()) {
            throw new IOException("%s: %s; an AST is wanted".formatted(path, form.label()));
        }
        if (own != null) {
            return own.config().requireAst();
        }
        try {
            Weights ast = ast();
            Path config = file.resolveSibling("config.json");
            boolean described =
                    (form == WeightForm.HUGGING_FACE_AST
                                    || form == WeightForm.HUGGING_FACE_AST_BASE)
                            && Files.isRegularFile(config);
            return described
                    ? HuggingFaceConfig.ast(
                            config,
                            Math.toIntExact(shape(ast, "cls_token", 3)[2]),
                            ast.layers("blocks."))
                    : AstConfig.fromShapes(ast, headWidth);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /**
     * The architecture of a whole model: one of this library's as it is, AVIGATE as {@code variant}
     * computes it, CLIP4Clip, or the CLIP4Clip of a plain CLIP (zero-shot).
     *
     * @throws IOException if it is no whole model, or of one this library does not run
     */
    public ModelConfig config(AvigateConfig.Variant variant, int headWidth) throws IOException {
        if (own != null) {
            return own.config();
        }
        try {
            return switch (form) {
                case AVIGATE ->
                        AvigateConfig.of(
                                variant,
                                clipConfig(headWidth),
                                astConfig(headWidth),
                                Math.toIntExact(shape(weights, "query_tokens", 2)[1]),
                                weights.layers("transformer_Fusion.resblocks."),
                                weights.layers("transformerClip.resblocks."),
                                headWidth);
                case OPENAI_CLIP, HUGGING_FACE_CLIP, CLIP4CLIP_MEAN_POOL ->
                        Clip4ClipConfig.meanPool(clipConfig(headWidth));
                case CLIP4CLIP_TRANSFORMER ->
                        Clip4ClipConfig.transformer(
                                clipConfig(headWidth),
                                weights.layers("transformerClip.resblocks."),
                                headWidth);
                case ORIGINAL_AST, HUGGING_FACE_AST, HUGGING_FACE_AST_BASE ->
                        throw new IOException(
                                ("%s: %s, an audio tower alone; join it with a CLIP by model"
                                                + " assemble, or write it by --to hugging-face-ast")
                                        .formatted(path, form.label()));
                case XPOOL, XPOOL_OVER_HUGGING_FACE -> XPoolConfig.official(clipConfig(headWidth));
            };
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /** The scale of the filterbanks that AST was trained on. */
    public FbankScale fbankScale() {
        if (own != null) {
            return new FbankScale(own.preprocessing().fbankMean(), own.preprocessing().fbankStd());
        }
        return form == WeightForm.AVIGATE ? FbankScale.REFERENCE : FbankScale.AUDIO_SET;
    }

    private static long[] shape(Weights weights, String name, int rank) {
        long[] shape = weights.shape(name);
        if (shape.length != rank) {
            throw new IllegalArgumentException(
                    "%s has shape %s; %d sizes are wanted"
                            .formatted(name, Arrays.toString(shape), rank));
        }
        return shape;
    }

    /** SHA-256 of the weight file, or of an index and its shards one after the other, by name. */
    public String sha256() throws IOException {
        return Fingerprints.of(WeightFiles.files(file), () -> {});
    }

    /** Bytes of the stored values. */
    public long bytes() {
        return stored.byteCount();
    }

    @Override
    public void close() {
        stored.close();
    }
}
