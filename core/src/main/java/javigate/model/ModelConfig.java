package javigate.model;

import javigate.model.ast.AstConfig;
import javigate.model.clip.ClipConfig;
import org.jspecify.annotations.Nullable;

/** What all configurations of models have: everything that makes one model differ from another. */
public interface ModelConfig {

    /** The image and text towers. */
    ClipConfig clip();

    /** The audio tower; null for a model that does not listen. */
    default @Nullable AstConfig ast() {
        return null;
    }

    /**
     * The audio tower of a model that listens.
     *
     * @throws IllegalArgumentException if there is none
     */
    default AstConfig requireAst() {
        AstConfig ast = ast();
        if (ast == null) {
            throw new IllegalArgumentException(
                    "no audio tower; start from a model that listens, or join one by model"
                            + " assemble");
        }
        return ast;
    }

    /** Frames per clip at most. */
    int maxFrames();

    /**
     * Whether the frames that pad a clip are masked. Where they are not they have an effect, and
     * every clip is padded to the same number.
     */
    default boolean masksFrames() {
        return true;
    }

    /** Token columns of a caption, at most CLIP's context length. */
    int maxWords();

    /**
     * Whether a model so configured can take clips so prepared, beyond sizes.
     *
     * @throws IllegalArgumentException if not
     */
    default void requireFit(Preprocessing preprocessing) {}

    /** D, the joint width. */
    default int width() {
        return clip().embedDim();
    }
}
