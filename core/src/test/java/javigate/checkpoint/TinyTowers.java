package javigate.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import javigate.model.ast.AstConfig;
import javigate.model.avigate.AvigateConfig;
import javigate.model.avigate.TinyAvigate;
import javigate.model.clip.ClipConfig;
import javigate.model.clip.ClipTokenizer;
import javigate.tensor.Safetensors;
import javigate.tensor.Weights;

/** A CLIP and an AST small enough for tests, as folders of the hub and as a training checkpoint. */
public final class TinyTowers {

    public static final ClipTokenizer TOKENIZER = TinyAvigate.tokenizer();
    public static final int HEAD_WIDTH = 16;
    public static final ClipConfig CLIP =
            new ClipConfig(32, 32, 16, 48, 2, 3, 16, TOKENIZER.size(), 32, 2, 2);

    /** Strides that can be told from the number of positions. */
    public static final AstConfig AST = new AstConfig(32, 2, 2, 16, 16, 16, 128, 1024);

    public static final AvigateConfig CONFIG =
            AvigateConfig.of(AvigateConfig.Variant.STANDARD, CLIP, AST, 5, 2, 1, HEAD_WIDTH);

    private TinyTowers() {}

    /** Writes a CLIPModel folder. */
    public static void writeClip(Path folder, Weights model) throws IOException {
        HuggingFaceFolder.writeClip(folder, clip(model), CLIP, TOKENIZER, false);
    }

    /** Writes an ASTModel folder. */
    public static void writeAst(Path folder, Weights model) throws IOException {
        HuggingFaceFolder.writeAst(
                folder,
                model.below("clip.audio.v."),
                AST,
                ForeignWeights.FbankScale.AUDIO_SET,
                false);
    }

    /**
     * Writes a checkpoint with the names of the official training script, unused heads included.
     */
    public static void writeCheckpoint(Path file, Weights model) throws IOException {
        Weights all = new Weights();
        model.all().forEach((name, tensor) -> all.put("module." + name, tensor));
        for (String head : new String[] {"head", "head_dist"}) {
            all.put(
                    "module.clip.audio.v." + head + ".weight",
                    model.get("clip.audio.v.norm.weight"));
            all.put("module.clip.audio.v." + head + ".bias", model.get("clip.audio.v.norm.bias"));
        }
        Safetensors.write(file, all.all(), false, Map.of());
    }

    static Weights clip(Weights model) {
        Weights clip = new Weights();
        model.below("clip.")
                .all()
                .forEach(
                        (name, tensor) -> {
                            if (!name.startsWith("audio")) {
                                clip.put(name, tensor);
                            }
                        });
        return clip;
    }
}
