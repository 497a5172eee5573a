package javigate.media;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import javigate.media.TestClips.Pictures;
import javigate.media.TestClips.Tone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FfmpegVideoReaderTest {

    private static final ClipRequest WHOLE = new ClipRequest(0, Long.MAX_VALUE, 1, 12);
    private static final Tone TONE = new Tone("aac", 44_100, 2, t -> 0.5);

    @TempDir Path folder;
    private final FfmpegVideoReader reader = new FfmpegVideoReader();

    @Test
    void sampledPicturesEqualThoseOfAFullDecoding() throws IOException {
        Random random = new Random(5);
        for (Map.Entry<String, Pictures> entry : kinds(random).entrySet()) {
            Pictures pictures = entry.getValue();
            Path file = TestClips.write(folder.resolve(entry.getKey()), pictures, null);
            List<RgbImage> all = decodeAll(file);
            assertEquals(pictures.times().length, all.size(), entry.getKey());
            VideoInfo info = reader.probe(file);
            assertEquals(all.size(), info.frameCount(), entry.getKey());
            int endMs = (int) info.durationMs();
            for (int round = 0; round < 6; round++) {
                int startMs = round == 0 ? 0 : random.nextInt(endMs);
                var request =
                        new ClipRequest(
                                startMs,
                                round == 0 ? Long.MAX_VALUE : startMs + 1 + random.nextInt(4000),
                                round < 2 ? 1 : 1 + random.nextInt(8),
                                1 + random.nextInt(14));
                Clip clip = reader.read(file, request);
                String what = entry.getKey() + " " + request;
                assertEquals(List.of(), clip.notes(), what);
                int[] expected =
                        FrameSampling.choose(
                                pictures.timesUs(), pictures.unitsPerSecond(), request);
                assertEquals(expected.length, clip.frames().size(), what);
                for (int i = 0; i < expected.length; i++) {
                    VideoFrame frame = clip.frames().get(i);
                    assertEquals(expected[i], TestClips.number(frame.image()), what);
                    assertArrayEquals(all.get(expected[i]).rgb(), frame.image().rgb(), what);
                    assertEquals(
                            pictures.timesUs()[expected[i]] / 1e3,
                            (double) frame.timestampMs(),
                            1.01,
                            what);
                }
            }
        }
    }

    /**
     * Containers, codecs, rates, sizes and starts. Times in containers of milliseconds fit them.
     */
    private static Map<String, Pictures> kinds(Random random) {
        Map<String, Pictures> kinds = new LinkedHashMap<>();
        Pictures mpeg4 = Pictures.constant("mpeg4", 128, 96, 25, 130);
        Pictures h264 = Pictures.constant("libopenh264", 160, 120, 30, 150);
        kinds.put("bframes.mp4", mpeg4);
        kinds.put("longgop.mp4", h264.withGop(250));
        kinds.put("gop.mkv", h264);
        kinds.put("counted.avi", mpeg4);
        kinds.put("stream.ts", h264);
        kinds.put("odd.mp4", Pictures.constant("mpeg4", 333, 181, 24, 60));
        kinds.put("narrow.mkv", Pictures.constant("mpeg4", 340, 256, 24, 60));
        kinds.put("vp8.webm", Pictures.constant("libvpx", 128, 96, 25, 75));
        long[] uneven = new long[90];
        for (int i = 1; i < uneven.length; i++) {
            uneven[i] = uneven[i - 1] + 10 + random.nextInt(140);
        }
        kinds.put("uneven.mkv", mpeg4.at(1000, uneven));
        kinds.put("uneven.mp4", h264.at(1000, uneven));
        long[] late = Arrays.stream(mpeg4.times()).map(t -> t + 50).toArray();
        kinds.put("late.mp4", mpeg4.at(25, late));
        kinds.put("late.mkv", mpeg4.at(25, late));
        kinds.put("one.mp4", h264.at(30, 0));
        return kinds;
    }

    @Test
    void picturesAreTurnedUpright() throws Exception {
        for (int degrees : new int[] {90, 180, 270}) {
            Path file = folder.resolve("turned" + degrees + ".mp4");
            TestClips.write(file, Pictures.constant("mpeg4", 128, 96, 25, 50), null);
            List<RgbImage> stored = decodeAll(file);
            TestClips.setRotation(file, degrees);
            VideoInfo info = reader.probe(file);
            assertEquals(degrees, info.rotationDegrees());
            assertEquals(degrees == 180 ? 128 : 96, info.width());
            RgbImage shown = reader.read(file, WHOLE).frames().get(1).image();
            assertEquals(info.width(), shown.width());
            assertEquals(info.height(), shown.height());
            RgbImage back = PictureConverter.rotate(shown, 360 - degrees);
            assertArrayEquals(stored.get(25).rgb(), back.rgb());
            // The corner stored top left is shown top right, bottom right or bottom left.
            int corner =
                    switch (degrees) {
                        case 90 -> shown.width() - 1;
                        case 180 -> shown.width() * shown.height() - 1;
                        default -> shown.width() * (shown.height() - 1);
                    };
            assertEquals(stored.get(25).rgb()[0], shown.rgb()[corner * 3]);
        }
    }

    @Test
    void soundKeepsItsLevelAndItsPlace() throws IOException {
        Tone steps = new Tone("aac", 44_100, 6, t -> 0.1 * (1 + Math.floor(t)));
        Pictures pictures = Pictures.constant("libopenh264", 160, 120, 30, 180);
        for (String name : List.of("steps.mp4", "steps.mkv", "steps.mov")) {
            Path file = TestClips.write(folder.resolve(name), pictures, steps);
            float[] whole = samples(reader.read(file, WHOLE));
            assertEquals(6 * 16_000, whole.length, 2100, name);
            for (int second = 0; second < 6; second++) {
                double expected = 0.1 * (1 + second) / Math.sqrt(2);
                int from = second * 16_000 + 3200;
                assertEquals(expected, rms(whole, from, from + 9600), 0.03 * expected, name);
                var part = new ClipRequest(second * 1000L, second * 1000L + 1000, 1, 4);
                float[] piece = samples(reader.read(file, part));
                assertEquals(16_000, piece.length, second == 5 ? 2100 : 1, name);
                assertEquals(expected, rms(piece, 3200, 12_800), 0.03 * expected, name);
                for (int i = 2000; i < 12_000; i++) {
                    if (name.endsWith(".mkv")) {
                        break; // Its clock ticks in milliseconds: 8 samples either way.
                    }
                    // Each piece starts on its own grid of 16 kHz: half a sample either way.
                    assertEquals(
                            whole[second * 16_000 + i],
                            piece[i],
                            0.015 * (1 + second),
                            name + " at " + i);
                }
            }
        }
    }

    @Test
    void silenceAndAbsenceAreToldApart() throws IOException {
        Pictures pictures = Pictures.constant("mpeg4", 128, 96, 25, 50);
        Tone silent = new Tone("pcm_s16le", 16_000, 2, t -> 0);
        Path mute = TestClips.write(folder.resolve("mute.avi"), pictures, silent);
        assertEquals(new Audio.Silent(32_000), reader.read(mute, WHOLE).audio());

        Path none = TestClips.write(folder.resolve("none.mp4"), pictures, null);
        assertEquals(new Audio.Absent("no audio track"), reader.read(none, WHOLE).audio());
        assertEquals("", reader.probe(none).audioCodec());

        Tone blip = new Tone("pcm_s16le", 16_000, 0.02, t -> 0.5);
        Path brief = TestClips.write(folder.resolve("blip.avi"), pictures, blip);
        assertEquals(
                new Audio.Absent("20.0 ms of sound, under one 25 ms window"),
                reader.read(brief, WHOLE).audio());

        var after = new ClipRequest(1000, 2000, 1, 4);
        assertEquals(
                new Audio.Absent("the audio track holds no sound in this part"),
                reader.read(brief, after).audio());
    }

    @Test
    void aCutFileGivesWhatIsThereAndSaysSo() throws IOException {
        Pictures pictures = Pictures.constant("libopenh264", 160, 120, 30, 300);
        Path whole = TestClips.write(folder.resolve("whole.mp4"), pictures, TONE);
        byte[] bytes = Files.readAllBytes(whole);
        Path cut = folder.resolve("cut.mp4");
        Files.write(cut, Arrays.copyOf(bytes, bytes.length * 6 / 10));
        Clip clip = reader.read(cut, WHOLE);
        assertTrue(clip.frames().size() >= 4 && clip.frames().size() < 10, clip.notes().toString());
        for (VideoFrame frame : clip.frames()) {
            assertEquals(frame.timestampMs() * 30 / 1000.0, TestClips.number(frame.image()), 1.1);
        }
        assertTrue(clip.notes().getFirst().endsWith("of 300 frames of the file cannot be read"));
    }

    @Test
    void damagedPicturesAreReplacedAndCounted() throws IOException {
        Pictures pictures = Pictures.constant("libopenh264", 160, 120, 30, 300).withGop(30);
        Path whole = TestClips.write(folder.resolve("whole.mp4"), pictures, null);
        byte[] bytes = Files.readAllBytes(whole);
        Random random = new Random(9);
        int told = 0;
        for (int round = 0; round < 8; round++) {
            byte[] broken = bytes.clone();
            int from = bytes.length / 2 + random.nextInt(bytes.length / 4);
            for (int i = from; i < from + bytes.length / 8; i++) {
                broken[i] = (byte) random.nextInt();
            }
            Path file = folder.resolve("broken" + round + ".mp4");
            Files.write(file, broken);
            Clip clip = reader.read(file, WHOLE);
            assertTrue(clip.frames().size() >= 5, "pictures " + clip.frames().size());
            Map<Long, RgbImage> all = decodeAllByTime(file);
            for (VideoFrame frame : clip.frames()) {
                RgbImage full = Objects.requireNonNull(all.get(frame.timestampMs()));
                assertArrayEquals(full.rgb(), frame.image().rgb(), file + " " + clip.notes());
            }
            told += clip.notes().isEmpty() ? 0 : 1;
        }
        assertTrue(told >= 6, told + " of 8 damaged files were reported");
    }

    @Test
    void badFilesGiveOneClearLine() throws IOException {
        Path missing = folder.resolve("missing.mp4");
        assertMessage(missing, "no such file");
        assertMessage(folder, "not a file but a folder");
        assertMessage(Files.createFile(folder.resolve("empty.mp4")), "the file is empty (0 bytes)");
        Path text = Files.writeString(folder.resolve("text.mp4"), "Not a video.\n".repeat(999));
        assertMessage(text, "not a video or of an unknown format");
        Path noise = folder.resolve("noise.mp4");
        byte[] random = new byte[50_000];
        new Random(1).nextBytes(random);
        Files.write(noise, random);
        assertMessage(noise, "");
        Path list = Files.writeString(folder.resolve("list.mp4"), "#EXTM3U\n#EXTINF:1,\na.mp4\n");
        assertMessage(list, "not a video or of an unknown format");
        Path sound = TestClips.write(folder.resolve("sound.mp4"), null, TONE);
        assertMessage(
                sound,
                "no video stream, only audio (aac, 2.0 s); a clip needs at least one picture");
        Path wave = folder.resolve("sound.wav");
        TestClips.write(wave, null, new Tone("pcm_s16le", 16_000, 1, t -> 0.1));
        assertMessage(wave, "no video stream, only audio (pcm_s16le, 1.0 s)");
    }

    @Test
    void headersWithoutPicturesAndImpossibleSizesAreRefused() throws IOException {
        Pictures pictures = Pictures.constant("libopenh264", 160, 120, 30, 30);
        Path file = TestClips.write(folder.resolve("good.mp4"), pictures, null);
        byte[] bytes = Files.readAllBytes(file);
        int data = indexOf(bytes, "mdat");
        Path header = folder.resolve("header.mp4");
        Files.write(header, Arrays.copyOf(bytes, data + 4));
        assertMessage(header, "");
        byte[] zeros = bytes.clone();
        Arrays.fill(zeros, data + 4, zeros.length, (byte) 0);
        Path hollow = folder.resolve("hollow.mp4");
        Files.write(hollow, zeros);
        MediaException e = assertThrows(MediaException.class, () -> reader.read(hollow, WHOLE));
        assertTrue(String.valueOf(e.getMessage()).contains("can be decoded"), e.getMessage());

        var late = new ClipRequest(5000, 6000, 1, 4);
        MediaException after = assertThrows(MediaException.class, () -> reader.read(file, late));
        assertTrue(
                String.valueOf(after.getMessage()).contains("ends at 1000 ms"), after.getMessage());
        assertFalse(PictureConverter.fits(16_385, 10));
        assertFalse(PictureConverter.fits(16_384, 16_384));
        assertTrue(PictureConverter.fits(7680, 4320));
    }

    private void assertMessage(Path file, String part) {
        MediaException e = assertThrows(MediaException.class, () -> reader.read(file, WHOLE));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith(file + ": ") && message.contains(part), message);
        assertFalse(message.contains("\n"), message);
        assertThrows(MediaException.class, () -> reader.probe(file));
    }

    private static List<RgbImage> decodeAll(Path file) throws IOException {
        List<RgbImage> all = new ArrayList<>();
        try (MediaInput input = MediaInput.open(file);
                StreamDecoder decoder = StreamDecoder.open(input, input.videoStream());
                PictureConverter converter = new PictureConverter(0)) {
            while (decoder.next()) {
                all.add(Objects.requireNonNull(converter.convert(decoder.frame())));
            }
        }
        return all;
    }

    private static Map<Long, RgbImage> decodeAllByTime(Path file) throws IOException {
        PictureIndex index = PictureIndex.scan(file);
        Map<Long, RgbImage> all = new LinkedHashMap<>();
        try (MediaInput input = MediaInput.open(file);
                StreamDecoder decoder = StreamDecoder.open(input, index.stream());
                PictureConverter converter = new PictureConverter(0)) {
            while (decoder.next()) {
                int at = Arrays.binarySearch(index.pts(), decoder.frame().best_effort_timestamp());
                RgbImage picture = Objects.requireNonNull(converter.convert(decoder.frame()));
                all.put(index.timesUs()[at] / 1000, picture);
            }
        }
        return all;
    }

    private static float[] samples(Clip clip) {
        return assertInstanceOf(Audio.Waveform.class, clip.audio()).samples();
    }

    private static double rms(float[] samples, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += samples[i] * samples[i];
        }
        return Math.sqrt(sum / (to - from));
    }

    private static int indexOf(byte[] bytes, String tag) {
        return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(tag);
    }
}
