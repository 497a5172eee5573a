package javigate.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javigate.media.Clip;
import javigate.media.FfmpegVideoReader;
import javigate.media.FrameTransform;
import javigate.model.Preprocessing;
import javigate.search.TinyModel;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClipCacheTest {

    private static final Preprocessing SMALL = Preprocessing.standard(32, 1, 3, 16, 32);

    /** Version and frame count, filterbank, three pictures. */
    private static final long CLIP_BYTES = 8 + 4 * 16 * 32 + 3 * 3 * 32 * 32;

    @TempDir private Path folder;

    private Path cache;
    private Manifest.Item a;
    private Manifest.Item b;
    private int decoded;

    @BeforeEach
    void clips() throws IOException {
        cache = folder.resolve("cache");
        a = item(TinyModel.clip(folder.resolve("a.mp4"), 3, 400));
        b = item(TinyModel.clip(folder.resolve("b.mp4"), 4, 0));
    }

    @Test
    void holdsWhatDecodingGives() throws IOException {
        Manifest.Item part =
                new Manifest.Item(
                        "part", a.file(), 1000, 2000, null, List.of("c"), List.of(), "", "");
        try (ClipCache open = open(1_000_000, b, a, part, a);
                FfmpegVideoReader reader = new FfmpegVideoReader()) {
            assertEquals(4, open.size());
            assertEquals(3, decoded);
            assertEquals(1, open.frameCount(2));
            for (int i = 0; i < 2; i++) {
                Clip clip = List.of(b, a).get(i).read(reader, 1, 3);
                assertEquals(3, open.frameCount(i));
                for (int f = 0; f < 3; f++) {
                    assertArrayEquals(
                            FrameTransform.resizeAndCrop(clip.frames().get(f).image(), 32).rgb(),
                            open.picture(i, f));
                }
                assertArrayEquals(SMALL.filterbank(clip.audio()), open.filterbank(i));
            }
            assertArrayEquals(open.picture(1, 2), open.picture(3, 2));
        }
    }

    @Test
    void whatIsWrongWithAVideoIsToldEachTime() throws IOException {
        byte[] bytes = Files.readAllBytes(b.file());
        Path cut = folder.resolve("cut.mp4");
        Files.write(cut, Arrays.copyOf(bytes, bytes.length * 7 / 10));
        try (FfmpegVideoReader reader = new FfmpegVideoReader()) {
            Clip clip = item(cut).read(reader, 1, 3);
            assertFalse(clip.notes().isEmpty());
            for (int turn = 0; turn < 2; turn++) {
                try (ClipCache open = open(1_000_000, a, item(cut))) {
                    assertEquals(turn == 0 ? 2 : 0, decoded);
                    assertEquals(List.of(), open.notes(0));
                    assertEquals(clip.notes(), open.notes(1));
                    assertEquals(clip.frames().size(), open.frameCount(1));
                    int last = open.frameCount(1) - 1;
                    assertArrayEquals(
                            FrameTransform.resizeAndCrop(clip.frames().getLast().image(), 32).rgb(),
                            open.picture(1, last));
                }
            }
        }
    }

    @Test
    void aClipIsKnownByContentsStretchSoundAndPreprocessing() throws IOException {
        open(1_000_000, a, b).close();
        assertEquals(2, decoded);
        Path moved = Files.move(a.file(), folder.resolve("moved.mp4"));
        open(1_000_000, item(moved), b).close();
        assertEquals(0, decoded);

        Path sound = folder.resolve("a.wav");
        Manifest.Item heard =
                new Manifest.Item(
                        "a", moved, 0, Long.MAX_VALUE, sound, List.of("c"), List.of(), "", "");
        open(1_000_000, heard).close();
        assertEquals(1, decoded);
        Wav.write(sound, 16_000, 1);
        open(1_000_000, heard).close();
        assertEquals(1, decoded);

        // The same name, another content.
        FileTime before = Files.getLastModifiedTime(moved);
        TinyModel.clip(moved, 3, 700);
        Files.setLastModifiedTime(moved, FileTime.from(before.toInstant().plusSeconds(1)));
        open(1_000_000, item(moved)).close();
        assertEquals(1, decoded);
        try (FfmpegVideoReader reader = new FfmpegVideoReader()) {
            Preprocessing other = Preprocessing.standard(32, 1, 2, 16, 32);
            List<Integer> steps = new ArrayList<>();
            ClipCache.open(cache, List.of(b), other, List.of(reader), 1_000_000, steps::add)
                    .close();
            assertEquals(List.of(0, 1), steps);
        }
    }

    @Test
    void whatWasUnusedForLongestGoesFirstAndNothingThatIsOpen() throws IOException {
        Manifest.Item c = item(TinyModel.clip(folder.resolve("c.mp4"), 3, 900));
        open(2 * CLIP_BYTES, a).close();
        ageAll(20);
        open(2 * CLIP_BYTES, b).close();
        ageAll(10);
        // a was used later than b now.
        open(2 * CLIP_BYTES, a).close();
        open(2 * CLIP_BYTES, c).close();
        assertEquals(2, files("clips").size());
        open(2 * CLIP_BYTES, a).close();
        assertEquals(0, decoded);

        try (ClipCache held = open(2 * CLIP_BYTES, a, c)) {
            ageAll(30);
            IOException e = assertThrows(IOException.class, () -> open(2 * CLIP_BYTES, b));
            assertTrue(
                    String.valueOf(e.getMessage()).contains("over the limit of 0.00 GB; give more"),
                    e.getMessage());
            assertEquals(3, held.frameCount(0));
            assertEquals(3 * 32 * 32, held.picture(1, 2).length);
        }
        open(2 * CLIP_BYTES, b).close();
        assertEquals(1, decoded);
    }

    @Test
    void whatACrashLeavesIsRemovedAndDamageDecodedAnew() throws Exception {
        open(1_000_000, a, b).close();
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();
        Path part = Files.writeString(cache.resolve("parts/x." + ended.pid() + ".1.part"), "half");
        Path list = Files.writeString(cache.resolve("open/" + ended.pid() + ".1.keys"), "ab\n");
        Path living = ProcessHandle.current().pid() == 1 ? part : cache.resolve("parts/x.1.1.part");
        Files.writeString(living, "another process writes this");
        Path clip = files("clips").getFirst();
        Files.write(clip, new byte[100]);
        try (ClipCache open = open(1_000_000, a, b)) {
            assertEquals(1, decoded);
            assertFalse(Files.exists(part));
            assertFalse(Files.exists(list));
            assertTrue(Files.exists(living));
            assertEquals(CLIP_BYTES, Files.size(clip));
            Files.delete(clip);
            RuntimeException e =
                    assertThrows(
                            RuntimeException.class,
                            () -> {
                                open.filterbank(0);
                                open.filterbank(1);
                            });
            assertTrue(
                    String.valueOf(e.getMessage()).contains("was deleted while in use"),
                    e.getMessage());
        }
        assertEquals(List.of(), files("open"));
    }

    @Test
    void aClipThatCannotBeReadLosesNoneThatCould() throws IOException {
        Path bad = Files.writeString(folder.resolve("bad.mp4"), "no video");
        Manifest.Item never = item(TinyModel.clip(folder.resolve("c.mp4"), 3, 900));
        IOException e =
                assertThrows(IOException.class, () -> open(1_000_000, a, b, item(bad), never));
        assertTrue(String.valueOf(e.getMessage()).startsWith(bad.toString()), e.getMessage());
        assertEquals(2, files("clips").size());
        assertEquals(List.of(), files("parts"));
        open(1_000_000, a, b).close();
        assertEquals(0, decoded);
        Path missing = folder.resolve("missing.mp4");
        e = assertThrows(IOException.class, () -> open(1_000_000, a, item(missing)));
        assertEquals(
                missing + ": no such file; data check lists all that are missing", e.getMessage());
    }

    /** Opens with one decoder and counts what it decodes. */
    private ClipCache open(long limit, Manifest.Item... items) throws IOException {
        List<Integer> steps = new ArrayList<>();
        try (FfmpegVideoReader reader = new FfmpegVideoReader()) {
            ClipCache open =
                    ClipCache.open(
                            cache, List.of(items), SMALL, List.of(reader), limit, steps::add);
            decoded = steps.getLast() - steps.getFirst();
            return open;
        }
    }

    private void ageAll(long seconds) throws IOException {
        for (Path file : files("clips")) {
            Instant used = Files.getLastModifiedTime(file).toInstant();
            Files.setLastModifiedTime(file, FileTime.from(used.minusSeconds(seconds)));
        }
    }

    private List<Path> files(String name) throws IOException {
        try (Stream<Path> all = Files.walk(cache.resolve(name))) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private static Manifest.Item item(Path file) {
        return new Manifest.Item(file.toString(), file, List.of("a caption"));
    }
}
