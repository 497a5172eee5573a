package javigate.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import javigate.media.TestClips.Pictures;
import javigate.media.TestClips.Tone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of real files. */
class ShotChangesTest {

    @TempDir Path folder;

    @Test
    void scenesBeginOnTheirFirstPicture() throws IOException {
        Path file = scenes("scenes.mp4", 160, 120, 25, 70, 149, 330);
        ShotChanges expected = new ShotChanges(List.of(2800L, 5960L), List.of());
        try (FfmpegVideoReader here = new FfmpegVideoReader();
                WorkerVideoReader worker = new WorkerVideoReader()) {
            assertEquals(expected, here.shotChanges(file));
            assertEquals(expected, worker.shotChanges(file));
        }
    }

    @Test
    void aScanFromTheMiddleFindsTheSame() throws IOException {
        Path file = scenes("scenes.mp4", 160, 120, 25, 70, 149, 330);
        try (FfmpegVideoReader reader = new FfmpegVideoReader();
                ShotScan scan = reader.scanShots(file, 3100)) {
            ShotScan.Part part = scan.next();
            assertEquals(List.of(5960L), part.cutsMs());
            assertTrue(!part.more() || !scan.next().more());
        }
        Path stream = TestClips.write(folder.resolve("stream.avi"), numbers(), null);
        try (FfmpegVideoReader reader = new FfmpegVideoReader()) {
            MediaException e =
                    assertThrows(MediaException.class, () -> reader.scanShots(stream, 1000));
            assertEquals(
                    stream + ": cannot be read from 1000 ms on; convert it to mp4 or webm",
                    e.getMessage());
        }
    }

    @Test
    void aDamagedPartCostsThatPart() throws IOException {
        Path file = scenes("scenes.mp4", 160, 120, 25, 100, 300, 500, 700);
        byte[] bytes = Files.readAllBytes(file);
        Random random = new Random(3);
        for (int i = bytes.length * 2 / 5; i < bytes.length / 2; i++) {
            bytes[i] = (byte) random.nextInt(256);
        }
        Files.write(file, bytes);
        try (FfmpegVideoReader reader = new FfmpegVideoReader()) {
            List<Long> cuts = reader.shotChanges(file).timesMs();
            assertTrue(cuts.containsAll(List.of(4000L, 20_000L)), cuts.toString());
        }
    }

    @Test
    void oddFilesAreLookedThrough() throws Exception {
        Path turned = scenes("turned.mp4", 160, 120, 10, 30, 70);
        TestClips.setRotation(turned, 90);
        Path odd =
                TestClips.write(
                        folder.resolve("odd.mkv"),
                        Pictures.constant("libvpx", 97, 51, 25, 60),
                        null);
        Path variable =
                TestClips.write(
                        folder.resolve("variable.mp4"),
                        numbers().at(1000, 0, 40, 41, 900, 5000, 9000),
                        null);
        Path one = TestClips.write(folder.resolve("one.mp4"), numbers().at(25, 0), null);
        Path stream =
                TestClips.write(
                        folder.resolve("stream.ts"),
                        Pictures.constant("mpeg2video", 64, 48, 25, 50),
                        null);
        Path sound =
                TestClips.write(
                        folder.resolve("sound.mp4"), null, new Tone("aac", 44_100, 1, t -> 0.3));
        try (FfmpegVideoReader reader = new FfmpegVideoReader()) {
            assertEquals(List.of(3000L), reader.shotChanges(turned).timesMs());
            for (Path file : List.of(odd, variable, one, stream)) {
                long durationMs = reader.probe(file).durationMs();
                for (long cut : reader.shotChanges(file).timesMs()) {
                    assertTrue(cut < durationMs, file + ": " + cut);
                }
            }
            assertThrows(MediaException.class, () -> reader.shotChanges(sound));
        }
    }

    @Test
    void timesAscend() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new ShotChanges(List.of(2000L, 2000L), List.of()));
        assertThrows(IllegalArgumentException.class, () -> new ShotChanges(List.of(0L), List.of()));
    }

    private static Pictures numbers() {
        return Pictures.constant("mpeg4", 64, 48, 25, 50);
    }

    /** Each scene a field of coloured blocks, in which a bright one moves. */
    private Path scenes(String name, int width, int height, int fps, int... ends)
            throws IOException {
        Path file = folder.resolve(name);
        try (Mp4Writer writer = new Mp4Writer(file, width, height, fps, 0, 400_000)) {
            int n = 0;
            for (int scene = 0; scene < ends.length; scene++) {
                byte[] blocks = new byte[16 * 3];
                new Random(scene).nextBytes(blocks);
                for (; n < ends[scene]; n++) {
                    byte[] rgb = new byte[width * height * 3];
                    for (int i = 0; i < rgb.length; i++) {
                        int x = i / 3 % width;
                        int y = i / 3 / width;
                        int block = y * 4 / height * 4 + x * 4 / width;
                        boolean moving = Math.abs(x - n * 3 % width) < 8 && y < height / 4;
                        rgb[i] = moving ? (byte) 250 : blocks[3 * block + i % 3];
                    }
                    writer.write(new RgbImage(width, height, rgb));
                }
            }
            writer.finish();
        }
        return file;
    }
}
