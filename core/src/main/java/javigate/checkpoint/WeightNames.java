package javigate.checkpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javigate.tensor.Weights;

/**
 * Name maps, one table per source, to the names the models use (OpenAI's for CLIP, the authors' for
 * AST). {@code #} stands for a layer number.
 */
public final class WeightNames {

    private enum Kind {
        SAME,
        TRANSPOSED,
        /** Three tensors (query, key, value in this order), joined along their rows. */
        JOINED,
        DROPPED
    }

    private record Rule(Kind kind, String from, String to) {}

    private static final List<String> QKV_CLIP = List.of("q_proj", "k_proj", "v_proj");
    private static final List<String> QKV_AST = List.of("query", "key", "value");

    private static final List<Rule> CLIP_FROM_HUGGING_FACE = clipRules();
    private static final List<Rule> AST_FROM_HUGGING_FACE = astRules();

    private WeightNames() {}

    /**
     * A HuggingFace CLIP under OpenAI's names.
     *
     * @throws IllegalArgumentException listing names that are not of that form, or missing parts
     */
    public static Weights clipFromHuggingFace(Weights source) {
        return apply("HuggingFace CLIP", CLIP_FROM_HUGGING_FACE, QKV_CLIP, source);
    }

    /**
     * A HuggingFace AST under the original names without the prefix {@code v.}; classification
     * heads are dropped.
     *
     * @throws IllegalArgumentException listing names that are not of that form, or missing parts
     */
    public static Weights astFromHuggingFace(Weights source) {
        return apply("HuggingFace AST", AST_FROM_HUGGING_FACE, QKV_AST, source);
    }

    /** The authors' AST file ({@code module.v.*}) below {@code v.}; its heads are dropped. */
    public static Weights astFromOriginal(Weights source) {
        Weights below = source.below("module.v.");
        Weights result = new Weights();
        below.all()
                .forEach(
                        (name, tensor) -> {
                            if (!name.startsWith("head")) {
                                result.put(name, tensor);
                            }
                        });
        return result;
    }

    private static List<Rule> clipRules() {
        List<Rule> rules = new ArrayList<>();
        rules.add(new Rule(Kind.SAME, "logit_scale", "logit_scale"));
        String text = "text_model.";
        String vision = "vision_model.";
        rules.add(
                new Rule(
                        Kind.SAME,
                        text + "embeddings.token_embedding.weight",
                        "token_embedding.weight"));
        rules.add(
                new Rule(
                        Kind.SAME,
                        text + "embeddings.position_embedding.weight",
                        "positional_embedding"));
        rules.add(new Rule(Kind.DROPPED, text + "embeddings.position_ids", ""));
        rules.add(new Rule(Kind.DROPPED, vision + "embeddings.position_ids", ""));
        rules.add(
                new Rule(
                        Kind.SAME,
                        vision + "embeddings.class_embedding",
                        "visual.class_embedding"));
        rules.add(
                new Rule(
                        Kind.SAME,
                        vision + "embeddings.patch_embedding.weight",
                        "visual.conv1.weight"));
        rules.add(
                new Rule(
                        Kind.SAME,
                        vision + "embeddings.position_embedding.weight",
                        "visual.positional_embedding"));
        addPair(rules, text + "final_layer_norm", "ln_final");
        addPair(rules, vision + "pre_layrnorm", "visual.ln_pre");
        addPair(rules, vision + "post_layernorm", "visual.ln_post");
        rules.add(new Rule(Kind.TRANSPOSED, "text_projection.weight", "text_projection"));
        rules.add(new Rule(Kind.TRANSPOSED, "visual_projection.weight", "visual.proj"));
        for (String[] tower : new String[][] {{text, ""}, {vision, "visual."}}) {
            String from = tower[0] + "encoder.layers.#.";
            String to = tower[1] + "transformer.resblocks.#.";
            rules.add(
                    new Rule(Kind.JOINED, from + "self_attn.*.weight", to + "attn.in_proj_weight"));
            rules.add(new Rule(Kind.JOINED, from + "self_attn.*.bias", to + "attn.in_proj_bias"));
            addPair(rules, from + "self_attn.out_proj", to + "attn.out_proj");
            addPair(rules, from + "layer_norm1", to + "ln_1");
            addPair(rules, from + "layer_norm2", to + "ln_2");
            addPair(rules, from + "mlp.fc1", to + "mlp.c_fc");
            addPair(rules, from + "mlp.fc2", to + "mlp.c_proj");
        }
        return List.copyOf(rules);
    }

    private static List<Rule> astRules() {
        List<Rule> rules = new ArrayList<>();
        String model = "audio_spectrogram_transformer.";
        String embeddings = model + "embeddings.";
        rules.add(new Rule(Kind.SAME, embeddings + "cls_token", "cls_token"));
        rules.add(new Rule(Kind.SAME, embeddings + "distillation_token", "dist_token"));
        rules.add(new Rule(Kind.SAME, embeddings + "position_embeddings", "pos_embed"));
        addPair(rules, embeddings + "patch_embeddings.projection", "patch_embed.proj");
        addPair(rules, model + "layernorm", "norm");
        String from = model + "encoder.layer.#.";
        String to = "blocks.#.";
        rules.add(
                new Rule(
                        Kind.JOINED,
                        from + "attention.attention.*.weight",
                        to + "attn.qkv.weight"));
        rules.add(new Rule(Kind.JOINED, from + "attention.attention.*.bias", to + "attn.qkv.bias"));
        addPair(rules, from + "attention.output.dense", to + "attn.proj");
        addPair(rules, from + "layernorm_before", to + "norm1");
        addPair(rules, from + "layernorm_after", to + "norm2");
        addPair(rules, from + "intermediate.dense", to + "mlp.fc1");
        addPair(rules, from + "output.dense", to + "mlp.fc2");
        for (String head : List.of("layernorm", "dense")) {
            rules.add(new Rule(Kind.DROPPED, "classifier." + head + ".weight", ""));
            rules.add(new Rule(Kind.DROPPED, "classifier." + head + ".bias", ""));
        }
        return List.copyOf(rules);
    }

    private static void addPair(List<Rule> rules, String from, String to) {
        rules.add(new Rule(Kind.SAME, from + ".weight", to + ".weight"));
        rules.add(new Rule(Kind.SAME, from + ".bias", to + ".bias"));
    }

    private static Weights apply(String form, List<Rule> rules, List<String> qkv, Weights source) {
        Weights result = new Weights();
        TreeSet<String> unknown = new TreeSet<>();
        for (String name : source.names()) {
            if (!convert(rules, qkv, source, name, result)) {
                unknown.add(name);
            }
        }
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(
                    "%d names are not of a %s: %s"
                            .formatted(unknown.size(), form, String.join(", ", unknown)));
        }
        return result;
    }

    /** Whether a rule was found for the name; its result is put where the rule says. */
    private static boolean convert(
            List<Rule> rules, List<String> qkv, Weights source, String name, Weights result) {
        for (Rule rule : rules) {
            String regex =
                    Pattern.quote(rule.from())
                            .replace("#", "\\E(\\d+)\\Q")
                            .replace("*", "\\E(?:" + String.join("|", qkv) + ")\\Q");
            Matcher match = Pattern.compile(regex).matcher(name);
            if (!match.matches()) {
                continue;
            }
            String to = match.groupCount() > 0 ? rule.to().replace("#", match.group(1)) : rule.to();
            switch (rule.kind()) {
                case SAME -> result.put(to, source.get(name));
                case TRANSPOSED -> result.putTransposed(to, source.get(name));
                case JOINED -> {
                    String layer = match.groupCount() > 0 ? match.group(1) : "";
                    String pattern = rule.from().replace("#", layer);
                    if (!result.has(to)) {
                        result.putJoinedRows(
                                to,
                                qkv.stream()
                                        .map(part -> source.get(pattern.replace("*", part)))
                                        .toList());
                    }
                }
                case DROPPED -> {}
            }
            return true;
        }
        return false;
    }
}
