package javigate.model.avigate;

import java.util.List;
import javigate.tensor.Weights;

/**
 * What AVIGATE's new parts take from CLIP before training (the official code's initialisation): the
 * blocks of resampler and fusion are CLIP's first text blocks, the frame positions its text
 * positions. What stays missing (cross-attention, gates, queries, projection) is drawn by the
 * layers' own constructors.
 */
public final class TowerInit {

    private TowerInit() {}

    /**
     * The towers' weights with the parts they lend added; the tensors are copied, for training.
     *
     * @param towers with CLIP and AST below {@code clip.}; other names are left behind
     */
    public static Weights of(Weights towers, AvigateConfig config) {
        Weights result = new Weights();
        shared(towers, config).all().forEach((name, tensor) -> result.put(name, tensor.clone()));
        return result;
    }

    /** The same of the towers' own tensors, to be written: a part that is lent is its lender's. */
    public static Weights shared(Weights towers, AvigateConfig config) {
        Weights result = new Weights();
        for (String name : towers.names()) {
            if (name.startsWith("clip.")) {
                result.put(name, towers.get(name));
            }
        }
        lendTextBlocks(result, "transformer_Fusion.", config.resamplerLayers());
        lendTextBlocks(result, "transformerClip.", config.fusionLayers());
        result.put("frame_position_embeddings.weight", result.get("clip.positional_embedding"));
        return result;
    }

    private static void lendTextBlocks(Weights weights, String to, int layers) {
        String from = "clip.transformer.";
        for (String name : List.copyOf(weights.names())) {
            if (name.startsWith(from)) {
                String rest = name.substring(from.length());
                int layer = Integer.parseInt(rest.split("\\.", 3)[1]);
                if (layer < layers) {
                    weights.put(to + rest, weights.get(name));
                }
            }
        }
    }
}
