package javigate.model;

import java.util.List;
import javigate.tensor.Weights;

/**
 * What a model takes from another's towers before its training, as the official codes do. Tensors
 * are the towers' own, a part that is lent its lender's.
 */
public final class TowerInit {

    private static final String TEXT_BLOCKS = "clip.transformer.";

    private TowerInit() {}

    /**
     * The towers: CLIP and, if the model listens, AST, all below {@code clip.}. Other names are
     * left behind, and so is what ECLIPSE has put into the image tower.
     */
    public static Weights towers(Weights from, ModelConfig config) {
        Weights result = new Weights();
        for (String name : from.names()) {
            boolean audio = name.startsWith("clip.audio");
            boolean eclipses = name.startsWith("clip.visual.") && name.contains("audio");
            if (name.startsWith("clip.") && !eclipses && (config.ast() != null || !audio)) {
                result.put(name, from.get(name));
            }
        }
        return result;
    }

    /** CLIP's first text blocks become the blocks of a new transformer, {@code to}. */
    public static void lendTextBlocks(Weights weights, String to, int layers) {
        for (String name : List.copyOf(weights.names())) {
            if (name.startsWith(TEXT_BLOCKS)) {
                String rest = name.substring(TEXT_BLOCKS.length());
                int layer = Integer.parseInt(rest.split("\\.", 3)[1]);
                if (layer < layers) {
                    weights.put(to + rest, weights.get(name));
                }
            }
        }
    }

    /** CLIP's text positions become those of the frames. */
    public static void lendPositions(Weights weights) {
        weights.put("frame_position_embeddings.weight", weights.get("clip.positional_embedding"));
    }
}
