package javigate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javigate.checkpoint.Checkpoint;
import javigate.data.SightSound;
import javigate.model.clip4clip.TinyClip4Clip;
import javigate.search.TinyModel;
import javigate.search.VideoLibrary;
import javigate.server.HttpApi;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The verbs with a CLIP4Clip model folder, which does not listen, as a user runs them. */
class Clip4ClipFolderTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir static Path folder;
    private static Path model;
    private static Path library;

    @BeforeAll
    static void addVideos() throws Exception {
        model = folder.resolve("model");
        library = folder.resolve("library");
        var _ = TinyClip4Clip.save(model, TinyClip4Clip.TRANSFORMER, 1);
        Path videos = Files.createDirectory(folder.resolve("videos"));
        TinyModel.clip(videos.resolve("loud.mp4"), 3, 440);
        TinyModel.clip(videos.resolve("mute.mp4"), 2, 0);
        String said = run(new AddCommand(), inLibrary(videos.toString()));
        assertTrue(said.contains("2 indexed, 0 skipped, 0 failed"), said);
    }

    private static String[] inLibrary(String... more) {
        List<String> all = new java.util.ArrayList<>(List.of("--library", library.toString()));
        all.addAll(List.of("--model", model.toString()));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    @Test
    void anExplainedSearchSaysNothingOfGates() throws Exception {
        String said = run(new SearchCommand(), inLibrary("--explain", "a dog barks"));
        assertTrue(said.contains("loud.mp4") && said.contains("mute.mp4"), said);
        assertTrue(said.contains("the model does not listen"), said);
        assertTrue(said.contains("frames  "), said);
        for (String silent : List.of("gates", "attention", "without sound", "added", "NaN")) {
            assertFalse(said.contains(silent), silent + " in " + said);
        }
    }

    @Test
    void soundAddsNothingToAnyScore() throws Exception {
        JsonNode hits = JSON.readTree(run(new SearchCommand(), inLibrary("--json", "a dog barks")));
        JsonNode muted =
                JSON.readTree(
                        run(
                                new SearchCommand(),
                                inLibrary("--json", "--without-audio", "a dog barks")));
        assertEquals(hits, muted);
        assertEquals(2, hits.size());
        for (JsonNode hit : hits) {
            assertEquals(0, hit.path("soundAdded").asDouble());
            assertEquals(hit.path("rank").asLong(), hit.path("rankWithoutSound").asLong());
            assertEquals(0, hit.path("gates").size());
            boolean loud = hit.path("file").asText().endsWith("loud.mp4");
            assertEquals(loud ? "ignored" : "absent", hit.path("soundState").asText());
            double shares = 0;
            for (JsonNode frame : hit.path("frames")) {
                shares += frame.path("share").asDouble();
            }
            assertEquals(hit.path("score").asDouble(), shares, 1e-6);
            assertTrue(Math.abs(shares) <= 1 + 1e-6, "a cosine, not " + shares);
        }
    }

    @Test
    void thePageGetsItsAnswer() throws Exception {
        try (VideoLibrary open = VideoLibrary.openToRead(library, Checkpoint.open(model));
                HttpApi api =
                        HttpApi.start(open, new HttpApi.Options("127.0.0.1", 0, Optional.empty()));
                HttpClient client = HttpClient.newHttpClient()) {
            URI search = URI.create(api.url()).resolve("/api/search?q=a+dog");
            String answer =
                    client.send(HttpRequest.newBuilder(search).build(), BodyHandlers.ofString())
                            .body();
            JsonNode hits = JSON.readTree(answer).path("hits");
            assertEquals(2, hits.size(), answer);
            assertTrue(hits.get(0).path("gates").isArray() && hits.get(0).path("gates").isEmpty());
            assertEquals(0, hits.get(0).path("soundAdded").asDouble());
        }
    }

    @Test
    void evalRanksAlikeWithAndWithoutSound() throws Exception {
        Path data = folder.resolve("sightsound");
        SightSound.generate(data, new SightSound.Sizes(0, 0, 3), 1, (_, _) -> {});
        JsonNode result =
                JSON.readTree(
                        run(
                                new EvalCommand(),
                                "--json",
                                "--data",
                                data.toString(),
                                "--split",
                                "test",
                                "--checkpoint",
                                model.toString()));
        assertTrue(result.path("audio").isNull());
        assertEquals(3, result.path("textToVideo").path("all").path("queries").asInt());
        assertEquals(result.path("textToVideo"), result.path("textToVideoMuted"));
        assertEquals(result.path("videoToText"), result.path("videoToTextMuted"));
    }

    /** Runs a verb, which must exit with 0, and returns what it printed. */
    private static String run(Object command, String... arguments) {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            assertEquals(0, new CommandLine(command).execute(arguments));
        } finally {
            System.setOut(before);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }
}
