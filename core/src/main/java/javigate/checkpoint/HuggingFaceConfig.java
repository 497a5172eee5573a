package javigate.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javigate.model.Preprocessing;
import javigate.model.ast.AstConfig;
import javigate.model.clip.ClipConfig;

/**
 * HuggingFace's config.json of CLIP (CLIPConfig) and AST (ASTConfig): what the weights' shapes do
 * not say (heads, strides), read and written. Absent values are that library's defaults.
 */
final class HuggingFaceConfig {

    private static final long MAX_BYTES = 4 << 20;
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private HuggingFaceConfig() {}

    private static JsonNode read(Path file) throws IOException {
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException(
                    "%s: %d bytes (limit %d); not a model's configuration"
                            .formatted(file, Files.size(file), MAX_BYTES));
        }
        try {
            return JSON.readTree(file.toFile());
        } catch (JsonProcessingException e) {
            throw new IOException(file + ": not JSON: " + e.getOriginalMessage(), e);
        }
    }

    /**
     * The heads of a CLIP whose other sizes are known from its weights.
     *
     * @throws IOException if it is another kind of CLIP: another activation than QuickGELU
     */
    static ClipConfig clip(Path file, ClipConfig shapes) throws IOException {
        JsonNode json = read(file);
        JsonNode vision = json.path("vision_config");
        JsonNode text = json.path("text_config");
        for (JsonNode tower : List.of(vision, text)) {
            String activation = tower.path("hidden_act").asText("quick_gelu");
            if (!activation.equals("quick_gelu")) {
                throw new IOException(
                        "%s: hidden_act %s; CLIP's towers here use quick_gelu, as OpenAI's weights"
                                .formatted(file, activation));
            }
        }
        return shapes.withHeads(
                vision.path("num_attention_heads").asInt(12),
                text.path("num_attention_heads").asInt(8));
    }

    /** The shape of an AST. */
    static AstConfig ast(Path file, int width, int layers) throws IOException {
        JsonNode json = read(file);
        String activation = json.path("hidden_act").asText("gelu");
        if (!activation.equals("gelu")) {
            throw new IOException("%s: hidden_act %s; AST uses gelu".formatted(file, activation));
        }
        return new AstConfig(
                width,
                layers,
                json.path("num_attention_heads").asInt(12),
                json.path("patch_size").asInt(16),
                json.path("frequency_stride").asInt(10),
                json.path("time_stride").asInt(10),
                json.path("num_mel_bins").asInt(128),
                json.path("max_length").asInt(1024));
    }

    /** config.json and preprocessor_config.json of a CLIPModel. */
    static void writeClip(
            Path folder, ClipConfig clip, Preprocessing preprocessing, int start, int end)
            throws IOException {
        ObjectNode json = JSON.createObjectNode();
        json.putArray("architectures").add("CLIPModel");
        json.put("model_type", "clip");
        json.put("projection_dim", clip.embedDim());
        ObjectNode text = json.putObject("text_config");
        text.put("model_type", "clip_text_model");
        putTower(text, clip.textWidth(), clip.textLayers(), clip.textHeads());
        text.put("projection_dim", clip.embedDim());
        text.put("max_position_embeddings", clip.contextLength());
        text.put("vocab_size", clip.vocabularySize());
        text.put("bos_token_id", start);
        text.put("eos_token_id", end);
        ObjectNode vision = json.putObject("vision_config");
        vision.put("model_type", "clip_vision_model");
        putTower(vision, clip.visionWidth(), clip.visionLayers(), clip.visionHeads());
        vision.put("projection_dim", clip.embedDim());
        vision.put("image_size", clip.imageSize());
        vision.put("patch_size", clip.patchSize());
        write(folder.resolve("config.json"), json);
        ObjectNode pictures = JSON.createObjectNode();
        pictures.put("image_processor_type", "CLIPImageProcessor");
        pictures.put("do_resize", true).put("do_center_crop", true).put("do_normalize", true);
        pictures.put("do_convert_rgb", true).put("do_rescale", true).put("resample", 3);
        pictures.putObject("size").put("shortest_edge", clip.imageSize());
        pictures.putObject("crop_size")
                .put("height", clip.imageSize())
                .put("width", clip.imageSize());
        pictures.set("image_mean", JSON.valueToTree(preprocessing.imageMean()));
        pictures.set("image_std", JSON.valueToTree(preprocessing.imageStd()));
        write(folder.resolve("preprocessor_config.json"), pictures);
    }

    private static void putTower(ObjectNode tower, int width, int layers, int heads) {
        tower.put("hidden_size", width);
        tower.put("intermediate_size", 4 * width);
        tower.put("num_hidden_layers", layers);
        tower.put("num_attention_heads", heads);
        tower.put("hidden_act", "quick_gelu");
        tower.put("layer_norm_eps", 1e-5);
    }

    /** config.json and preprocessor_config.json of an ASTModel. */
    static void writeAst(Path folder, AstConfig ast, ForeignWeights.FbankScale scale)
            throws IOException {
        ObjectNode json = JSON.createObjectNode();
        json.putArray("architectures").add("ASTModel");
        json.put("model_type", "audio-spectrogram-transformer");
        json.put("hidden_size", ast.width());
        json.put("intermediate_size", 4 * ast.width());
        json.put("num_hidden_layers", ast.layers());
        json.put("num_attention_heads", ast.heads());
        json.put("hidden_act", "gelu");
        json.put("layer_norm_eps", 1e-6); // the original's; that library's default is 1e-12
        json.put("patch_size", ast.patchSize());
        json.put("frequency_stride", ast.strideFrequency());
        json.put("time_stride", ast.strideTime());
        json.put("num_mel_bins", ast.melBins());
        json.put("max_length", ast.timeFrames());
        json.put("qkv_bias", true);
        write(folder.resolve("config.json"), json);
        ObjectNode sound = JSON.createObjectNode();
        sound.put("feature_extractor_type", "ASTFeatureExtractor");
        sound.put("sampling_rate", 16_000).put("num_mel_bins", ast.melBins());
        sound.put("max_length", ast.timeFrames());
        sound.put("do_normalize", true).put("mean", scale.mean()).put("std", scale.std());
        write(folder.resolve("preprocessor_config.json"), sound);
    }

    private static void write(Path file, ObjectNode json) throws IOException {
        Checkpoint.replace(file, JSON.writeValueAsString(json) + "\n");
    }
}
