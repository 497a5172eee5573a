package javigate.model;

/**
 * What a model makes of a clip. F frames, D joint width, L layers.
 *
 * @param frames clip embedding with its sound [F][D], not normalised
 * @param framesWithoutSound the same clip embedded as if it had no audio track [F][D]
 * @param gates g_mha and g_ffn of each layer [L][2], each in (−1, 1); L is 0 where the model does
 *     not listen
 * @param soundToken mean of the resampled audio tokens [D], for comparing sounds with sounds; empty
 *     where the model does not listen
 */
public record ClipEmbedding(
        float[][] frames, float[][] framesWithoutSound, float[][] gates, float[] soundToken) {}
