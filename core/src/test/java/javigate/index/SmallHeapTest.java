package javigate.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM with a heap far smaller than the library, and without the Vector API's module. */
class SmallHeapTest {
    private static final int CLIPS = 4000;
    private static final String HEAP = "-Xmx24m";

    @TempDir Path folder;

    @Test
    void plainJavaFindsTheSameInAFractionOfTheLibrarysSize() throws Exception {
        try (SearchBench bench = new SearchBench(folder, VectorFormat.DEFAULT, CLIPS, 3, _ -> {})) {
            assertTrue(bench.readAll() > 48_000_000);
            List<String> lines = new ArrayList<>();
            lines.add("PlainKernel");
            for (int query = 0; query < 7; query++) {
                lines.add(
                        bench.store()
                                .search(bench.query(query), 10, Scope.of(Sound.WITH))
                                .toString());
                lines.add(
                        bench.store()
                                        .ranksOf(
                                                bench.query(query),
                                                someIds(),
                                                Scope.of(Sound.WITHOUT))
                                + "");
            }
            assertEquals(lines, otherJvm());
        }
    }

    private static List<String> someIds() {
        return List.of(StoredClip.idOf(SearchBench.videoPath(0), 0));
    }

    private List<String> otherJvm() throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                HEAP,
                                "-cp",
                                System.getProperty("java.class.path"),
                                Searcher.class.getName(),
                                folder.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        List<String> lines = process.inputReader(StandardCharsets.UTF_8).lines().toList();
        assertEquals(0, process.waitFor());
        return lines;
    }

    /** The other process. */
    static final class Searcher {
        private Searcher() {}

        public static void main(String[] args) throws IOException {
            System.out.println(DotKernel.best().getClass().getSimpleName());
            List<float[]> queries = new ArrayList<>();
            for (int query = 0; query < 7; query++) {
                queries.add(SearchBench.query(3, query));
            }
            try (ClipStore store = LuceneClipStore.openToRead(Path.of(args[0]), null)) {
                List<SearchResult> batch = store.searchBatch(queries, 10, Scope.of(Sound.WITH));
                for (int query = 0; query < queries.size(); query++) {
                    System.out.println(batch.get(query));
                    System.out.println(
                            store.ranksOf(queries.get(query), someIds(), Scope.of(Sound.WITHOUT)));
                }
            }
        }
    }
}
