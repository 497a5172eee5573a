package javigate.checkpoint.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code model pull} as a user runs it. */
class HubCommandTest {

    @TempDir Path cache;
    private FakeHub hub;

    @BeforeEach
    void open() throws IOException {
        hub = new FakeHub();
    }

    @AfterEach
    void close() {
        hub.close();
    }

    private record Ran(int code, String output) {}

    private Ran run(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("javigate.cli.Javigate", "model", "pull"));
        command.addAll(List.of(arguments));
        Process process = PullProcess.start(hub, cache, command);
        String output =
                new String(
                        process.getInputStream().readAllBytes(),
                        java.nio.charset.StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertFalse(output.contains(FakeHub.TOKEN), output);
        return new Ran(process.exitValue(), output);
    }

    @Test
    void itPrintsTheFilesTheFolderAndWhatIsNext() throws Exception {
        Ran first = run(FakeHub.MODEL);
        assertEquals(0, first.code(), first.output());
        List<String> lines = first.output().lines().toList();
        assertEquals("fetched  config.json (0.0 MB)", lines.get(0));
        assertEquals("fetched  model.safetensors (0.3 MB)", lines.get(3));
        assertTrue(lines.get(4).endsWith("/snapshots/" + FakeHub.COMMIT), first.output());
        assertEquals("next: ./javigate model inspect " + FakeHub.MODEL, lines.get(5));
        JsonNode json = new ObjectMapper().readTree(run(FakeHub.MODEL, "--json").output());
        assertEquals(FakeHub.MODEL, json.path("name").asText());
        assertEquals("main", json.path("revision").asText());
        assertEquals(FakeHub.COMMIT, json.path("commit").asText());
        assertEquals(lines.get(4), json.path("folder").asText());
        assertEquals(4, json.path("files").size());
        assertEquals(300_000, json.path("files").path(3).path("bytes").asInt());
        assertFalse(json.path("files").path(3).path("fetched").asBoolean(true));
    }

    @Test
    void failuresAreOneLine() throws Exception {
        for (String name : List.of("clip", "clip-b32")) { // no name; not on this hub
            Ran ran = run(name);
            assertEquals(1, ran.code(), ran.output());
            assertEquals(1, ran.output().lines().count(), ran.output());
            assertTrue(ran.output().startsWith("javigate: "), ran.output());
        }
    }
}
