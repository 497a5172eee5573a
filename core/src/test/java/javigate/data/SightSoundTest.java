package javigate.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javigate.data.ClipSpec.Heard;
import javigate.data.ClipSpec.Kind;
import javigate.data.ClipSpec.Source;
import javigate.media.RawDecode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SightSoundTest {

    private static final SightSound.Sizes SIZES = new SightSound.Sizes(10, 10, 20);

    @TempDir private static Path folder;

    private static final List<Integer> STEPS = new ArrayList<>();

    @BeforeAll
    static void generate() throws IOException {
        SightSound.Made made =
                SightSound.generate(folder, SIZES, 3, (done, total) -> STEPS.add(done));
        assertEquals(40, made.written());
        assertEquals(0, made.kept());
    }

    @Test
    void progressCountsEveryClip() {
        List<Integer> expected = new ArrayList<>();
        for (int i = 0; i <= 40; i++) {
            expected.add(i);
        }
        assertEquals(expected, STEPS);
    }

    @Test
    void whatIsHeardIsWhatTheMetadataSay() throws IOException {
        Map<String, Integer> kinds = new HashMap<>();
        for (String split : List.of("train", "val", "test")) {
            for (Manifest.Item item : Manifest.readSightSound(folder, split).items()) {
                RawDecode.Content content = RawDecode.of(item.file());
                kinds.merge(item.kind(), 1, Integer::sum);
                assertTrue(content.luma().size() >= 36, item + " has few pictures");
                switch (item.kind()) {
                    case "absent" -> assertEquals(0, content.sampleRateHz(), item.videoId());
                    case "silent" -> {
                        assertTrue(content.samples().size() > 90_000, item.videoId());
                        assertEquals(0, content.peak(), item.videoId());
                    }
                    default -> assertTrue(content.peak() > 0.2, item + " is " + content.peak());
                }
            }
        }
        assertEquals(Map.of("informative", 20, "irrelevant", 12, "silent", 4, "absent", 4), kinds);
    }

    @Test
    void everyFileHasItsIndexInFront() throws IOException {
        try (var files = Files.list(folder.resolve("videos"))) {
            for (Path file : files.toList()) {
                List<String> boxes = RawDecode.boxes(file);
                assertTrue(boxes.indexOf("moov") < boxes.indexOf("mdat"), file + " " + boxes);
            }
        }
    }

    @Test
    void anInterruptedRunIsCompletedAndAnotherSeedRefused() throws IOException {
        Path lost = folder.resolve("videos/test00007.mp4");
        byte[] before = Files.readAllBytes(lost);
        Files.delete(lost);
        SightSound.Made made = SightSound.generate(folder, SIZES, 3, (done, total) -> {});
        assertEquals(1, made.written());
        assertEquals(39, made.kept());
        assertArrayEquals(before, Files.readAllBytes(lost));
        IOException e =
                assertThrows(
                        IOException.class,
                        () -> SightSound.generate(folder, SIZES, 4, (done, total) -> {}));
        assertTrue(String.valueOf(e.getMessage()).contains("another seed"), e.getMessage());
    }

    @Test
    void manifestsHoldAllCaptionsToTrainAndOneToTest() throws IOException {
        for (Manifest.Item item : Manifest.readSightSound(folder, "train").items()) {
            assertEquals(5, item.captions().size());
            assertEquals(5, item.sightCaptions().size());
            assertNotEquals("", item.sound());
        }
        Manifest test = Manifest.readSightSound(folder, "test");
        assertEquals(20, test.items().size());
        assertEquals(List.of(), test.missing());
        test.items().forEach(item -> assertEquals(1, item.captions().size()));
    }

    @Test
    void everySoundBeginsInTimeKeepsItsLoudnessAndNeverPausesLong() {
        for (Source source : Source.values()) {
            if (source == Source.NONE) {
                continue;
            }
            Kind kind = Source.NAMED.contains(source) ? Kind.INFORMATIVE : Kind.IRRELEVANT;
            for (int seed = 0; seed < 4; seed++) {
                Heard heard =
                        new Heard(kind, source, 80 + 15 * seed, 75 + 18 * seed, 60, 500, seed);
                float[] track = SoundSynth.track(heard, 4000);
                assertEquals(4 * Tones.SAMPLE_RATE_HZ, track.length);
                float peak = 0;
                int lastLoud = Tones.SAMPLE_RATE_HZ / 2;
                for (int i = 0; i < track.length; i++) {
                    float size = Math.abs(track[i]);
                    peak = Math.max(peak, size);
                    if (size > 0.05) {
                        double pauseS = (double) (i - lastLoud) / Tones.SAMPLE_RATE_HZ;
                        assertTrue(pauseS >= 0, source + " begins before its onset");
                        assertTrue(pauseS < 0.8, source + " pauses for " + pauseS + " s");
                        lastLoud = i;
                    }
                }
                assertEquals(0.6, peak, 1e-4, source.toString());
                assertTrue(track.length - lastLoud < 0.8 * Tones.SAMPLE_RATE_HZ, source + " ends");
            }
        }
    }

    @Test
    void refusesSizesThatMakeNothing() {
        assertThrows(IllegalArgumentException.class, () -> new SightSound.Sizes(0, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new SightSound.Sizes(-1, 0, 5));
    }
}
