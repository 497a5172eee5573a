package javigate.model.tefal;

import com.fasterxml.jackson.annotation.JsonProperty;
import javigate.model.ModelConfig;
import javigate.model.ast.AstConfig;
import javigate.model.clip.ClipConfig;
import javigate.model.xpool.TextConditionedPooling.Tail;

/**
 * Everything that makes one TEFAL differ from another.
 *
 * @param clip the image and text towers
 * @param ast the audio tower
 * @param maxFrames frames per clip at most
 * @param maxWords token columns of a caption, at most CLIP's context length
 * @param pooling how texts read frames and sound; its heads divide D
 */
public record TefalConfig(
        ClipConfig clip, AstConfig ast, int maxFrames, int maxWords, Pooling pooling)
        implements ModelConfig {

    /** How frames and sound become one score (TEFAL, Table 8); {@link TefalPooling} has each. */
    public enum Fusion {
        /** The paper's: the sum of both conditioned embeddings. */
        @JsonProperty("add")
        ADD,
        /** (A) Late fusion. */
        @JsonProperty("late")
        LATE,
        /** (B) Concatenation and a fully connected layer. */
        @JsonProperty("concatenate")
        CONCATENATE,
        /** (C) A third cross-attention. */
        @JsonProperty("cross")
        CROSS,
        /** (D) Stacked tokens. */
        @JsonProperty("stack")
        STACK
    }

    /**
     * How texts read frames and sound.
     *
     * @param heads attention heads of each block; 1 in the paper's equations
     * @param tail how a block ends: T3's letters, or X-Pool's block on which the paper builds
     * @param fusion how both become one score
     * @param dropout of X-Pool's projection, in training, 0 up to but not 1
     */
    public record Pooling(int heads, Tail tail, Fusion fusion, double dropout) {

        public Pooling {
            if (heads < 1 || !(dropout >= 0 && dropout < 1)) {
                throw new IllegalArgumentException(
                        "TEFAL: heads %d (at least 1), dropout %s (0 up to 1)"
                                .formatted(heads, dropout));
            }
        }
    }

    public TefalConfig {
        if (maxFrames < 1 || maxWords < 3 || maxWords > clip.contextLength()) {
            throw new IllegalArgumentException(
                    "TEFAL: frames %d (at least 1), words %d (3 to %d)"
                            .formatted(maxFrames, maxWords, clip.contextLength()));
        }
        if (clip.embedDim() % pooling.heads() != 0) {
            throw new IllegalArgumentException(
                    "TEFAL: %d heads; they must divide the joint width %d"
                            .formatted(pooling.heads(), clip.embedDim()));
        }
    }

    /** The paper's sizes on MSR-VTT, 12 frames; what it leaves open as X-Pool has it. */
    public static TefalConfig standard(ClipConfig clip, AstConfig ast, Tail tail, Fusion fusion) {
        return new TefalConfig(
                clip, ast, 12, clip.contextLength(), new Pooling(1, tail, fusion, 0.3));
    }

    /** With the usual sizes over the towers of another model, with as many frames and words. */
    public static TefalConfig over(ModelConfig towers) {
        return towers instanceof TefalConfig own
                ? own
                : new TefalConfig(
                        towers.clip(),
                        towers.requireAst(),
                        towers.maxFrames(),
                        towers.maxWords(),
                        new Pooling(1, Tail.PROJECTION, Fusion.ADD, 0.3));
    }
}
