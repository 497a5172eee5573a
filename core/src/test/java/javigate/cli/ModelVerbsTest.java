package javigate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javigate.checkpoint.TinyTowers;
import javigate.model.avigate.TinyAvigate;
import javigate.search.TinyModel;
import javigate.tensor.Weights;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verbs of models in an empty home. */
class ModelVerbsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir private Path temporary;
    private Path home = Path.of("");
    private Path clip = Path.of("");
    private Path ast = Path.of("");

    @BeforeEach
    void towers() throws IOException {
        home = Files.createDirectory(temporary.resolve("home"));
        clip = temporary.resolve("clip");
        ast = temporary.resolve("ast");
        Weights tiny = TinyAvigate.weights(TinyTowers.CONFIG, 1);
        TinyTowers.writeClip(clip, tiny);
        TinyTowers.writeAst(ast, tiny);
    }

    private record Said(int code, String out, String err) {}

    private Said javigate(String... arguments) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        String ownHome = System.getProperty("user.home");
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
        System.setProperty("user.home", home.toString());
        try {
            int code = Javigate.run(arguments);
            return new Said(
                    code,
                    printed.toString(StandardCharsets.UTF_8),
                    errors.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
            System.setProperty("user.home", ownHome);
        }
    }

    @Test
    void aModelIsAssembledListedInspectedAndSearchedWith() throws Exception {
        Said made =
                javigate(
                        "model",
                        "assemble",
                        "--clip",
                        clip.toString(),
                        "--ast",
                        ast.toString(),
                        "--name",
                        "mine",
                        "--head-width",
                        "16",
                        "--json");
        assertEquals(0, made.code(), made.err());
        JsonNode model = JSON.readTree(made.out());
        assertEquals("avigate", model.path("architecture").asText());
        Path folder = home.resolve(".local/share/javigate-models/mine");
        assertEquals(folder.toString(), model.path("path").asText());

        Said inspected = javigate("model", "inspect", "mine", "--json");
        assertEquals(model, JSON.readTree(inspected.out()), inspected.err());
        long parts = 0;
        for (JsonNode part : model.path("parts")) {
            parts += part.path("within").asBoolean() ? 0 : part.path("parameters").asLong();
        }
        assertEquals(model.path("parameters").asLong(), parts);

        Said listed = javigate("model", "list");
        assertTrue(listed.out().contains("javigate-small"), listed.out());
        assertTrue(listed.out().contains(folder.toString()), listed.out());

        Path video = temporary.resolve("loud.mp4");
        TinyModel.clip(video, 2, 440);
        Said added = javigate("add", "--model", "mine", video.toString());
        assertEquals(0, added.code(), added.out() + added.err());
        // The library knows its model.
        Said found = javigate("search", "a dog barks", "--json");
        assertEquals(0, found.code(), found.err());
        assertEquals(1, JSON.readTree(found.out()).size());
    }

    @Test
    void foreignWeightsAreInspectedAndConvertedAndBack() throws Exception {
        Path checkpoint = temporary.resolve("pytorch_model.bin.4");
        TinyTowers.writeCheckpoint(checkpoint, TinyAvigate.weights(TinyTowers.CONFIG, 1));
        Said inspected = javigate("model", "inspect", checkpoint.toString());
        assertEquals(0, inspected.code(), inspected.err());
        assertTrue(inspected.out().contains("AVIGATE"), inspected.out());
        assertTrue(inspected.out().contains("gates"), inspected.out());
        assertTrue(inspected.out().contains("heads and buffers"), inspected.out());

        Path out = temporary.resolve("converted");
        List<String> convert =
                List.of(
                        "model",
                        "convert",
                        checkpoint.toString(),
                        "--out",
                        out.toString(),
                        "--head-width",
                        "16");
        refused("no vocabulary", convert.toArray(String[]::new));
        Said converted =
                javigate(
                        Stream.concat(convert.stream(), Stream.of("--vocab", clip.toString()))
                                .toArray(String[]::new));
        assertEquals(0, converted.code(), converted.err());
        refused("not empty", convert.toArray(String[]::new));

        Path back = temporary.resolve("back");
        Said written =
                javigate(
                        "model",
                        "convert",
                        checkpoint.toString(),
                        "--to",
                        "hugging-face-clip",
                        "--vocab",
                        clip.toString(),
                        "--out",
                        back.toString(),
                        "--head-width",
                        "16");
        assertEquals(0, written.code(), written.err());
        for (String file :
                List.of("config.json", "model.safetensors", "vocab.json", "merges.txt")) {
            assertEquals(
                    -1, Files.mismatch(clip.resolve(file), back.resolve(file)), file + " differs");
        }
    }

    @Test
    void mistakesGetOneLine() throws Exception {
        refused("no such file or folder", "model", "inspect", "nothing/here.pt");
        refused("model pull clip-b32", "model", "assemble", "--clip", "clip-b32");
        refused("--preset", "model", "assemble", "--random");
        refused("name a --clip", "model", "assemble");
        refused("an AST is wanted", "model", "assemble", "--clip", clip + "", "--ast", clip + "");
        refused("see ./javigate model list", "search", "x", "--model", "unknown");
        Path text = temporary.resolve("notes.txt");
        Files.writeString(text, "no weights at all\n");
        refused("not a weight file", "model", "inspect", text.toString());
        Files.writeString(
                clip.resolve("config.json"), "{\"vision_config\": {\"hidden_act\": \"gelu\"}}");
        refused("hidden_act gelu", "model", "assemble", "--clip", clip.toString());
    }

    private void refused(String said, String... arguments) throws Exception {
        Said result = javigate(arguments);
        assertEquals(1, result.code(), result.out());
        assertTrue(result.err().contains(said), said + " in: " + result.err());
        List<String> lines = result.err().lines().filter(l -> !l.startsWith("WARNING")).toList();
        assertEquals(1, lines.size(), result.err());
    }
}
