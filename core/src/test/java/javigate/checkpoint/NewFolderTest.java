package javigate.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewFolderTest {

    private static final String WEIGHTS = "model.safetensors";

    @TempDir private Path temporary;

    /** Both are in the middle of their files when the other is. */
    @Test
    void ofTwoWritersOfOneNameOneIsWholeAndTheOtherIsTold() throws Exception {
        Path folder = temporary.resolve("model");
        CyclicBarrier together = new CyclicBarrier(2);
        List<String> said = new ArrayList<>();
        int written = 0;
        try (ExecutorService writers = Executors.newFixedThreadPool(2)) {
            List<Future<String>> results = new ArrayList<>();
            for (String name : List.of("first", "second")) {
                results.add(writers.submit(() -> write(folder, name, together)));
            }
            for (Future<String> result : results) {
                String message = result.get();
                if (message.isEmpty()) {
                    written++;
                } else {
                    said.add(message);
                }
            }
        }
        assertEquals(1, written, said.toString());
        assertTrue(said.get(0).contains("there already"), said.toString());
        assertEquals(1, said.get(0).lines().count(), said.toString());
        String winner = Files.readString(folder.resolve(WEIGHTS));
        assertEquals(winner, Files.readString(folder.resolve("config.json")));
        assertEquals(List.of(folder), list(temporary));
    }

    /** Returns what the writer is told, nothing where it succeeds. */
    private static String write(Path folder, String name, CyclicBarrier together) {
        try {
            NewFolder.write(
                    folder,
                    part -> {
                        Files.writeString(part.resolve(WEIGHTS), name);
                        await(together);
                        Files.writeString(part.resolve("config.json"), name);
                    });
            return "";
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static void await(CyclicBarrier together) {
        try {
            int _ = together.await();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatHasNoWeightsIsNotPutInPlace() throws IOException {
        Path folder = temporary.resolve("model");
        IOException e =
                assertThrows(
                        IOException.class,
                        () ->
                                NewFolder.write(
                                        folder,
                                        part -> Files.writeString(part.resolve("a.txt"), "a")));
        assertTrue(String.valueOf(e.getMessage()).contains("no weights"), e.getMessage());
        assertEquals(List.of(), list(temporary));
    }

    @Test
    void leftoversAreSweptWhenTheyAreOld() throws IOException {
        Path old = leftover("0f8fad5b-d9cb-469f-a165-70867728950e", 2);
        Path young = leftover("7c9e6679-7425-40de-944b-e07fc1f90ae7", 0);
        Path others = Files.createDirectory(temporary.resolve(".mine.part"));
        var _ = Files.setLastModifiedTime(others, daysAgo(2));
        NewFolder.write(
                temporary.resolve("model"),
                part -> Files.writeString(part.resolve(WEIGHTS), "weights"));
        assertFalse(Files.exists(old));
        assertTrue(Files.exists(young.resolve(WEIGHTS)));
        assertTrue(Files.exists(others), "not a name of ours");
    }

    private Path leftover(String id, int days) throws IOException {
        Path folder = Files.createDirectory(temporary.resolve(".model." + id + ".part"));
        Files.writeString(folder.resolve(WEIGHTS), "half");
        return Files.setLastModifiedTime(folder, daysAgo(days));
    }

    private static FileTime daysAgo(int days) {
        return FileTime.from(Instant.now().minus(Duration.ofDays(days)));
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.toList();
        }
    }
}
