package javigate.media;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import javigate.media.FbankConfig.Shift;
import org.junit.jupiter.api.Test;

class FbankTest {

    private static final FbankConfig FIXED =
            new FbankConfig(128, 1024, new Shift.Fixed(10), -5.118, 3.2527153);

    @Test
    void equalsTorchaudio() throws IOException {
        Golden golden = Golden.load("fbank");
        double[] rows = golden.values("in.rows");
        for (JsonNode wave : golden.json().get("waves")) {
            String name = wave.get("wave").asText();
            String mode = wave.get("mode").asText();
            FbankConfig config = mode.equals("adaptive") ? FbankConfig.REFERENCE : FIXED;
            float[][] channels = channels(golden, name, wave.get("channels").asInt());
            float[] out = Fbank.ofChannels(channels, config);
            assertEquals(1024 * 128, out.length);
            String key = "out." + name + "." + mode;
            double[] expected = golden.values(key + ".rows");
            for (int i = 0; i < expected.length; i++) {
                assertClose(expected[i], out[((int) rows[i / 128]) * 128 + i % 128], 0.002, 0.001);
            }
            double[] sums = golden.values(key + ".row_sum");
            double[] squares = golden.values(key + ".row_sumsq");
            for (int t = 0; t < 1024; t++) {
                double sum = 0;
                double square = 0;
                for (int m = 0; m < 128; m++) {
                    double v = out[t * 128 + m];
                    sum += v;
                    square += v * v;
                }
                assertEquals(sums[t], sum, 0.05, key + " row " + t);
                assertEquals(squares[t], square, 0.1, key + " row " + t);
            }
        }
    }

    @Test
    void logMelAndWeightsEqualTorchaudio() throws IOException {
        Golden golden = Golden.load("fbank");
        double[] raw = golden.values("out.raw_logmel_10ms");
        float[] logMel = Fbank.logMel(channels(golden, "w1p3", 1), FIXED);
        for (int i = 0; i < raw.length; i++) {
            assertEquals(raw[i], logMel[i], 0.005);
        }
        double[] weights = golden.values("out.mel_filterbank");
        double[][] ours = Fbank.melWeights(128);
        for (int i = 0; i < weights.length; i++) {
            assertEquals(weights[i], ours[i / 256][i % 256], 5e-5);
        }
    }

    @Test
    void windowCountsEqualTheReferenceTable() throws IOException {
        for (JsonNode row : Golden.load("fbank").json().get("frame_count_table").get("rows")) {
            int samples = row.get(0).asInt();
            assertEquals(row.get(2).asInt(), FbankConfig.REFERENCE.shiftSamples(samples));
            assertEquals(row.get(3).asInt(), FbankConfig.REFERENCE.windowCount(samples));
        }
    }

    @Test
    void otherShapesFollowTheConfiguration() {
        var small = new FbankConfig(64, 512, new Shift.Adaptive(), -5, 3);
        float[] samples = noise(16_000);
        float[] out = Fbank.of(new Audio.Waveform(samples), small);
        assertEquals(512 * 64, out.length);
        // 16000 samples over 512 windows: 31 samples apart, 504 windows, 8 rows of padding.
        assertEquals(31, small.shiftSamples(16_000));
        assertEquals(504, small.windowCount(16_000));
        assertEquals(5 / 6.0, out[511 * 64], 1e-6);
        assertEquals(5 / 6.0, out[504 * 64], 1e-6);
    }

    @Test
    void tracksShorterThanTheFramesShiftByOneSample() {
        assertEquals(1, FbankConfig.REFERENCE.shiftSamples(400));
        float[] out = Fbank.of(new Audio.Waveform(noise(500)), FbankConfig.REFERENCE);
        double padding = 5.118 / (2 * 3.2527153);
        assertEquals(padding, out[101 * 128], 1e-6);
        assertEquals(101, FbankConfig.REFERENCE.windowCount(500));
    }

    @Test
    void silenceIsAWaveformOfZerosAndAbsenceIsZero() {
        for (int samples : new int[] {400, 5_000, 200_000}) {
            assertArrayEquals(
                    Fbank.of(new Audio.Waveform(new float[samples]), FbankConfig.REFERENCE),
                    Fbank.of(new Audio.Silent(samples), FbankConfig.REFERENCE),
                    1e-6f);
        }
        float[] absent = Fbank.of(new Audio.Absent("no audio track"), FbankConfig.REFERENCE);
        assertArrayEquals(new float[1024 * 128], absent);
    }

    @Test
    void badConfigurationsAreRefused() {
        assertThrows(
                IllegalArgumentException.class, () -> new FbankConfig(3, 10, FIXED.shift(), 0, 1));
        assertThrows(
                IllegalArgumentException.class, () -> new FbankConfig(64, 0, FIXED.shift(), 0, 1));
        assertThrows(
                IllegalArgumentException.class, () -> new FbankConfig(64, 9, FIXED.shift(), 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Shift.Fixed(0));
        assertThrows(
                IllegalArgumentException.class,
                () -> Fbank.ofChannels(new float[][] {new float[399]}, FIXED));
    }

    @Test
    void resamplerEqualsTorchaudio() throws IOException {
        Golden golden = Golden.load("fbank");
        for (JsonNode row : golden.json().get("resample").get("cases")) {
            String name = row.get("name").asText();
            float[] in = floats(golden.values("in." + name), 32768);
            float[] out =
                    SincResampler.resample(in, row.get("orig").asInt(), row.get("new").asInt());
            assertArrayEquals(floats(golden.values("out." + name), 1), out, 3e-5f, name);
        }
    }

    private static float[][] channels(Golden golden, String wave, int channels) {
        float[] all = floats(golden.values("in." + wave), 32768);
        float[][] split = new float[channels][];
        int length = all.length / channels;
        for (int c = 0; c < channels; c++) {
            split[c] = Arrays.copyOfRange(all, c * length, (c + 1) * length);
        }
        return split;
    }

    private static float[] floats(double[] values, double divisor) {
        float[] out = new float[values.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) (values[i] / divisor);
        }
        return out;
    }

    private static float[] noise(int count) {
        Random random = new Random(11);
        float[] samples = new float[count];
        for (int i = 0; i < count; i++) {
            samples[i] = (float) (0.1 * random.nextGaussian());
        }
        return samples;
    }

    private static void assertClose(double expected, double actual, double atol, double rtol) {
        assertEquals(expected, actual, atol + rtol * Math.abs(expected));
    }
}
