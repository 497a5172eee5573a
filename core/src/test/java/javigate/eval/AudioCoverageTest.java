package javigate.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Random;
import javigate.media.Audio;
import javigate.model.Preprocessing;
import org.junit.jupiter.api.Test;

class AudioCoverageTest {

    @Test
    void everyKindOfSoundIsCountedAsWhatItIs() {
        Preprocessing preprocessing = Preprocessing.standard(32, 2, 6, 16, 32);
        Random random = new Random(4);
        float[] quiet = new float[16_000];
        for (int i = 8000; i < 9000; i++) {
            quiet[i] = 1e-3F * random.nextFloat();
        }
        List<Audio> tracks =
                List.of(
                        new Audio.Absent("no audio track"),
                        new Audio.Silent(Audio.MIN_SAMPLES), // nearly all padding
                        new Audio.Silent(500_000), // no padding
                        new Audio.Waveform(quiet),
                        new Audio.Silent(16_000),
                        new Audio.Waveform(quiet));
        AudioCoverage coverage = AudioCoverage.NONE;
        for (Audio track : tracks) {
            coverage = coverage.plus(preprocessing.filterbank(track));
        }
        assertEquals(new AudioCoverage(2, 3, 1), coverage);
        assertEquals(6, coverage.clips());
    }
}
