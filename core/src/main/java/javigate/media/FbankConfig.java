package javigate.media;

/**
 * Shape and scale of a filterbank.
 *
 * @param melBins M, bands between 20 Hz and 8 kHz, 4..{@value #MAX_MEL_BINS}; the published models
 *     take 128
 * @param targetFrames T, rows of the result, 1..{@value #MAX_FRAMES}; the published models take
 *     1024
 * @param shift distance between windows
 * @param mean subtracted from every value
 * @param std every value is divided by twice this, above 0
 */
public record FbankConfig(int melBins, int targetFrames, Shift shift, double mean, double std) {

    /** More bands than this are narrower than the spectrum's lines. */
    public static final int MAX_MEL_BINS = 256;

    /** Rows beyond this are no input of any model here. */
    public static final int MAX_FRAMES = 1 << 16;

    /** What AVIGATE's official loader uses: 128 bands, 1024 rows, adaptive shift. */
    public static final FbankConfig REFERENCE =
            new FbankConfig(128, 1024, new Shift.Adaptive(), -5.118, 3.2527153);

    public FbankConfig {
        if (melBins < 4 || melBins > MAX_MEL_BINS) {
            throw new IllegalArgumentException(
                    melBins + " mel bins; 4 to " + MAX_MEL_BINS + " are possible");
        }
        if (targetFrames < 1 || targetFrames > MAX_FRAMES) {
            throw new IllegalArgumentException(
                    targetFrames + " filterbank frames; 1 to " + MAX_FRAMES + " are possible");
        }
        if (!Double.isFinite(mean) || !Double.isFinite(std) || std <= 0) {
            throw new IllegalArgumentException(
                    "filterbank mean %s, deviation %s; both finite, the deviation above 0"
                            .formatted(mean, std));
        }
    }

    /** Distance between the starts of two windows, truncated to whole samples. */
    public sealed interface Shift {

        /**
         * The same for every track.
         *
         * @param shiftMs milliseconds, 0.0625 (one sample) to 1000; 10 is Kaldi's
         */
        record Fixed(double shiftMs) implements Shift {
            public Fixed {
                if (!(shiftMs >= 0.0625 && shiftMs <= 1000)) {
                    throw new IllegalArgumentException(
                            "frame shift of " + shiftMs + " ms; 0.0625 to 1000 are possible");
                }
            }
        }

        /**
         * AVIGATE's: {@code samples·1000 / (16000·targetFrames)} ms, so that a whole track gives
         * about {@code targetFrames} windows. Where that truncates to no sample (the official code
         * stops there) one sample is taken.
         */
        record Adaptive() implements Shift {}
    }

    /** Whole samples between the windows of a track of {@code sampleCount} samples, at least 1. */
    public int shiftSamples(int sampleCount) {
        double shiftMs =
                switch (shift) {
                    case Shift.Fixed fixed -> fixed.shiftMs();
                    case Shift.Adaptive _ ->
                            sampleCount * 1000.0 / ((double) Audio.SAMPLE_RATE_HZ * targetFrames);
                };
        // The order of the products is torchaudio's; it decides some truncations.
        return Math.max(1, (int) (Audio.SAMPLE_RATE_HZ * shiftMs * 0.001));
    }

    /**
     * Windows a track gives before it is padded or cut to {@link #targetFrames}.
     *
     * @param sampleCount at least {@link Audio#MIN_SAMPLES}
     */
    public int windowCount(int sampleCount) {
        return 1 + (sampleCount - Audio.MIN_SAMPLES) / shiftSamples(sampleCount);
    }
}
