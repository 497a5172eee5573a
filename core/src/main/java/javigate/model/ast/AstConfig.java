package javigate.model.ast;

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
