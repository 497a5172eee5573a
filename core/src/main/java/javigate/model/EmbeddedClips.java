package javigate.model;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What a network makes of a batch of clips. B clips, F frames, L layers, D joint width.
 *
 * @param frames [B, F, D]
 * @param mask [B, F], 1 for real frames
 * @param tokens what loss or score look at beside the frames [B, n, D]: the audio tokens that
 *     TEFAL's texts attend to, the frames that AVIGATE's margin compares; null for nothing
 * @param listening what is worth telling of the sound; null where nothing is
 */
public record EmbeddedClips(
        Tensor frames, Tensor mask, @Nullable Tensor tokens, @Nullable Listening listening) {

    /**
     * @param gates g_mha and g_ffn per layer [B, L, 2]
     * @param sound mean of the resampled audio tokens [B, D]
     */
    public record Listening(Tensor gates, Tensor sound) {}

    /** Clips of frames alone. */
    public static EmbeddedClips ofFrames(Tensor frames, Tensor mask) {
        return new EmbeddedClips(frames, mask, null, null);
    }

    /** What the loss sees, as {@link #ofParts} takes it. */
    public List<Tensor> parts() {
        List<Tensor> parts = new ArrayList<>(List.of(frames, mask));
        if (tokens != null) {
            parts.add(tokens);
        }
        return parts;
    }

    /** The clips of their parts: frames, mask and, if there are any, tokens. */
    public static EmbeddedClips ofParts(List<Tensor> parts) {
        return new EmbeddedClips(
                parts.get(0), parts.get(1), parts.size() > 2 ? parts.get(2) : null, null);
    }

    /** The tokens of a network that always has some. */
    public Tensor requireTokens() {
        if (tokens == null) {
            throw new IllegalArgumentException("clips without the tokens this model looks at");
        }
        return tokens;
    }
}
