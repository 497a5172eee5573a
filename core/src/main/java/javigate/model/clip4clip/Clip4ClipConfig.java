package javigate.model.clip4clip;

import javigate.model.ModelConfig;
import javigate.model.clip.ClipConfig;

/**
 * Everything that makes one CLIP4Clip differ from another.
 *
 * @param clip the image and text towers
 * @param pooling how frames become a clip
 * @param fusionLayers depth of the transformer over the frames; 0 for the mean pool
 * @param heads its attention heads, a divisor of D; 0 for the mean pool
 * @param maxFrames frames per clip at most; with the transformer at most CLIP's context length
 * @param maxWords token columns of a caption, at most CLIP's context length
 */
public record Clip4ClipConfig(
        ClipConfig clip, Pooling pooling, int fusionLayers, int heads, int maxFrames, int maxWords)
        implements ModelConfig {

    /** How frames become a clip. */
    public enum Pooling {
        /** The mean of the frames (meanP); no parameters beside CLIP's. */
        MEAN_POOL,
        /** The mean of the frames after a transformer over them (seqTransf). */
        TRANSFORMER
    }

    public Clip4ClipConfig {
        if (maxFrames < 1 || maxWords < 3 || maxWords > clip.contextLength()) {
            throw new IllegalArgumentException(
                    "CLIP4Clip: frames %d (at least 1), words %d (3 to %d)"
                            .formatted(maxFrames, maxWords, clip.contextLength()));
        }
        switch (pooling) {
            case MEAN_POOL -> {
                if (fusionLayers != 0 || heads != 0) {
                    throw new IllegalArgumentException(
                            "CLIP4Clip: fusionLayers %d and heads %d; both are 0 for MEAN_POOL"
                                    .formatted(fusionLayers, heads));
                }
            }
            case TRANSFORMER -> {
                if (fusionLayers < 1
                        || heads < 1
                        || clip.embedDim() % heads != 0
                        || maxFrames > clip.contextLength()) {
                    throw new IllegalArgumentException(
                            ("CLIP4Clip: fusionLayers %d (at least 1), heads %d (a divisor of the"
                                            + " joint width %d), frames %d (1 to %d)")
                                    .formatted(
                                            fusionLayers,
                                            heads,
                                            clip.embedDim(),
                                            maxFrames,
                                            clip.contextLength()));
                }
            }
        }
    }

    /** meanP with the official sizes, 12 frames and 32 words: CLIP's own weights and no others. */
    public static Clip4ClipConfig meanPool(ClipConfig clip) {
        return new Clip4ClipConfig(
                clip, Pooling.MEAN_POOL, 0, 0, 12, Math.min(32, clip.contextLength()));
    }

    /** seqTransf with the official 12 frames and 32 words. */
    public static Clip4ClipConfig transformer(ClipConfig clip, int layers, int headWidth) {
        return new Clip4ClipConfig(
                clip,
                Pooling.TRANSFORMER,
                layers,
                Math.max(1, clip.embedDim() / headWidth),
                Math.min(12, clip.contextLength()),
                Math.min(32, clip.contextLength()));
    }

    /** The mean pool over the image and text towers of another model. */
    public static Clip4ClipConfig over(ModelConfig towers) {
        return towers instanceof Clip4ClipConfig own
                ? own
                : new Clip4ClipConfig(
                        towers.clip(),
                        Pooling.MEAN_POOL,
                        0,
                        0,
                        towers.maxFrames(),
                        towers.maxWords());
    }
}
