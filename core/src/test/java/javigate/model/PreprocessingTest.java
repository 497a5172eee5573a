package javigate.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.List;
import javigate.media.Audio;
import javigate.media.Fbank;
import javigate.media.FbankConfig;
import org.junit.jupiter.api.Test;

class PreprocessingTest {

    private static final Preprocessing ADAPTIVE = Preprocessing.standard(32, 1, 6, 32, 64);

    private static Preprocessing fixed(double shiftMs) {
        return new Preprocessing(
                32,
                ADAPTIVE.imageMean(),
                ADAPTIVE.imageStd(),
                1,
                6,
                32,
                64,
                ADAPTIVE.fbankMean(),
                ADAPTIVE.fbankStd(),
                shiftMs);
    }

    /** TEFAL's ablation: frames 10 ms apart, however long the track is. */
    @Test
    void aFixedShiftIsTheFilterbanks() {
        float[] samples = new float[3 * Audio.SAMPLE_RATE_HZ];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (float) Math.sin(1e-6 * i * i);
        }
        Audio track = new Audio.Waveform(samples);
        FbankConfig config =
                new FbankConfig(
                        32,
                        64,
                        new FbankConfig.Shift.Fixed(10),
                        ADAPTIVE.fbankMean(),
                        ADAPTIVE.fbankStd());
        assertArrayEquals(Fbank.of(track, config), fixed(10).filterbank(track));
        assertFalse(Arrays.equals(fixed(10).filterbank(track), ADAPTIVE.filterbank(track)));
    }

    @Test
    void onlyAFixedShiftIsWritten() throws Exception {
        ObjectMapper json = new ObjectMapper();
        assertFalse(json.writeValueAsString(ADAPTIVE).contains("frameShiftMs"));
        String written = json.writeValueAsString(fixed(10));
        assertEquals(fixed(10), json.readValue(written, Preprocessing.class));
        for (double wrong : List.of(-1.0, Double.NaN)) {
            String message =
                    String.valueOf(
                            assertThrows(IllegalArgumentException.class, () -> fixed(wrong))
                                    .getMessage());
            assertTrue(message.contains("a frame shift of " + wrong + " ms"), message);
        }
    }
}
