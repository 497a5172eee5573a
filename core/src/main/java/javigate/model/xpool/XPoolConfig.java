package javigate.model.xpool;

import javigate.model.ModelConfig;
import javigate.model.clip.ClipConfig;

/**
 * Everything that makes one X-Pool differ from another.
 *
 * @param clip the image and text towers
 * @param heads attention heads of the pooling, a divisor of D
 * @param dropout of its projection, in training, 0 up to but not 1
 * @param maxFrames frames per clip at most
 * @param maxWords token columns of a caption, at most CLIP's context length
 */
public record XPoolConfig(ClipConfig clip, int heads, double dropout, int maxFrames, int maxWords)
        implements ModelConfig {

    public XPoolConfig {
        if (heads < 1 || clip.embedDim() % heads != 0 || !(dropout >= 0 && dropout < 1)) {
            throw new IllegalArgumentException(
                    "X-Pool: heads %d (a divisor of the joint width %d), dropout %s (0 up to 1)"
                            .formatted(heads, clip.embedDim(), dropout));
        }
        if (maxFrames < 1 || maxWords < 3 || maxWords > clip.contextLength()) {
            throw new IllegalArgumentException(
                    "X-Pool: frames %d (at least 1), words %d (3 to %d)"
                            .formatted(maxFrames, maxWords, clip.contextLength()));
        }
    }

    /** The official sizes: one head, dropout 0.3, 12 frames, captions as long as CLIP reads. */
    public static XPoolConfig official(ClipConfig clip) {
        return new XPoolConfig(clip, 1, 0.3, 12, clip.contextLength());
    }

    /** With the usual sizes over the towers of another model, with as many frames and words. */
    public static XPoolConfig over(ModelConfig towers) {
        return towers instanceof XPoolConfig own
                ? own
                : new XPoolConfig(towers.clip(), 1, 0.3, towers.maxFrames(), towers.maxWords());
    }
}
