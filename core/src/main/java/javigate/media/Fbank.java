package javigate.media;

import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import org.jtransforms.fft.DoubleFFT_1D;

/**
 * Kaldi's log-mel filterbank as {@code torchaudio.compliance.kaldi.fbank} computes it for AVIGATE
 * and AST: 25 ms Hann windows, pre-emphasis 0.97, power spectrum of 512 points, mel bands of 20 Hz
 * to 8 kHz, natural logarithm, no dither, no energy. Double precision inside.
 *
 * <p>Safe for use by many threads.
 */
public final class Fbank {

    private static final int WINDOW = Audio.MIN_SAMPLES;
    private static final int FFT_SIZE = 512;
    private static final int SPECTRUM = FFT_SIZE / 2;
    private static final double LOW_HZ = 20;
    private static final double HIGH_HZ = 8000;
    private static final double PRE_EMPHASIS = 0.97;

    /** Smallest band energy: torch.finfo(float32).eps. */
    private static final double FLOOR = 1.1920928955078125e-07;

    private static final double[] HANN = hann();
    private static final DoubleFFT_1D FFT = new DoubleFFT_1D(FFT_SIZE);
    private static final ConcurrentHashMap<Integer, MelBank> BANKS = new ConcurrentHashMap<>();

    private Fbank() {}

    /**
     * The filterbank of a clip's sound.
     *
     * <p>The mean of the samples is subtracted first. Rows beyond the track are zero
     * <em>before</em> normalisation, as in the reference. {@link Audio.Absent} gives zeros
     * <em>after</em> normalisation, as the reference gives for a missing file; {@link Audio.Silent}
     * the same as a waveform of zeros.
     *
     * @return {@code [targetFrames, melBins]}, row-major, {@code (x − mean) / (2·std)}
     */
    public static float[] of(Audio audio, FbankConfig config) {
        return switch (audio) {
            case Audio.Absent _ -> new float[config.targetFrames() * config.melBins()];
            case Audio.Silent silent -> ofSilence(silent.sampleCount(), config);
            case Audio.Waveform wave -> ofChannels(new float[][] {wave.samples()}, config);
        };
    }

    /**
     * As the reference treats a track of several channels: the mean of all of them is subtracted,
     * the first one is used.
     *
     * @param channels equally long, at 16 kHz, at least {@link Audio#MIN_SAMPLES} samples
     * @return as {@link #of}
     */
    public static float[] ofChannels(float[][] channels, FbankConfig config) {
        float[] logMel = logMel(channels, config);
        float[] out = new float[config.targetFrames() * config.melBins()];
        System.arraycopy(logMel, 0, out, 0, logMel.length);
        normalise(out, config);
        return out;
    }

    /**
     * The natural logarithm of the mel energies, not normalised, not padded.
     *
     * @param channels as in {@link #ofChannels}
     * @return {@code [min(windows, targetFrames), melBins]}, row-major
     */
    public static float[] logMel(float[][] channels, FbankConfig config) {
        float[] wave = channels[0];
        if (wave.length < WINDOW) {
            throw new IllegalArgumentException(
                    wave.length + " samples; a filterbank needs one window of " + WINDOW);
        }
        double mean = mean(channels);
        int shift = config.shiftSamples(wave.length);
        int frames = Math.min(config.windowCount(wave.length), config.targetFrames());
        MelBank bank = BANKS.computeIfAbsent(config.melBins(), MelBank::of);
        float[] out = new float[frames * config.melBins()];
        double[] buffer = new double[FFT_SIZE];
        double[] power = new double[SPECTRUM];
        for (int t = 0; t < frames; t++) {
            powerSpectrum(wave, t * shift, mean, buffer, power);
            bank.logEnergies(power, out, t * config.melBins());
        }
        return out;
    }

    /**
     * The triangular mel weights.
     *
     * @return {@code [melBins, 256]}; the Nyquist line has no weight and no column
     */
    public static double[][] melWeights(int melBins) {
        MelBank bank = BANKS.computeIfAbsent(melBins, MelBank::of);
        double[][] weights = new double[melBins][SPECTRUM];
        for (int m = 0; m < melBins; m++) {
            System.arraycopy(bank.weights[m], 0, weights[m], bank.first[m], bank.weights[m].length);
        }
        return weights;
    }

    /** Every window of silence has every band at the floor. */
    private static float[] ofSilence(int sampleCount, FbankConfig config) {
        float[] out = new float[config.targetFrames() * config.melBins()];
        int frames = Math.min(config.windowCount(sampleCount), config.targetFrames());
        Arrays.fill(out, 0, frames * config.melBins(), (float) Math.log(FLOOR));
        normalise(out, config);
        return out;
    }

    private static void normalise(float[] values, FbankConfig config) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) ((values[i] - config.mean()) / (2 * config.std()));
        }
    }

    private static double mean(float[][] channels) {
        double sum = 0;
        for (float[] channel : channels) {
            for (float v : channel) {
                sum += v;
            }
        }
        return sum / ((double) channels.length * channels[0].length);
    }

    /** One window: offset removed, pre-emphasis with {@code x[-1] := x[0]}, Hann, |FFT|². */
    private static void powerSpectrum(
            float[] wave, int start, double mean, double[] buffer, double[] power) {
        double windowMean = 0;
        for (int i = 0; i < WINDOW; i++) {
            buffer[i] = wave[start + i] - mean;
            windowMean += buffer[i];
        }
        windowMean /= WINDOW;
        double previous = buffer[0] - windowMean;
        for (int i = 0; i < WINDOW; i++) {
            double x = buffer[i] - windowMean;
            buffer[i] = (x - PRE_EMPHASIS * previous) * HANN[i];
            previous = x;
        }
        Arrays.fill(buffer, WINDOW, FFT_SIZE, 0);
        FFT.realForward(buffer);
        power[0] = buffer[0] * buffer[0];
        for (int k = 1; k < SPECTRUM; k++) {
            power[k] = buffer[2 * k] * buffer[2 * k] + buffer[2 * k + 1] * buffer[2 * k + 1];
        }
    }

    /** Kaldi's "hanning": symmetric. */
    private static double[] hann() {
        double[] window = new double[WINDOW];
        for (int i = 0; i < WINDOW; i++) {
            window[i] = 0.5 - 0.5 * Math.cos(2 * Math.PI * i / (WINDOW - 1));
        }
        return window;
    }

    /**
     * Triangles evenly spaced on Kaldi's mel scale, {@code 1127·ln(1 + f/700)}.
     *
     * @param first the first spectrum line of each band
     * @param weights of the lines from there on
     */
    private record MelBank(int[] first, double[][] weights) {

        static MelBank of(int melBins) {
            double low = mel(LOW_HZ);
            double delta = (mel(HIGH_HZ) - low) / (melBins + 1);
            int[] first = new int[melBins];
            double[][] weights = new double[melBins][];
            for (int m = 0; m < melBins; m++) {
                double left = low + m * delta;
                double[] row = new double[SPECTRUM];
                int from = SPECTRUM;
                int to = 0;
                for (int k = 0; k < SPECTRUM; k++) {
                    double at = mel(k * (Audio.SAMPLE_RATE_HZ / (double) FFT_SIZE));
                    double rising = (at - left) / delta;
                    row[k] = Math.max(0, Math.min(rising, 2 - rising));
                    if (row[k] > 0) {
                        from = Math.min(from, k);
                        to = k + 1;
                    }
                }
                first[m] = Math.min(from, to);
                weights[m] = Arrays.copyOfRange(row, first[m], to);
            }
            return new MelBank(first, weights);
        }

        private static double mel(double hz) {
            return 1127 * Math.log(1 + hz / 700);
        }

        void logEnergies(double[] power, float[] out, int offset) {
            for (int m = 0; m < weights.length; m++) {
                double energy = 0;
                for (int k = 0; k < weights[m].length; k++) {
                    energy += power[first[m] + k] * weights[m][k];
                }
                out[offset + m] = (float) Math.log(Math.max(energy, FLOOR));
            }
        }
    }
}
