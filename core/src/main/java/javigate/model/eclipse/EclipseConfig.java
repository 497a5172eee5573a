package javigate.model.eclipse;

import com.fasterxml.jackson.annotation.JsonProperty;
import javigate.model.ModelConfig;
import javigate.model.Preprocessing;
import javigate.model.ast.AstConfig;
import javigate.model.clip.ClipConfig;

/**
 * Everything that makes one ECLIPSE differ from another.
 *
 * @param clip the image and text towers
 * @param ast the audio tower, in place of the official ResNet features
 * @param attention how pictures and sound attend to each other
 * @param framesPerSecond of video, by which a frame's time is estimated; above 0
 * @param maxFrames frames per clip at most
 * @param maxWords token columns of a caption, at most CLIP's context length
 */
public record EclipseConfig(
        ClipConfig clip,
        AstConfig ast,
        Attention attention,
        double framesPerSecond,
        int maxFrames,
        int maxWords)
        implements ModelConfig {

    /** How pictures and sound attend to each other, as the official scripts set it. */
    public enum Attention {
        /** Pictures take in sound and sound takes in pictures (Charades). */
        @JsonProperty("dual")
        DUAL,
        /**
         * As dual, but the weights by which pictures take in sound sum to 1 over the visual tokens,
         * not over the single audio token, where they would all be 1 (ActivityNet).
         */
        @JsonProperty("dual_reverse_norm")
        DUAL_REVERSE_NORM,
        /** Pictures take in sound, which stays as it is (DiDeMo). */
        @JsonProperty("single")
        SINGLE
    }

    public EclipseConfig {
        if (!(framesPerSecond > 0)
                || maxFrames < 1
                || maxWords < 3
                || maxWords > clip.contextLength()) {
            throw new IllegalArgumentException(
                    "ECLIPSE: %s frames per second (above 0), frames %d (at least 1), words %d (3 to %d)"
                            .formatted(framesPerSecond, maxFrames, maxWords, clip.contextLength()));
        }
    }

    /** With the usual sizes over the towers of another model, with as many frames and words. */
    public static EclipseConfig over(ModelConfig towers) {
        return towers instanceof EclipseConfig own
                ? own
                : new EclipseConfig(
                        towers.clip(),
                        towers.requireAst(),
                        Attention.DUAL,
                        1,
                        towers.maxFrames(),
                        towers.maxWords());
    }

    /** Frames tell their times only at the rate they are taken at, of a filterbank of all sound. */
    @Override
    public void requireFit(Preprocessing preprocessing) {
        if (preprocessing.framesPerSecond() != framesPerSecond
                || preprocessing.frameShiftMs() != 0) {
            throw new IllegalArgumentException(
                    ("ECLIPSE: %s frames per second and a frame shift of %s ms in the preprocessing;"
                                    + " the model's framesPerSecond is %s, and its shift adapts (0)")
                            .formatted(
                                    preprocessing.framesPerSecond(),
                                    preprocessing.frameShiftMs(),
                                    framesPerSecond));
        }
    }
}
