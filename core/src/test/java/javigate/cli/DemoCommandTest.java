package javigate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Runs verbs as a user does, with the model that ships. */
class DemoCommandTest {

    @TempDir Path folder;

    @Test
    void theShippedModelFindsClipsItHasNeverMetAndListens() throws Exception {
        JsonNode result =
                run(
                        new DemoCommand(),
                        "--json",
                        "--no-serve",
                        "--dir",
                        folder.toString(),
                        "--seed",
                        "11");
        assertEquals(40, result.path("clips").asInt());
        double heard = result.path("textToVideo").path("r1").asDouble();
        double muted = result.path("textToVideoWithoutSound").path("r1").asDouble();
        assertTrue(heard >= 60, "t2v R@1 " + heard);
        assertTrue(heard > muted, heard + " with sound, " + muted + " without");
        assertTrue(result.path("videoToText").path("r10").asDouble() >= 80);
    }

    @Test
    void aSearchPrintsEverythingAProgramNeeds() throws Exception {
        run(new DemoCommand(), "--json", "--no-serve", "--clips", "4", "--dir", folder.toString());
        Path library;
        try (var folders = java.nio.file.Files.list(folder.resolve("seed-1-4"))) {
            library =
                    folders.filter(f -> String.valueOf(f.getFileName()).startsWith("library-"))
                            .findFirst()
                            .orElseThrow();
        }
        JsonNode hits =
                run(
                        new SearchCommand(),
                        "--json",
                        "-k",
                        "2",
                        "--library",
                        library.toString(),
                        "a bell rings");
        assertEquals(2, hits.size());
        JsonNode hit = hits.get(0);
        assertEquals(20, hit.path("id").asText().length());
        assertTrue(hit.path("file").asText().endsWith(".mp4"));
        assertTrue(hit.path("startMs").asLong() < hit.path("endMs").asLong());
        assertTrue(hit.path("score").isNumber() && hit.path("scoreWithoutSound").isNumber());
        assertEquals(4, hit.path("gates").size());
        assertTrue(hit.path("frames").get(0).path("cosine").isNumber());
        JsonNode videos = run(new ListCommand(), "--json", "--library", library.toString());
        assertEquals(4, videos.size());
    }

    /** Runs a verb that prints JSON; it must exit with 0. */
    private static JsonNode run(Object command, String... arguments) throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            assertEquals(0, new CommandLine(command).execute(arguments));
        } finally {
            System.setOut(before);
        }
        return new ObjectMapper().readTree(printed.toByteArray());
    }
}
