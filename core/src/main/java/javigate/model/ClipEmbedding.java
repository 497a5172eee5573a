package javigate.model;

/**
 * What a model makes of a clip. F frames, D joint width, L layers, A audio tokens.
 *
 * @param frames clip embedding with its sound [F][D], not normalised
 * @param framesWithoutSound the same clip embedded as if it had no audio track [F][D]
 * @param gates g_mha and g_ffn of each layer [L][2], each in (−1, 1); L is 0 where the model has no
 *     gates
 * @param soundToken mean of the resampled audio tokens [D], for comparing sounds with sounds; empty
 *     where the model has none
 * @param audio audio tokens that texts attend to [A][D]; empty but for TEFAL
 */
public record ClipEmbedding(
        float[][] frames,
        float[][] framesWithoutSound,
        float[][] gates,
        float[] soundToken,
        float[][] audio) {

    /** What texts are scored against. */
    public ClipTokens tokens() {
        return new ClipTokens(frames, audio);
    }

    /** The same as if the clip had no audio track. */
    public ClipTokens tokensWithoutSound() {
        return ClipTokens.ofFrames(framesWithoutSound);
    }
}
