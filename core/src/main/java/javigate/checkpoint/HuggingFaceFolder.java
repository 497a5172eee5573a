package javigate.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import javigate.model.Preprocessing;
import javigate.model.ast.AstConfig;
import javigate.model.ast.AudioEncoder;
import javigate.model.clip.ClipConfig;
import javigate.model.clip.ClipTokenizer;
import javigate.model.clip.ImageEncoder;
import javigate.model.clip.TextEncoder;
import javigate.tensor.Init;
import javigate.tensor.Parameters;
import javigate.tensor.Safetensors;
import javigate.tensor.Weights;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** CLIP and AST as folders that HuggingFace's library loads. */
public final class HuggingFaceFolder {

    private HuggingFaceFolder() {}

    /**
     * Writes a CLIPModel with its tokenizer.
     *
     * @param folder must not exist, or be empty
     * @param clip under OpenAI's names
     * @param half whether the weights are stored as fp16
     * @throws IllegalArgumentException if the weights are not those of {@code config}; nothing is
     *     written then
     */
    public static void writeClip(
            Path folder, Weights clip, ClipConfig config, ClipTokenizer tokenizer, boolean half)
            throws IOException {
        requireFit(
                clip,
                parameters -> {
                    var _ = new ImageEncoder(parameters.at("visual"), config);
                    var _ = new TextEncoder(parameters, config);
                    Tensor _ = parameters.get("logit_scale", Init.ZEROS);
                });
        NewFolder.write(
                folder,
                part -> {
                    writeWeights(part, WeightForm.HUGGING_FACE_CLIP, clip, half);
                    tokenizer.save(part);
                    HuggingFaceConfig.writeClip(
                            part,
                            config,
                            Preprocessing.ofPictures(config.imageSize(), 1, 1),
                            tokenizer.startId(),
                            tokenizer.endId());
                });
    }

    /**
     * Writes an ASTModel, without a classifier.
     *
     * @param folder must not exist, or be empty
     * @param ast under the original names, without {@code v.}
     * @param scale of the filterbanks it takes
     * @param half whether the weights are stored as fp16
     * @throws IllegalArgumentException if the weights are not those of {@code config}; nothing is
     *     written then
     */
    public static void writeAst(
            Path folder,
            Weights ast,
            AstConfig config,
            ForeignWeights.FbankScale scale,
            boolean half)
            throws IOException {
        requireFit(
                ast,
                parameters -> {
                    var _ = new AudioEncoder(parameters, config);
                });
        NewFolder.write(
                folder,
                part -> {
                    writeWeights(part, WeightForm.HUGGING_FACE_AST_BASE, ast, half);
                    HuggingFaceConfig.writeAst(part, config, scale);
                });
    }

    /** Builds a tower of the weights: names and shapes are those its configuration says. */
    private static void requireFit(Weights weights, Consumer<Parameters> tower) {
        try (var _ = new PointerScope()) {
            Parameters parameters = Parameters.of(weights.asFloat32());
            tower.accept(parameters);
            parameters.requireAllTaken();
        }
    }

    private static void writeWeights(Path folder, WeightForm form, Weights weights, boolean half)
            throws IOException {
        try (var _ = new PointerScope()) {
            Safetensors.write(
                    folder.resolve("model.safetensors"),
                    form.fromModel(weights.asFloat32()).all(),
                    half,
                    Map.of("format", "pt"));
        }
    }
}
