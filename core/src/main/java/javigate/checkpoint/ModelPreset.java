package javigate.checkpoint;

import java.util.Locale;
import javigate.model.ModelConfig;
import javigate.model.ast.AstConfig;
import javigate.model.avigate.AvigateConfig;
import javigate.model.clip.ClipConfig;

/** Models of the papers' sizes. */
public enum ModelPreset {
    AVIGATE_B32,
    AVIGATE_B16,
    CLIP4CLIP_B32,
    CLIP4CLIP_B16,
    XPOOL_B32,
    XPOOL_B16,
    TEFAL_B32,
    TEFAL_B16,
    ECLIPSE_B32,
    ECLIPSE_B16;

    /** As an argument on the command line: {@code avigate-b32}. */
    public String argument() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether the model listens. */
    public boolean hasSound() {
        return standard().ast() != null;
    }

    /** Its configuration, AVIGATE with the official code's faults mended. */
    public ModelConfig standard() {
        return config(AvigateConfig.Variant.STANDARD);
    }

    /** Its configuration: the usual one over CLIP and AST, AVIGATE as {@code variant} computes. */
    ModelConfig config(AvigateConfig.Variant variant) {
        String[] words = argument().split("-", 2);
        ClipConfig clip = words[1].equals("b32") ? ClipConfig.VIT_B_32 : ClipConfig.VIT_B_16;
        AvigateConfig avigate =
                Assembly.standardSizes(variant, clip, AstConfig.BASE, ForeignWeights.HEAD_WIDTH);
        return Architecture.named(words[0]).over().apply(avigate);
    }
}
