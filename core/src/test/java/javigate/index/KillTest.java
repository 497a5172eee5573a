package javigate.index;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that changes a library is killed (kill -9) at random moments. */
class KillTest {
    private static final int ROUNDS = 8;

    /** What the writer said before and after each change; segments 0 is a removal. */
    private record Change(String video, int segments, String sha256) {
        static Change parse(String line) {
            String[] words = line.split(" ", -1);
            return new Change(words[1], Integer.parseInt(words[2]), words[3]);
        }
    }

    @TempDir Path folder;

    @Test
    void nothingAcknowledgedIsLostAndNothingHalfWrittenIsSeen() throws Exception {
        Map<String, Change> acknowledged = new HashMap<>();
        RandomGenerator random = new SplittableRandom(3);
        int changes = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Process writer = start(round);
            try (BufferedReader output = writer.inputReader(StandardCharsets.UTF_8)) {
                assertEquals("open", output.readLine());
                assertThrows(
                        LibraryException.class,
                        () -> LuceneClipStore.openToWrite(folder, Samples.MODEL));
                LuceneClipStore.openToRead(folder, Samples.MODEL).close();
                List<String> said = new ArrayList<>();
                for (int lines = 2 + random.nextInt(12); lines > 0; lines--) {
                    said.add(requireNonNull(output.readLine()));
                }
                Thread.sleep(random.nextInt(150));
                // The handle's way leaves the pipe open: what was said before still counts.
                writer.toHandle().destroyForcibly();
                output.lines().forEach(said::add);
                Change started = null;
                for (String line : said) {
                    if (line.startsWith("start ")) {
                        started = Change.parse(line);
                    } else if (line.startsWith("done ")) {
                        Change done = Change.parse(line);
                        assertEquals(started, done);
                        acknowledged.put(done.video(), done);
                        started = null;
                        changes++;
                    }
                }
                assertTrue(writer.waitFor(20, TimeUnit.SECONDS));
                check(acknowledged, started);
            } finally {
                writer.destroyForcibly();
            }
        }
        assertTrue(changes >= ROUNDS, changes + " changes in " + ROUNDS + " rounds");
    }

    private Process start(int seed) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        return new ProcessBuilder(
                        java.toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        folder.toString(),
                        Integer.toString(seed))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Every video is as last acknowledged; the one whose change was under way may be as wished. */
    private void check(Map<String, Change> acknowledged, @Nullable Change underWay)
            throws IOException {
        try (LuceneClipStore store = LuceneClipStore.openToWrite(folder, Samples.MODEL)) {
            store.verify();
            if (underWay != null) {
                Change found = stored(store, underWay.video());
                Change before = acknowledged.get(underWay.video());
                if (found.equals(underWay)) {
                    acknowledged.put(found.video(), found);
                } else if (before == null) {
                    assertEquals(0, found.segments());
                } // else the loop below compares it with the state before
            }
            long segments = 0;
            for (Change change : acknowledged.values()) {
                assertEquals(change, stored(store, change.video()));
                segments += change.segments();
            }
            assertEquals(segments, store.count());
        }
    }

    private static Change stored(ClipStore store, String video) throws IOException {
        List<StoredClip> clips = store.clips(Samples.path(video));
        String sha256 = clips.isEmpty() ? "-" : clips.getFirst().file().sha256();
        for (StoredClip clip : clips) {
            assertEquals(sha256, clip.file().sha256());
            assertNotNull(clip.vectors());
        }
        return new Change(video, clips.size(), sha256);
    }

    /** The process that is killed: puts, replaces and removes random videos for ever. */
    static final class Writer {
        private Writer() {}

        public static void main(String[] args) throws IOException {
            RandomGenerator random = new SplittableRandom(Long.parseLong(args[1]));
            PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
            try (ClipStore store = LuceneClipStore.openToWrite(Path.of(args[0]), Samples.MODEL)) {
                out.println("open");
                while (true) {
                    String name = "v" + random.nextInt(12) + ".mp4";
                    if (random.nextInt(5) == 0) {
                        out.println("start " + name + " 0 -");
                        store.removeVideo(Samples.path(name));
                        out.println("done " + name + " 0 -");
                        continue;
                    }
                    List<StoredClip> clips =
                            new ArrayList<>(
                                    Samples.video(
                                            random, name, 1 + random.nextInt(6), Samples.WIDTH));
                    String words =
                            name + " " + clips.size() + " " + clips.getFirst().file().sha256();
                    out.println("start " + words);
                    store.putVideo(clips);
                    out.println("done " + words);
                }
            }
        }
    }
}
