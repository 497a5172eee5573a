package javigate.verify;

import static javigate.verify.ReferenceCase.integer;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import javigate.model.ast.AstConfig;
import javigate.model.avigate.AvigateConfig;
import javigate.model.avigate.AvigateNetwork;
import javigate.model.clip.ClipConfig;
import javigate.tensor.Ops;
import javigate.tensor.Parameters;
import javigate.tensor.Safetensors;
import javigate.tensor.Weights;
import org.bytedeco.pytorch.Tensor;

/** The reference case of the whole model, and what it shares with that of its training. */
final class AvigateCase {

    private AvigateCase() {}

    /** The whole model, from pixels, filterbank and token ids to loss and gradients. */
    static void endToEnd(ReferenceCase c, Path folder) throws IOException {
        Weights weights = weights(c, folder);
        weights.all().values().forEach(tensor -> tensor.requires_grad_(true));
        AvigateNetwork network = network(c, weights);
        Tensor loss = forward(c, network);
        c.compare("out.loss", loss);
        loss.backward();
        gradients(c, weights);
    }

    /** Copies of the weights beside a case, without AST's classification heads. */
    static Weights weights(ReferenceCase c, Path folder) throws IOException {
        try (Weights file = Safetensors.open(ModelCases.extraFile(c, folder, "weights"))) {
            Weights weights = new Weights();
            file.all()
                    .forEach(
                            (name, tensor) -> {
                                if (!name.startsWith("clip.audio.v.head")) {
                                    weights.put(name, tensor.clone());
                                }
                            });
            return weights;
        }
    }

    /** The case's network over these very tensors. */
    static AvigateNetwork network(ReferenceCase c, Weights weights) {
        Parameters parameters = Parameters.of(weights);
        AvigateNetwork network = new AvigateNetwork(parameters, config(c.json(), weights));
        parameters.requireAllTaken();
        return network;
    }

    /**
     * A batch as the official loader lays it out.
     *
     * @param ids [B, words]
     * @param pixels [B, F, 3, S, S]
     * @param mask [B, F]
     * @param filterbank [B, T, Q]
     */
    record Batch(Tensor ids, Tensor pixels, Tensor mask, Tensor filterbank) {

        /** The batch whose tensors' names start with {@code prefix}. */
        static Batch of(ReferenceCase c, String prefix) {
            return new Batch(
                    c.tensor(prefix + "input_ids").select(1, 0),
                    c.tensor(prefix + "video").select(1, 0).select(2, 0),
                    c.tensor(prefix + "video_mask").select(1, 0),
                    c.tensor(prefix + "fbank").select(1, 0));
        }
    }

    private static Tensor forward(ReferenceCase c, AvigateNetwork network) {
        JsonNode logitTolerance = c.json().path("tolerance").path("logits");
        Batch batch = Batch.of(c, "in.");
        Tensor mask = batch.mask();
        Tensor text = network.text(batch.ids());
        c.compare("out.text_embeds", text);
        Tensor plain = network.frames(batch.pixels());
        c.compare("out.frame_embeds", plain);
        Tensor audio = network.projectAudio(network.audioTokens(batch.filterbank()));
        c.compare("out.audio_embeds", audio);
        Tensor resampled = network.resample(audio);
        c.compare("out.audio_tokens", resampled);
        AvigateNetwork.Embedded clips = network.fuse(plain, mask, resampled);
        c.compare("out.frames_with_positions", clips.positioned());
        c.compare("out.fusion", clips.fusion(), paddedTolerance(c));
        c.compare("out.fused_frames", clips.frames());
        c.compare("out.gate_mha", clips.gates().select(2, 0));
        c.compare("out.gate_ffn", clips.gates().select(2, 1));
        c.compare("out.logits_eval", network.logits(text, clips, mask), logitTolerance);
        c.compare("out.train_logits", network.trainLogits(text, clips, mask), logitTolerance);
        c.compare("out.margin", network.margin(text, clips, mask));
        return network.loss(text, clips, mask);
    }

    /**
     * The reference's own rounding noise on padded rows (its mask adds −1e4 to whole rows) is what
     * the file says it is; where it says nothing, the case's tolerance holds.
     */
    private static JsonNode paddedTolerance(ReferenceCase c) {
        JsonNode general = c.json().path("tolerance");
        JsonNode padded = general.path("padded cases");
        return padded.isObject() ? padded : general;
    }

    private static void gradients(ReferenceCase c, Weights weights) {
        double share =
                c.json()
                        .path("tolerance")
                        .path("gradients")
                        .path("rtol_of_max_abs_in_tensor")
                        .asDouble();
        double squares = 0;
        for (Map.Entry<String, Tensor> e : weights.all().entrySet()) {
            Tensor gradient = e.getValue().grad();
            if (!gradient.defined()) {
                continue;
            }
            float[] ours = Ops.toFloats(gradient);
            for (float g : ours) {
                squares += (double) g * g;
            }
            String name = "grad." + e.getKey();
            if (c.tensors().has(name)) {
                float[] expected = c.tensors().floats(name);
                double max = 0;
                for (float g : expected) {
                    max = Math.max(max, Math.abs(g));
                }
                c.compare(name, ours, expected, share * max, 0);
            }
        }
        float[] norm = {(float) Math.sqrt(squares)};
        String total = "out.grad_total_norm_all_parameters";
        if (c.tensors().has(total)) {
            c.compare(total, norm, c.tensors().floats(total), 0, share);
        }
    }

    /**
     * The official classes' configuration of small sizes. What a case leaves out follows from the
     * rest, as in the official code: heads from their width, the queries from their tensor.
     */
    private static AvigateConfig config(JsonNode json, Weights weights) {
        JsonNode config = json.path("config");
        ClipConfig clip =
                new ClipConfig(
                        integer(config, "text_width"),
                        integer(config, "image"),
                        integer(config, "patch"),
                        integer(config, "vision_width"),
                        integer(config, "vision_layers"),
                        heads(config, "vision", "vision_width"),
                        integer(config, "context"),
                        integer(config, "vocab"),
                        integer(config, "text_width"),
                        integer(config, "text_layers"),
                        heads(config, "text", "text_width"));
        AstConfig ast =
                new AstConfig(
                        integer(config, "audio_dim"),
                        integer(config, "audio_depth"),
                        integer(config, "audio_heads"),
                        16,
                        10,
                        10,
                        integer(config, "fdim"),
                        integer(config, "tdim"));
        AvigateConfig reference = AvigateConfig.reference(clip, ast);
        return new AvigateConfig(
                clip,
                ast,
                Math.toIntExact(weights.get("query_tokens").size(1)),
                integer(config, "resampler_layers"),
                integer(config, "fusion_layers"),
                heads(config, "fusion", "text_width"),
                integer(config, "max_frames"),
                integer(config, "max_words"),
                true,
                config.path("blend").path(0).asDouble(reference.blend()),
                0,
                config.path("lambda_").asDouble(),
                reference.marginOfPlainFrames(),
                reference.mergeAudioHeads(),
                reference.maskFrames(),
                config.path("beta").asDouble(),
                config.path("margin_max").asDouble(),
                reference.ablation());
    }

    private static int heads(JsonNode config, String part, String width) {
        JsonNode given = config.path("head_counts");
        return given.has(part)
                ? integer(given, part)
                : integer(config, width) / integer(config, "head_dim");
    }
}
