package javigate.model.ast;

import java.util.Arrays;
import javigate.tensor.Weights;

/**
 * The shape of an AST encoder.
 *
 * @param width token width
 * @param layers transformer blocks
 * @param heads attention heads; divides the width
 * @param patchSize side of a patch of the spectrogram, bins and frames
 * @param strideFrequency step between patches along frequency, bins
 * @param strideTime step along time, frames
 * @param melBins frequency bins of the filterbank
 * @param timeFrames frames of the filterbank
 */
public record AstConfig(
        int width,
        int layers,
        int heads,
        int patchSize,
        int strideFrequency,
        int strideTime,
        int melBins,
        int timeFrames) {

    /** Layer norm's ε in AST. */
    static final double EPSILON = 1e-6;

    /** AST base as trained on AudioSet: 12 × 101 = 1,212 patches. */
    public static final AstConfig BASE = new AstConfig(768, 12, 12, 16, 10, 10, 128, 1024);

    private static final int[] PUBLISHED_STRIDES = {10, 12, 14, 16};

    public AstConfig {
        if (width < 1 || layers < 1 || heads < 1 || width % heads != 0) {
            throw new IllegalArgumentException(
                    "AST: width %d, layers %d, heads %d; all at least 1, heads a divisor of width"
                            .formatted(width, layers, heads));
        }
        if (patchSize < 1
                || strideFrequency < 1
                || strideTime < 1
                || melBins < patchSize
                || timeFrames < patchSize) {
            throw new IllegalArgumentException(
                    "AST: patches of %d, strides %d and %d on %d bins x %d frames; a patch must fit"
                            .formatted(
                                    patchSize, strideFrequency, strideTime, melBins, timeFrames));
        }
    }

    /**
     * The shape of an encoder, from its weights. Strides and filterbank are not in them: those of
     * the published models on 128 bins and 1,024 frames are tried.
     *
     * @param weights under the original names, without {@code v.}
     * @param headWidth width of an attention head: 64 in every published model
     * @throws IllegalArgumentException if the number of positions fits none of them, or a tensor
     *     has another rank
     */
    public static AstConfig fromShapes(Weights weights, int headWidth) {
        long[] positions = weights.shape("pos_embed"); // [1, P + 2, W]
        long[] kernel = weights.shape("patch_embed.proj.weight"); // [W, 1, patch, patch]
        if (positions.length != 3 || kernel.length != 4) {
            throw new IllegalArgumentException(
                    "AST: positions of shape %s, a patch kernel of shape %s; three and four sizes are wanted"
                            .formatted(Arrays.toString(positions), Arrays.toString(kernel)));
        }
        int width = Math.toIntExact(positions[2]);
        int patch = Math.toIntExact(kernel[3]);
        int layers = weights.layers("blocks.");
        for (int stride : PUBLISHED_STRIDES) {
            AstConfig config =
                    new AstConfig(
                            width,
                            layers,
                            Math.max(1, width / headWidth),
                            patch,
                            stride,
                            stride,
                            BASE.melBins(),
                            BASE.timeFrames());
            if (config.patches() + 2 == positions[1]) {
                return config;
            }
        }
        throw new IllegalArgumentException(
                "AST: positions of shape %s fit no published stride (%s) on %d bins and %d frames"
                        .formatted(
                                Arrays.toString(positions),
                                Arrays.toString(PUBLISHED_STRIDES),
                                BASE.melBins(),
                                BASE.timeFrames()));
    }

    /** The same encoder for filterbanks of another length. */
    public AstConfig withTimeFrames(int frames) {
        return new AstConfig(
                width, layers, heads, patchSize, strideFrequency, strideTime, melBins, frames);
    }

    public int frequencyPatches() {
        return (melBins - patchSize) / strideFrequency + 1;
    }

    public int timePatches() {
        return (timeFrames - patchSize) / strideTime + 1;
    }

    /** Patches of a filterbank; the tokens are two more (class and distillation). */
    public int patches() {
        return frequencyPatches() * timePatches();
    }
}
