package javigate.index;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import javigate.search.LibraryCheck;
import javigate.search.exchange.ExportManifest;
import javigate.search.exchange.LibraryImport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that adds, updates and deletes videos, compacts and exports is killed (kill -9) at
 * random moments: {@code -Djavigate.kills=200} for more of them than every build has.
 */
class KillTest {
    private static final int ROUNDS = Integer.getInteger("javigate.kills", 8);

    /** What the writer said before and after each operation; segments 0 is a deletion. */
    private record Operation(String kind, String name, int segments, String sha256) {
        static Operation parse(String line) {
            String[] words = line.split(" ", -1);
            return new Operation(words[1], words[2], Integer.parseInt(words[3]), words[4]);
        }

        boolean isChange() {
            return !kind.equals("compact") && !kind.equals("export");
        }
    }

    /** A video as it should be found. */
    private record State(int segments, String sha256) {
        static final State ABSENT = new State(0, "-");
    }

    @TempDir Path folder;

    private final RandomGenerator random = new SplittableRandom(3);
    private final Map<String, State> acknowledged = new HashMap<>();
    private final Map<String, Integer> done = new TreeMap<>();
    private final Map<String, Integer> killedIn = new TreeMap<>();

    /** Videos of each acknowledged export that is still to be looked at. */
    private final Map<String, Map<String, State>> exports = new TreeMap<>();

    private int exportsRead;

    @Test
    void nothingAcknowledgedIsLostAndNothingHalfWrittenIsSeen() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            Process writer = start(round);
            try (BufferedReader output = writer.inputReader(StandardCharsets.UTF_8)) {
                assertEquals("open", output.readLine());
                assertThrows(
                        LibraryException.class,
                        () -> LuceneClipStore.openToWrite(library(), Samples.MODEL));
                LuceneClipStore.openToRead(library(), Samples.MODEL).close();
                List<String> said = new ArrayList<>();
                for (int lines = 2 + random.nextInt(30); lines > 0; lines--) {
                    said.add(requireNonNull(output.readLine()));
                }
                Thread.sleep(random.nextInt(150));
                // The handle's way leaves the pipe open: what was said before still counts.
                writer.toHandle().destroyForcibly();
                output.lines().forEach(said::add);
                assertTrue(writer.waitFor(20, TimeUnit.SECONDS));
                Operation underWay = follow(said);
                checkLibrary(underWay);
                checkExports(underWay);
            } finally {
                writer.destroyForcibly();
            }
            try (Stream<Path> left = Files.list(temporary())) {
                for (Path unpacked : left.toList()) {
                    Files.delete(unpacked);
                }
            }
        }
        System.out.printf(
                "%d kills; done before: %s; killed in: %s; complete exports found: %d%n",
                ROUNDS, done, killedIn, exportsRead);
        assertTrue(done.values().stream().mapToInt(n -> n).sum() >= ROUNDS, done.toString());
    }

    private Path library() {
        return folder.resolve("library");
    }

    /** Where a process unpacks DuckDB's 70 MB, which it cannot remove when killed. */
    private Path temporary() {
        return folder.resolve("temporary");
    }

    private Process start(int seed) throws IOException {
        Files.createDirectories(temporary());
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        return new ProcessBuilder(
                        java.toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xmx256m",
                        "-Djava.io.tmpdir=" + temporary(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledWriter.class.getName(),
                        folder.toString(),
                        Integer.toString(seed))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Notes what was acknowledged; the operation that was under way, if one was. */
    private @Nullable Operation follow(List<String> said) {
        Operation started = null;
        for (String line : said) {
            if (line.startsWith("start ")) {
                started = Operation.parse(line);
            } else if (line.startsWith("done ")) {
                Operation finished = Operation.parse(line);
                assertEquals(started, finished);
                if (finished.isChange()) {
                    acknowledged.put(
                            finished.name(), new State(finished.segments(), finished.sha256()));
                } else if (finished.kind().equals("export")) {
                    exports.put(finished.name(), Map.copyOf(acknowledged));
                }
                done.merge(finished.kind(), 1, Integer::sum);
                started = null;
            }
        }
        killedIn.merge(started == null ? "between" : started.kind(), 1, Integer::sum);
        return started;
    }

    /** Every video is as last acknowledged; the one whose change was under way may be as wished. */
    private void checkLibrary(@Nullable Operation underWay) throws IOException {
        LibraryCheck.Report report = LibraryCheck.run(library(), false, new FailingListener());
        assertTrue(report.isClean());
        try (ClipStore store = LuceneClipStore.openToWrite(library(), Samples.MODEL)) {
            if (underWay != null && underWay.isChange()) {
                State wished = new State(underWay.segments(), underWay.sha256());
                if (stored(store, underWay.name()).equals(wished)) {
                    acknowledged.put(underWay.name(), wished);
                } // else it is as before, which is looked at with the others
            }
            assertHolds(acknowledged, store);
        }
    }

    private static void assertHolds(Map<String, State> videos, ClipStore store) throws IOException {
        long segments = 0;
        for (Map.Entry<String, State> video : videos.entrySet()) {
            assertEquals(video.getValue(), stored(store, video.getKey()), video.getKey());
            segments += video.getValue().segments();
        }
        assertEquals(segments, store.count());
    }

    private static State stored(ClipStore store, String video) throws IOException {
        List<StoredClip> clips = store.clips(Samples.path(video));
        return clips.isEmpty()
                ? State.ABSENT
                : new State(clips.size(), clips.getFirst().file().sha256());
    }

    /** An export that has its name is complete, acknowledged or not; all are then deleted. */
    private void checkExports(@Nullable Operation underWay) throws IOException {
        if (underWay != null
                && underWay.kind().equals("export")
                && Files.exists(folder.resolve("exports").resolve(underWay.name()))) {
            exports.put(underWay.name(), Map.copyOf(acknowledged));
        }
        for (Map.Entry<String, Map<String, State>> export : exports.entrySet()) {
            Path exported = folder.resolve("exports").resolve(export.getKey());
            ExportManifest manifest = ExportManifest.read(exported);
            manifest.verify(exported, _ -> {});
            Path copy = folder.resolve("imports").resolve(export.getKey());
            LibraryImport.run(exported, manifest, copy, new FailingListener());
            try (ClipStore store = LuceneClipStore.openToRead(copy, Samples.MODEL)) {
                assertHolds(export.getValue(), store);
            }
            exportsRead++;
            delete(copy);
            delete(exported);
        }
        exports.clear();
        try (Stream<Path> left = Files.list(folder.resolve("exports"))) {
            for (Path path : left.toList()) {
                assertTrue(path.toString().contains(".part-"), path.toString());
                delete(path);
            }
        }
    }

    private static void delete(Path tree) throws IOException {
        try (Stream<Path> inside = Files.walk(tree)) {
            for (Path path : inside.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static final class FailingListener
            implements LibraryCheck.Listener, LibraryImport.Listener {
        @Override
        public void found(LibraryCheck.Problem problem) {
            throw new AssertionError(problem);
        }

        @Override
        public void readClips(long done, long of) {}

        @Override
        public void readFiles(long doneBytes, long ofBytes) {}

        @Override
        public void hashed(long bytes) {}

        @Override
        public void imported(long clips) {}
    }
}
