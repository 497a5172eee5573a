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
    void anInstalledModelIsConvertedAsItIs() throws Exception {
        Said converted =
                javigate(
                        "model", "convert", "javigate-small", "--half", "--name", "half", "--json");
        assertEquals(0, converted.code(), converted.err());
        JsonNode half = JSON.readTree(converted.out());
        JsonNode small =
                JSON.readTree(javigate("model", "inspect", "javigate-small", "--json").out());
        assertEquals(small.path("parts"), half.path("parts"));
        Path folder = Path.of(half.path("path").asText());
        Path shipped = Path.of(small.path("path").asText());
        for (String file : List.of("preprocessor_config.json", "vocab.json", "merges.txt")) {
            assertEquals(-1, Files.mismatch(shipped.resolve(file), folder.resolve(file)), file);
        }
        JsonNode config = JSON.readTree(folder.resolve("config.json").toFile()).path("avigate");
        assertEquals(
                JSON.readTree(shipped.resolve("config.json").toFile()).path("avigate").path("ast"),
                config.path("ast"));
        Said again = javigate("model", "convert", "half");
        assertEquals(0, again.code(), again.err());
        assertTrue(again.out().contains("javigate-models/half-javigate"), again.out());
        for (List<String> option :
                List.of(
                        List.of("--variant", "paper"),
                        List.of("--head-width", "64"),
                        List.of("--vocab", clip.toString()))) {
            refused(
                    option.get(0) + " does nothing",
                    "model",
                    "convert",
                    "half",
                    "--name",
                    "other",
                    option.get(0),
                    option.get(1));
        }
    }

    @Test
    void aTowerForElsewhereIsNoModelOfOurs() throws Exception {
        String[] convert = {"model", "convert", ast.toString(), "--to", "HUGGING_FACE_AST"};
        refused("by --out", convert);
        refused("--name does nothing", with(convert, "--name", "tower"));
        refused("--vocab does nothing", with(convert, "--vocab", clip.toString()));
        Path out = temporary.resolve("tower");
        Said written = javigate(with(convert, "--out", out.toString(), "--json"));
        assertEquals(0, written.code(), written.err());
        JsonNode summary = JSON.readTree(written.out());
        assertEquals(
                "HuggingFace AST without its classifier", summary.path("architecture").asText());
        assertTrue(summary.path("trained").isMissingNode(), written.out());
        Said unknown = javigate("model", "convert", "x", "--to", "foo");
        assertEquals(2, unknown.code());
        assertTrue(
                unknown.err()
                        .contains("foo is none of javigate, hugging-face-clip, hugging-face-ast"),
                unknown.err());
    }

    private static String[] with(String[] arguments, String... more) {
        return Stream.concat(Stream.of(arguments), Stream.of(more)).toArray(String[]::new);
    }

    @Test
    void whatIsMadeIsCalledAfterItsSource() throws Exception {
        String here = clip.resolve("..").resolve("clip").resolve(".").toString();
        Said converted = javigate("model", "convert", here, "--head-width", "16");
        assertEquals(0, converted.code(), converted.err());
        assertTrue(converted.out().contains("javigate-models/clip-javigate: "), converted.out());
        assertTrue(converted.out().contains("HuggingFace CLIP, clip, SHA-256"), converted.out());
        refused("/: no weights in this folder", "model", "convert", "/");
        refused("a model installed", "model", "convert", "nothing");
        refused("model pull some/thing", "model", "convert", "some/thing");
    }

    @Test
    void optionsWithoutEffectAreRefused() throws Exception {
        refused(
                "--audio-frames does nothing",
                "model",
                "assemble",
                "--random",
                "--preset",
                "Avigate_B32",
                "--audio-frames",
                "512");
        for (String option : List.of("--audio-frames", "--seed")) {
            refused(
                    option + " does nothing without an --ast",
                    "model",
                    "assemble",
                    "--clip",
                    clip.toString(),
                    option,
                    "512");
        }
        refused(
                "--variant does nothing with a clip4clip",
                "model",
                "convert",
                clip.toString(),
                "--variant",
                "Paper");
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
