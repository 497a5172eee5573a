package javigate.verify;

import static javigate.verify.ReferenceCase.integer;
import static javigate.verify.ReferenceCase.number;
import static javigate.verify.ReferenceCase.rows;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import javigate.media.Fbank;
import javigate.media.FbankConfig;
import javigate.media.FbankConfig.Shift;
import javigate.media.SincResampler;

/** The reference case of the filterbank and of resampling. */
final class SoundCases {

    private static final double INT16_SCALE = 32768;

    /** Where {@code out.raw_logmel_10ms} does not say otherwise. */
    private static final double KALDI_SHIFT_MS = 10;

    private SoundCases() {}

    /** Filterbanks of waves, the table of window counts, the mel weights, the resampler. */
    static void fbank(ReferenceCase c, Path folder) {
        for (JsonNode wave : rows(c.json(), "waves")) {
            wave(c, wave);
        }
        rawLogMel(c);
        melWeights(c);
        windowCounts(c);
        JsonNode resample = c.json().path("resample");
        for (JsonNode row : rows(resample, "cases")) {
            String name = row.path("name").asText();
            c.compare(
                    "out." + name,
                    SincResampler.resample(
                            samples(c, "in." + name), integer(row, "orig"), integer(row, "new")),
                    c.tensors().floats("out." + name),
                    c.tolerance("resample").path("atol").asDouble(),
                    c.tolerance("resample").path("rtol").asDouble());
        }
    }

    private static void wave(ReferenceCase c, JsonNode wave) {
        String name = wave.path("wave").asText();
        String out = "out." + name + "." + wave.path("mode").asText() + ".";
        FbankConfig config =
                config(
                        c,
                        wave.path("mode").asText().equals("adaptive")
                                ? new Shift.Adaptive()
                                : new Shift.Fixed(number(wave, "frame_shift_ms")));
        float[][] channels = channels(c, "in." + name, integer(wave, "channels"));
        int sampleCount = channels[0].length;
        c.exact(out + "samples", sampleCount, integer(wave, "samples"));
        c.exact(
                out + "shift",
                config.shiftSamples(sampleCount),
                integer(wave, "window_shift_samples"));
        c.exact(
                out + "frames",
                config.windowCount(sampleCount),
                integer(wave, "frames_before_pad_or_cut"));
        float[] fbank = Fbank.ofChannels(channels, config); // [T, M]
        int bins = config.melBins();
        long[] indices = c.tensors().longs("in.rows");
        double[] kept = new double[indices.length * bins];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = fbank[Math.toIntExact(indices[i / bins]) * bins + i % bins];
        }
        double[] sums = new double[config.targetFrames()];
        double[] squares = new double[config.targetFrames()];
        for (int i = 0; i < fbank.length; i++) {
            sums[i / bins] += fbank[i];
            squares[i / bins] += (double) fbank[i] * fbank[i];
        }
        compare(c, out + "rows", kept, "rows");
        compare(c, out + "row_sum", sums, "row_sum");
        compare(c, out + "row_sumsq", squares, "row_sumsq");
    }

    /** The log-mel energies as they are before normalisation, of the wave the case names. */
    private static void rawLogMel(ReferenceCase c) {
        String name = "out.raw_logmel_10ms";
        String meaning = c.json().path("tensors").path(name).path("meaning").asText();
        for (JsonNode wave : rows(c.json(), "waves")) {
            String waveName = wave.path("wave").asText();
            if (Pattern.compile("\\b" + Pattern.quote(waveName) + "\\b").matcher(meaning).find()) {
                float[] all =
                        Fbank.logMel(
                                channels(c, "in." + waveName, integer(wave, "channels")),
                                config(c, new Shift.Fixed(KALDI_SHIFT_MS)));
                float[] first = Arrays.copyOf(all, c.tensors().floats(name).length);
                compare(c, name, first, "raw_logmel");
                return;
            }
        }
        throw new IllegalArgumentException(
                name + ": its meaning (\"" + meaning + "\") names no wave of the case");
    }

    private static void melWeights(ReferenceCase c) {
        double[] weights =
                Arrays.stream(Fbank.melWeights(c.config("mel_bins")))
                        .flatMapToDouble(Arrays::stream)
                        .toArray();
        compare(c, "out.mel_filterbank", weights, "mel_filterbank");
    }

    /**
     * The reference stops where its shift truncates to no sample (tracks shorter than the frames);
     * javigate goes on with one, so a row that says 0 has nothing to compare with.
     */
    private static void windowCounts(ReferenceCase c) {
        JsonNode table = c.json().path("frame_count_table");
        FbankConfig config = config(c, new Shift.Adaptive());
        for (JsonNode row : rows(table, "rows")) {
            int sampleCount = integer(row, 0, "samples");
            int shift = integer(row, 2, "window_shift_samples");
            if (shift > 0) {
                String name = "frame_count_table." + sampleCount;
                c.exact(name + ".shift", config.shiftSamples(sampleCount), shift);
                c.exact(
                        name + ".frames",
                        config.windowCount(sampleCount),
                        integer(row, 3, "frames_before_pad_or_cut"));
            }
        }
    }

    private static FbankConfig config(ReferenceCase c, Shift shift) {
        return new FbankConfig(
                c.config("mel_bins"),
                c.config("target_frames"),
                shift,
                c.configNumber("norm_mean"),
                c.configNumber("norm_std"));
    }

    private static void compare(ReferenceCase c, String name, double[] ours, String part) {
        c.compare(
                name,
                ours,
                c.tensors().doubles(name),
                c.tolerance(part).path("atol").asDouble(),
                c.tolerance(part).path("rtol").asDouble());
    }

    private static void compare(ReferenceCase c, String name, float[] ours, String part) {
        c.compare(
                name,
                ours,
                c.tensors().floats(name),
                c.tolerance(part).path("atol").asDouble(),
                c.tolerance(part).path("rtol").asDouble());
    }

    private static float[][] channels(ReferenceCase c, String name, int count) {
        float[] all = samples(c, name);
        int length = all.length / count;
        float[][] channels = new float[count][];
        for (int i = 0; i < count; i++) {
            channels[i] = Arrays.copyOfRange(all, i * length, (i + 1) * length);
        }
        return channels;
    }

    private static float[] samples(ReferenceCase c, String name) {
        float[] samples = c.tensors().floats(name);
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (float) (samples[i] / INT16_SCALE);
        }
        return samples;
    }
}
