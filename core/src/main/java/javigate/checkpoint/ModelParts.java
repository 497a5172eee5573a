package javigate.checkpoint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import javigate.tensor.Weights;

/**
 * How many parameters each part of a model has.
 *
 * @param parts by name, parts with none left out
 * @param total of all parts
 * @param trained those that the recipe of AVIGATE and CLIP4Clip trains: not CLIP's patch kernel,
 *     embeddings, positions and ln_pre, nor AST but for its final norm; of no meaning for weights
 *     of another kind
 */
public record ModelParts(List<Part> parts, long total, long trained) {

    /**
     * One part.
     *
     * @param within whether it is counted in the part before it already
     */
    public record Part(String name, long parameters, boolean within) {}

    private static final String AST = "clip.audio.v.";

    /** Counts weights under the models' names: CLIP below {@code clip.}. */
    public static ModelParts of(Weights weights) {
        Map<String, Long> counts = new LinkedHashMap<>();
        for (String name : weights.names()) {
            long count = 1;
            for (long size : weights.shape(name)) {
                count *= size;
            }
            counts.put(name, count);
        }
        List<Part> parts = new ArrayList<>();
        add(parts, counts, "CLIP visual", name -> name.startsWith("clip.visual."), false);
        add(
                parts,
                counts,
                "CLIP text, embeddings, projection, logit scale",
                name ->
                        name.startsWith("clip.")
                                && !name.startsWith("clip.visual.")
                                && !name.startsWith("clip.audio"),
                false);
        add(parts, counts, "AST", name -> name.startsWith(AST), false);
        add(parts, counts, "audio projection", "clip.audio_projection"::equals, false);
        add(parts, counts, "resampler", name -> name.startsWith("transformer_Fusion."), false);
        add(parts, counts, "fusion", name -> name.startsWith("transformerClip."), false);
        add(parts, counts, "of which gates", name -> name.contains("_gate."), true);
        add(
                parts,
                counts,
                "text-conditioned pooling",
                n -> n.startsWith("pool_") || n.startsWith("fusion_fc."),
                false);
        add(parts, counts, "sound in the image tower", ModelParts::isEclipses, true);
        add(parts, counts, "query tokens", "query_tokens"::equals, false);
        add(parts, counts, "query positions", "query_position_embeddings.weight"::equals, false);
        add(parts, counts, "frame positions", "frame_position_embeddings.weight"::equals, false);
        return new ModelParts(
                List.copyOf(parts), sum(counts, _ -> true), sum(counts, n -> !isFrozen(n)));
    }

    private static boolean isEclipses(String name) {
        return name.startsWith("clip.visual.") && name.contains("audio");
    }

    private static void add(
            List<Part> parts,
            Map<String, Long> counts,
            String name,
            Predicate<String> belongs,
            boolean within) {
        long count = sum(counts, belongs);
        if (count > 0) {
            parts.add(new Part(name, count, within));
        }
    }

    private static long sum(Map<String, Long> counts, Predicate<String> belongs) {
        return counts.entrySet().stream()
                .filter(e -> belongs.test(e.getKey()))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** What the reference's recipe leaves as it is (FACTS of the official code: "Frozen"). */
    private static boolean isFrozen(String name) {
        return switch (name) {
            case "clip.visual.conv1.weight",
                    "clip.visual.class_embedding",
                    "clip.visual.positional_embedding",
                    "clip.visual.ln_pre.weight",
                    "clip.visual.ln_pre.bias",
                    "clip.token_embedding.weight",
                    "clip.positional_embedding" ->
                    true;
            default -> name.startsWith(AST) && !name.startsWith(AST + "norm.");
        };
    }
}
