package javigate.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import javigate.model.Preprocessing;
import javigate.model.ast.AstConfig;
import javigate.model.clip.ClipConfig;
import javigate.model.clip.ClipTokenizer;
import javigate.tensor.Safetensors;
import javigate.tensor.Weights;
import org.bytedeco.javacpp.PointerScope;

/** CLIP and AST as folders that HuggingFace's library loads. */
public final class HuggingFaceFolder {

    private HuggingFaceFolder() {}

    /**
     * Writes a CLIPModel with its tokenizer.
     *
     * @param folder must not exist, or be empty
     * @param clip under OpenAI's names
     * @param half whether the weights are stored as fp16
     */
    public static void writeClip(
            Path folder, Weights clip, ClipConfig config, ClipTokenizer tokenizer, boolean half)
            throws IOException {
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
     * @param half whether the weights are stored as fp16
     */
    public static void writeAst(Path folder, Weights ast, AstConfig config, boolean half)
            throws IOException {
        NewFolder.write(
                folder,
                part -> {
                    writeWeights(part, WeightForm.HUGGING_FACE_AST_BASE, ast, half);
                    HuggingFaceConfig.writeAst(part, config);
                });
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
