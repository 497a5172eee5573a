package javigate.media;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Mp4WriterTest {

    private static final int WIDTH = 100;
    private static final int HEIGHT = 76;

    @TempDir private Path folder;

    @Test
    void picturesAndSoundSurvive() throws IOException {
        Path file = folder.resolve("a.mp4");
        write(file, 30, 44_100);
        RawDecode.Content content = RawDecode.of(file);
        assertEquals(30, content.luma().size());
        for (int i = 0; i < 30; i++) {
            assertTrue(meanError(picture(i), content.luma().get(i)) < 6, "picture " + i);
        }
        assertEquals(44_100, content.sampleRateHz());
        assertEquals(2 * 44_100, content.samples().size(), 2048);
        assertEquals(0.5, content.peak(), 0.1);
        double energy = content.samples().stream().mapToDouble(s -> (double) s * s).sum();
        assertEquals(0.125, energy / content.samples().size(), 0.01);
    }

    @Test
    void theIndexComesFirstAndTheFileIsTheSameEachTime() throws IOException {
        Path first = folder.resolve("a.mp4");
        Path second = folder.resolve("b.mp4");
        write(first, 20, 48_000);
        write(second, 20, 48_000);
        List<String> boxes = RawDecode.boxes(first);
        assertTrue(boxes.indexOf("moov") < boxes.indexOf("mdat"), boxes.toString());
        assertTrue(boxes.indexOf("moov") > 0, boxes.toString());
        assertArrayEquals(Files.readAllBytes(first), Files.readAllBytes(second));
    }

    @Test
    void withoutSoundThereIsNoTrack() throws IOException {
        Path file = folder.resolve("a.mp4");
        write(file, 5, 0);
        assertEquals(0, RawDecode.of(file).sampleRateHz());
        try (Mp4Writer writer = new Mp4Writer(file, WIDTH, HEIGHT, 15, 0, 200_000)) {
            assertThrows(IllegalStateException.class, () -> writer.writeAudio(new float[10]));
        }
    }

    @Test
    void anUnfinishedFileLeavesNothing() throws IOException {
        Path file = folder.resolve("a.mp4");
        try (Mp4Writer writer = new Mp4Writer(file, WIDTH, HEIGHT, 15, 32_000, 200_000)) {
            writer.write(picture(0));
            assertFalse(Files.exists(file));
        }
        assertEmpty();
        try (Mp4Writer writer = new Mp4Writer(file, WIDTH, HEIGHT, 15, 0, 200_000)) {
            MediaException e = assertThrows(MediaException.class, writer::finish);
            assertTrue(
                    String.valueOf(e.getMessage()).contains("a.mp4: no picture"), e.getMessage());
        }
        assertEmpty();
    }

    @Test
    void anEarlierFileStaysUntilTheNewOneIsFinished() throws IOException {
        Path file = folder.resolve("a.mp4");
        write(file, 5, 0);
        byte[] before = Files.readAllBytes(file);
        try (Mp4Writer writer = new Mp4Writer(file, WIDTH, HEIGHT, 15, 0, 200_000)) {
            writer.write(picture(3));
        }
        assertArrayEquals(before, Files.readAllBytes(file));
    }

    @Test
    void refusesWhatItCannotWrite() throws IOException {
        Path file = folder.resolve("a.mp4");
        assertThrows(
                IllegalArgumentException.class, () -> new Mp4Writer(file, 101, 76, 15, 0, 200_000));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Mp4Writer(file, 100, 76, 15, 16_000, 200_000));
        MediaException e =
                assertThrows(
                        MediaException.class,
                        () -> new Mp4Writer(folder.resolve("no/a.mp4"), 100, 76, 15, 0, 200_000));
        assertTrue(
                String.valueOf(e.getMessage()).contains("no/a.mp4: cannot be created"),
                e.getMessage());
        try (Mp4Writer writer = new Mp4Writer(file, WIDTH, HEIGHT, 15, 0, 200_000)) {
            RgbImage other = new RgbImage(2, 2, new byte[12]);
            assertThrows(IllegalArgumentException.class, () -> writer.write(other));
        }
        assertEmpty();
    }

    private void assertEmpty() throws IOException {
        try (var files = Files.list(folder)) {
            assertEquals(List.of(), files.toList());
        }
    }

    private static void write(Path file, int pictures, int sampleRateHz) throws IOException {
        try (Mp4Writer writer = new Mp4Writer(file, WIDTH, HEIGHT, 15, sampleRateHz, 400_000)) {
            for (int i = 0; i < pictures; i++) {
                writer.write(picture(i));
                if (sampleRateHz > 0) {
                    float[] sound = new float[sampleRateHz / 15];
                    for (int t = 0; t < sound.length; t++) {
                        double turns = 440.0 * (i * sound.length + t) / sampleRateHz;
                        sound[t] = (float) (0.5 * Math.sin(2 * Math.PI * turns));
                    }
                    writer.writeAudio(sound);
                }
            }
            writer.finish();
        }
    }

    private static RgbImage picture(int index) {
        byte[] rgb = new byte[WIDTH * HEIGHT * 3];
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                int at = (y * WIDTH + x) * 3;
                rgb[at] = (byte) (x * 2);
                rgb[at + 1] = (byte) (y * 3);
                rgb[at + 2] = (byte) (Math.abs(x - 3 * index) < 8 ? 250 : 20);
            }
        }
        return new RgbImage(WIDTH, HEIGHT, rgb);
    }

    /** Mean difference to the studio-range luma of BT.601, in grey levels. */
    private static double meanError(RgbImage image, byte[] luma) {
        double sum = 0;
        for (int i = 0; i < luma.length; i++) {
            int red = image.rgb()[3 * i] & 0xFF;
            int green = image.rgb()[3 * i + 1] & 0xFF;
            int blue = image.rgb()[3 * i + 2] & 0xFF;
            double expected = 16 + (65.481 * red + 128.553 * green + 24.966 * blue) / 255;
            sum += Math.abs(expected - (luma[i] & 0xFF));
        }
        return sum / luma.length;
    }
}
