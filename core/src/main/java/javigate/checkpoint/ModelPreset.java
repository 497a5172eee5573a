package javigate.checkpoint;

import java.util.Locale;
import javigate.model.ModelConfig;
import javigate.model.ast.AstConfig;
import javigate.model.avigate.AvigateConfig;
import javigate.model.clip.ClipConfig;
import javigate.model.clip4clip.Clip4ClipConfig;

/** Models of the papers' sizes. */
public enum ModelPreset {
    AVIGATE_B32,
    AVIGATE_B16,
    CLIP4CLIP_B32,
    CLIP4CLIP_B16;

    /** As an argument on the command line: {@code avigate-b32}. */
    public String argument() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether the model listens. */
    public boolean hasSound() {
        return this == AVIGATE_B32 || this == AVIGATE_B16;
    }

    /** Its configuration, AVIGATE as {@code variant} computes it. */
    ModelConfig config(AvigateConfig.Variant variant) {
        ClipConfig clip =
                switch (this) {
                    case AVIGATE_B32, CLIP4CLIP_B32 -> ClipConfig.VIT_B_32;
                    case AVIGATE_B16, CLIP4CLIP_B16 -> ClipConfig.VIT_B_16;
                };
        return switch (this) {
            case AVIGATE_B32, AVIGATE_B16 ->
                    Assembly.standardSizes(
                            variant, clip, AstConfig.BASE, ForeignWeights.HEAD_WIDTH);
            case CLIP4CLIP_B32, CLIP4CLIP_B16 -> Clip4ClipConfig.meanPool(clip);
        };
    }
}
