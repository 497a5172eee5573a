package javigate.search;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SoundStateTest {
    @Test
    void soundIsUsedFromAQuarterOfADeviationOn() {
        assertEquals(SoundState.USED, SoundState.of("waveform", 0.025, 0.1));
        assertEquals(SoundState.USED, SoundState.of("waveform", -0.025, 0.1));
        assertEquals(SoundState.IGNORED, SoundState.of("waveform", 0.0249, 0.1));
        assertEquals(SoundState.IGNORED, SoundState.of("waveform", 0, 0));
        assertEquals(SoundState.USED, SoundState.of("waveform", 1e-9, 0));
        assertEquals(SoundState.SILENT, SoundState.of("silent", 1, 0.1));
        assertEquals(SoundState.ABSENT, SoundState.of("absent", 0, 0.1));
        assertEquals("used", SoundState.USED.word());
    }
}
