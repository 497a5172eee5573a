package javigate.verify;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javigate.checkpoint.WeightForm;
import javigate.model.ast.AstConfig;
import javigate.model.ast.AudioEncoder;
import javigate.model.avigate.AudioResampler;
import javigate.model.avigate.GatedFusionTransformer;
import javigate.model.clip.ClipConfig;
import javigate.model.clip.ImageEncoder;
import javigate.model.clip.TextEncoder;
import javigate.tensor.Ops;
import javigate.tensor.Parameters;
import javigate.tensor.WeightFiles;
import javigate.tensor.Weights;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Reference cases of the model parts. */
final class ModelCases {

    private ModelCases() {}

    /** CLIP's two towers, from OpenAI's and from HuggingFace's names. */
    static void clip(ReferenceCase c, Path folder) throws IOException {
        ClipConfig config =
                new ClipConfig(
                        c.config("embed_dim"),
                        c.config("image"),
                        c.config("patch"),
                        c.config("vision_width"),
                        c.config("vision_layers"),
                        c.config("vision_heads"),
                        c.config("context_length"),
                        c.config("vocab_size"),
                        c.config("text_width"),
                        c.config("text_layers"),
                        c.config("text_heads"));
        try (Weights openAi = extra(c, folder, "openai");
                Weights huggingFace = extra(c, folder, "hf")) {
            clipTowers(c, config, WeightForm.OPENAI_CLIP.toModel(openAi));
            clipTowers(c, config, WeightForm.HUGGING_FACE_CLIP.toModel(huggingFace));
        }
    }

    private static void clipTowers(ReferenceCase c, ClipConfig config, Weights weights) {
        Parameters parameters = Parameters.of(weights.asFloat32());
        ImageEncoder image = new ImageEncoder(parameters.at("visual"), config);
        TextEncoder text = new TextEncoder(parameters, config);
        Tensor scale = parameters.get("logit_scale", (s, r) -> new float[1]).exp();
        parameters.requireAllTaken();
        Tensor tokens = image.embed(c.tensor("in.pixel_values"));
        c.compare("out.vision_ln_pre", tokens);
        for (int i = 0; i < config.visionLayers(); i++) {
            tokens = image.block(i, tokens);
            c.compare("out.vision_block" + i, tokens);
        }
        Tensor images = image.project(tokens);
        c.compare("out.image_embeds", images);
        Tensor ids = c.tensor("in.input_ids");
        Tensor states = text.embed(ids);
        for (int i = 0; i < config.textLayers(); i++) {
            states = text.block(i, states);
            c.compare("out.text_block" + i, states);
        }
        Tensor texts = text.project(states, ids);
        c.compare("out.text_embeds", texts);
        c.compare("out.text_embeds_len12", text.encode(c.tensor("in.input_ids_len12")));
        c.compare(
                "out.logits_per_image",
                torch.matmul(Ops.l2Normalise(images), Ops.l2Normalise(texts).t()).mul(scale));
    }

    /**
     * AST, from the authors' and from HuggingFace's names. {@code out.ast_logits} is not compared:
     * it belongs to the classification head, which AVIGATE leaves out.
     */
    static void ast(ReferenceCase c, Path folder) throws IOException {
        AstConfig config =
                new AstConfig(
                        c.config("hidden"),
                        c.config("layers"),
                        c.config("heads"),
                        c.config("patch"),
                        c.config("fstride"),
                        c.config("tstride"),
                        c.config("freq_bins"),
                        c.config("time_frames"));
        try (Weights original = extra(c, folder, "original");
                Weights huggingFace = extra(c, folder, "hf")) {
            astTokens(c, config, WeightForm.ORIGINAL_AST.toModel(original));
            astTokens(c, config, WeightForm.HUGGING_FACE_AST.toModel(huggingFace));
        }
    }

    private static void astTokens(ReferenceCase c, AstConfig config, Weights weights) {
        Parameters parameters = Parameters.of(weights.asFloat32());
        AudioEncoder encoder = new AudioEncoder(parameters, config);
        parameters.requireAllTaken();
        Tensor patches = encoder.patches(c.tensor("in.fbank"));
        c.compare("out.patch_embed", patches);
        Tensor tokens = encoder.embed(patches);
        for (int i = 0; i < config.layers(); i++) {
            tokens = encoder.block(i, tokens);
            c.compare("out.block" + i, tokens);
        }
        Tensor normed = encoder.norm(tokens);
        c.compare("out.tokens_ln", normed);
        c.compare("out.pooled_ln_then_mean", Ops.mean(normed.narrow(1, 0, 2), 1));
        Tensor merged = encoder.mergedAndNormed(tokens);
        c.compare("out.avigate_tokens_ln", merged);
        c.compare(
                "out.avigate_tokens_projected",
                torch.matmul(merged, c.tensor("in.audio_projection")));
    }

    static void audioResampler(ReferenceCase c, Path folder) {
        int layers = c.config("layers");
        AudioResampler resampler =
                new AudioResampler(
                        Parameters.of(c.tensors()),
                        c.config("width"),
                        c.config("heads"),
                        layers,
                        c.config("queries"));
        Tensor audio = c.tensor("in.audio_embeddings");
        Tensor queries = resampler.queries(audio.size(0));
        c.compare("out.query_input", queries);
        for (int i = 0; i < layers; i++) {
            queries = resampler.block(i, queries, audio);
            if (c.tensors().has("out.block" + i)) {
                c.compare("out.block" + i, queries);
            }
        }
        c.compare("out.audio_tokens", resampler.forward(audio));
        c.compare("out.audio_tokens_mean", Ops.mean(queries, 1));
    }

    static void gatedFusion(ReferenceCase c, Path folder) {
        GatedFusionTransformer fusion =
                new GatedFusionTransformer(
                        Parameters.of(c.tensors()).at("transformerClip"),
                        c.config("width"),
                        c.config("heads"),
                        c.config("layers"));
        for (JsonNode name : c.json().path("cases")) {
            fusionCase(c, fusion, name.asText());
        }
    }

    private static void fusionCase(ReferenceCase c, GatedFusionTransformer fusion, String name) {
        JsonNode tolerance =
                name.contains("padded")
                        ? c.json().path("tolerance").path("padded cases")
                        : c.json().path("tolerance");
        String out = "out." + name + ".";
        Tensor frames = c.tensor("out.frames_with_positions");
        Tensor audio = c.tensor("in.audio_tokens");
        if (name.startsWith("zero_audio")) {
            audio = torch.zeros_like(audio);
        }
        Tensor x = frames;
        for (int i = 0; i < fusion.blocks().size(); i++) {
            x = fusion.blocks().get(i).forward(x, audio, null).frames();
            if (c.tensors().has(out + "block" + i)) {
                c.compare(out + "block" + i, x, tolerance);
            }
        }
        GatedFusionTransformer.Fused fused = fusion.forward(frames, audio, null);
        c.compare(out + "gate_mha", fused.gates().select(2, 0), tolerance);
        c.compare(out + "gate_ffn", fused.gates().select(2, 1), tolerance);
        c.compare(out + "fusion", fused.frames(), tolerance);
        c.compare(
                out + "blended",
                Ops.scale(fused.frames(), c.configNumber("blend_fusion"))
                        .add(Ops.scale(frames, c.configNumber("blend_frames"))),
                tolerance);
    }

    private static Weights extra(ReferenceCase c, Path folder, String part) throws IOException {
        return WeightFiles.open(extraFile(c, folder, part));
    }

    static Path extraFile(ReferenceCase c, Path folder, String part) throws IOException {
        for (JsonNode file : c.json().path("extra_files")) {
            if (List.of(file.asText().split("\\.")).contains(part)) {
                return ReferenceCases.plainFile(folder, file.asText());
            }
        }
        throw new IOException(folder + ": the case names no extra file with ." + part + ".");
    }
}
