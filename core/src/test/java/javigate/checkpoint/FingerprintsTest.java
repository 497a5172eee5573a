package javigate.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FingerprintsTest {

    @TempDir private Path temporary;
    private int checks;

    private String fingerprint(Path memories, Path file) throws IOException {
        return Fingerprints.of(memories, List.of(file), () -> checks++);
    }

    @Test
    void aCacheThatCannotBeWrittenCostsReadingOnly() throws IOException {
        Path file = Files.writeString(temporary.resolve("weights"), "1");
        Path memories = temporary.resolve("memories");
        String remembered = fingerprint(memories, file);
        assertEquals(remembered, fingerprint(memories, file));
        assertEquals(1, checks);
        // A folder in the memory's place cannot be replaced, nor read as one.
        try (Stream<Path> entries = Files.list(memories)) {
            Path memory = entries.findFirst().orElseThrow();
            Files.delete(memory);
            Files.createDirectories(memory.resolve("not empty"));
        }
        assertEquals(remembered, fingerprint(memories, file));
        assertEquals(2, checks);
        try (Stream<Path> entries = Files.list(memories)) {
            assertEquals(1, entries.count(), "nothing half-written is left");
        }
    }

    @Test
    void aFileInTheCachesPlaceDoesNotMatter() throws IOException {
        Path file = Files.writeString(temporary.resolve("weights"), "1");
        Path memories = Files.writeString(temporary.resolve("memories"), "a file");
        String first = fingerprint(memories, file);
        assertTrue(first.matches("[0-9a-f]{64}"), first);
        Files.writeString(file, "22");
        assertNotEquals(first, fingerprint(memories, file));
    }
}
