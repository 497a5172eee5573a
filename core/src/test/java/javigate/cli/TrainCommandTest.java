package javigate.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javigate.data.SightSound;
import javigate.search.TinyModel;
import javigate.tensor.Safetensors;
import javigate.tensor.Weights;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code train} as a user runs it: interrupted, shared, and with things that go wrong. */
class TrainCommandTest {

    private static final String CONFIG =
            """
            {
              "stage": "AVIGATE", "name": "tiny", "epochs": 5, "batchSize": 4,
              "framesPerClip": 0, "learningRate": 1e-3, "imageLearningRate": 0,
              "textLearningRate": 1e-3, "weightDecay": 0.05, "warmup": 0.1,
              "maxGradientNorm": 1.0, "flip": true, "seed": 3
            }
            """;

    @TempDir static Path folder;
    private static Path config;
    private static Path uninterrupted;

    private record Said(int exit, String out, String err) {}

    @BeforeAll
    static void make() throws Exception {
        SightSound.generate(folder.resolve("data"), new SightSound.Sizes(8, 4, 0), 1, (_, _) -> {});
        var _ = TinyModel.save(folder.resolve("model"), 1);
        config = Files.writeString(folder.resolve("tiny.json"), CONFIG);
        uninterrupted = folder.resolve("uninterrupted");
        Said said = train(config, uninterrupted);
        assertEquals(0, said.exit, said.err);
    }

    private static Said train(Path file, Path out, String... more) {
        return run(arguments(file, out, more));
    }

    private static Said run(List<String> arguments) {
        PrintStream oldOut = System.out;
        PrintStream oldErr = System.err;
        ByteArrayOutputStream o = new ByteArrayOutputStream();
        ByteArrayOutputStream e = new ByteArrayOutputStream();
        System.setOut(new PrintStream(o, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(e, true, StandardCharsets.UTF_8));
        try {
            int exit = Javigate.run(arguments.toArray(String[]::new));
            return new Said(
                    exit, o.toString(StandardCharsets.UTF_8), e.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(oldOut);
            System.setErr(oldErr);
        }
    }

    private static List<String> arguments(Path file, Path out, String... more) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "train",
                                "--config",
                                file.toString(),
                                "--data",
                                folder.resolve("data").toString(),
                                "--out",
                                out.toString()));
        arguments.addAll(List.of(more));
        if (!arguments.contains("--init")) {
            arguments.addAll(List.of("--init", folder.resolve("model").toString()));
        }
        return arguments;
    }

    private static Process start(List<String> arguments) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Javigate.class.getName()));
        command.addAll(arguments);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** The data with the same ids and captions. */
    private static Path twoVideosSwapped() throws IOException {
        Path data = folder.resolve("data");
        Path copy = folder.resolve("swapped");
        List<Path> videos = new ArrayList<>();
        try (var files = Files.walk(data)) {
            for (Path file : files.sorted().toList()) {
                Path to = copy.resolve(data.relativize(file).toString());
                Files.copy(file, to);
                if (to.toString().endsWith(".mp4")) {
                    videos.add(to);
                }
            }
        }
        Path aside = Files.move(videos.get(0), folder.resolve("aside.mp4"));
        Files.move(videos.get(1), videos.get(0));
        Files.move(aside, videos.get(1));
        return copy;
    }

    private static byte[] weights(Path model) throws IOException {
        return Files.readAllBytes(model.resolve("model.safetensors"));
    }

    private static Path changed(String name, String from, String to) throws IOException {
        assertTrue(CONFIG.contains(from), from);
        return Files.writeString(folder.resolve(name + ".json"), CONFIG.replace(from, to));
    }

    /** TEFAL draws dropout, too. */
    @ParameterizedTest
    @ValueSource(strings = {"AVIGATE", "TEFAL"})
    void killedAndResumedItIsTheUninterruptedRun(String stage) throws Exception {
        Path longer = changed("longer" + stage, "\"epochs\": 5", "\"epochs\": 60");
        Files.writeString(
                longer, Files.readString(longer).replace("\"AVIGATE\"", "\"" + stage + "\""));
        Path whole = folder.resolve("whole" + stage);
        assertEquals(0, train(longer, whole).exit);
        Path out = folder.resolve("killed" + stage);
        Path state = out.resolve("training").resolve("state.safetensors");
        Process process = start(arguments(longer, out, "--save-every", "0"));
        while (process.isAlive() && !Files.exists(state)) {
            Thread.sleep(5);
        }
        process.destroyForcibly();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertFalse(Files.exists(out.resolve("config.json")), "killed before its end");
        assertTrue(Files.exists(state));
        Said said = train(longer, out, "--resume");
        assertEquals(0, said.exit, said.err);
        assertTrue(said.err.contains("going on after step"), said.err);
        assertArrayEquals(weights(whole), weights(out));
        assertFalse(Files.exists(state), "the finished run keeps its logs only");
    }

    @Test
    void twoProcessesMoveTheWeightsAsOne() throws Exception {
        Path out = folder.resolve("shared");
        Process process = start(arguments(config, out, "--processes", "2"));
        assertTrue(process.waitFor(300, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue());
        try (Weights start = Safetensors.open(folder.resolve("model/model.safetensors"));
                Weights one = Safetensors.open(uninterrupted.resolve("model.safetensors"));
                Weights two = Safetensors.open(out.resolve("model.safetensors"))) {
            double moved = 0;
            double apart = 0;
            for (String name : List.of("clip.text_projection", "clip.token_embedding.weight")) {
                float[] from = start.floats(name);
                float[] single = one.floats(name);
                float[] shared = two.floats(name);
                for (int i = 0; i < from.length; i++) {
                    moved += Math.pow(single[i] - from[i], 2);
                    apart += Math.pow(shared[i] - single[i], 2);
                }
            }
            assertTrue(moved > 0);
            assertTrue(
                    Math.sqrt(apart) <= 1e-3 * Math.sqrt(moved),
                    "apart by %g of %g moved".formatted(Math.sqrt(apart), Math.sqrt(moved)));
        }
    }

    /** Told to end while it computes, it ends: no crash in a library's exit handlers. */
    @Test
    void interruptedItEndsAtOnce() throws Exception {
        Path out = folder.resolve("told");
        Path file = changed("told-config", "\"epochs\": 5", "\"epochs\": 100000");
        Process process = start(arguments(file, out));
        try {
            Path log = out.resolve("training/log.jsonl");
            for (int i = 0; i < 600 && !(Files.exists(log) && Files.size(log) > 0); i++) {
                Thread.sleep(100);
            }
            assertTrue(Files.size(log) > 0, "it trains");
            process.destroy();
            assertTrue(process.waitFor(30, TimeUnit.SECONDS));
            assertEquals(130, process.exitValue());
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void logsHaveEveryEpoch() throws Exception {
        List<String> lines = Files.readAllLines(uninterrupted.resolve("training/log.jsonl"));
        assertEquals(5, lines.stream().filter(l -> l.contains("\"validation\"")).count());
        try (var files = Files.list(uninterrupted.resolve("training"))) {
            assertTrue(files.anyMatch(f -> f.toString().contains("events.out.tfevents")));
        }
    }

    @Test
    void aRunThatWasBegunIsNotBegunAgain() throws Exception {
        Said said = train(config, uninterrupted);
        assertEquals(1, said.exit);
        assertTrue(said.err.contains("holds a model already"), said.err);
    }

    @Test
    void anotherConfigurationDoesNotResume() throws Exception {
        Path out = folder.resolve("other");
        Path diverging = changed("diverging", "\"epochs\": 5", "\"epochs\": 50000");
        Process process = start(arguments(diverging, out, "--save-every", "0"));
        while (process.isAlive() && !Files.exists(out.resolve("training/state.safetensors"))) {
            Thread.sleep(5);
        }
        process.destroyForcibly();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        byte[] before = Files.readAllBytes(out.resolve("training/state.safetensors"));
        Said said = train(config, out, "--resume");
        assertEquals(1, said.exit);
        assertTrue(said.err.contains("is of another run"), said.err);
        String data = folder.resolve("data").toString();
        String swapped = twoVideosSwapped().toString();
        List<String> resumed = arguments(diverging, out, "--resume");
        resumed.replaceAll(a -> a.equals(data) ? swapped : a);
        said = run(resumed);
        assertEquals(1, said.exit);
        assertTrue(said.err.contains("is of another run"), said.err);
        said = train(diverging, out);
        assertTrue(said.err.contains("--resume goes on with it"), said.err);
        assertArrayEquals(
                before, Files.readAllBytes(out.resolve("training/state.safetensors")), "kept");
    }

    @Test
    void aLossThatIsNoNumberIsSaid() throws Exception {
        Path wild = changed("wild", "\"learningRate\": 1e-3", "\"learningRate\": 1e30");
        Said said = train(wild, folder.resolve("wild"));
        assertEquals(1, said.exit);
        assertTrue(said.err.contains("the loss is NaN in epoch"), said.err);
        assertFalse(Files.exists(folder.resolve("wild/config.json")));
    }

    @Test
    void unknownKeysAndWrongModelsAreSaid() throws Exception {
        Said said = train(changed("key", "\"flip\"", "\"flop\""), folder.resolve("key"));
        assertEquals(1, said.exit);
        assertTrue(said.err.contains("key.json") && said.err.contains("\"flop\""), said.err);
        said =
                train(
                        changed("model", "\"seed\"", "\"model\": {\"queris\": 3}, \"seed\""),
                        folder.resolve("wrong"));
        assertEquals(1, said.exit);
        assertTrue(said.err.contains("\"queris\""), said.err);
        said =
                train(
                        changed("odd", "\"batchSize\": 4", "\"batchSize\": 4, \"split\": \"dev\""),
                        folder.resolve("odd"));
        assertEquals(1, said.exit);
        assertTrue(said.err.contains("no split 'dev'"), said.err);
    }

    /** What cannot be written is said, and what was saved before stays. */
    @Test
    void aFullDiskLosesNothing() throws Exception {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "a device that is always full");
        Path out = folder.resolve("full");
        Path training = Files.createDirectories(out.resolve("training"));
        Files.createSymbolicLink(training.resolve("best.safetensors.part"), full);
        Said said = train(config, out, "--save-every", "0");
        assertEquals(1, said.exit);
        assertTrue(said.err.contains("best.safetensors cannot be written"), said.err);
        assertEquals(1, said.err.lines().filter(l -> l.startsWith("javigate:")).count(), said.err);
        Said again = train(config, out, "--resume");
        assertEquals(0, again.exit, again.err);
        assertArrayEquals(weights(uninterrupted), weights(out));
    }

    /** A model goes on from another of its kind; from one of another kind or size it cannot. */
    @Test
    void newPartsAreDrawnOrKept() throws Exception {
        String name = "query_tokens";
        float[] before = parameter(uninterrupted, name);
        String still = "\"newParts\": \"%s\", \"learningRate\": 1e-12";
        String init = uninterrupted.toString();
        Path kept = changed("kept", "\"learningRate\": 1e-3", still.formatted("kept"));
        Path drawn = changed("drawn", "\"learningRate\": 1e-3", still.formatted("drawn"));
        for (Path file : List.of(kept, drawn)) {
            Said said = train(file, folder.resolve(file + "-out"), "--init", init);
            assertEquals(0, said.exit, said.err);
        }
        assertArrayEquals(before, parameter(Path.of(kept + "-out"), name), 1e-7f);
        assertFalse(Arrays.equals(before, parameter(Path.of(drawn + "-out"), name)));

        Path smaller =
                changed(
                        "smaller",
                        "\"seed\"",
                        "\"newParts\": \"kept\", \"model\": {\"queries\": 1}, \"seed\"");
        Said said = train(smaller, folder.resolve("smaller-out"), "--init", init);
        assertEquals(1, said.exit);
        assertTrue(said.err.contains("newParts kept, but weight query_tokens"), said.err);
    }

    private static float[] parameter(Path model, String name) throws IOException {
        try (Weights own = Safetensors.open(model.resolve("model.safetensors"))) {
            return own.floats(name);
        }
    }

    /** What is ablated trains too; a gate that is fixed stays as it was drawn. */
    @Test
    void ablationsTrain() throws Exception {
        float[] closed = gate("closed", "\"gate\": \"closed\", \"margin\": \"none\"");
        float[] open = gate("open", "\"gate\": \"open\", \"margin\": \"fixed\"");
        float[] hard = gate("hard", "\"gate\": \"hard\"");
        float[] local = gate("local", "\"localWeight\": 1.0");
        assertArrayEquals(closed, open);
        assertFalse(Arrays.equals(closed, hard), "its gradient goes straight through");
        assertFalse(Arrays.equals(closed, local));
    }

    private static float[] gate(String name, String ablation) throws IOException {
        Path out = folder.resolve(name);
        String patch = "\"epochs\": 1, \"model\": {\"ablation\": {%s}}".formatted(ablation);
        Said said = train(changed(name, "\"epochs\": 5", patch), out);
        assertEquals(0, said.exit, said.err);
        return parameter(out, "transformerClip.resblocks.0.attn_gate.ag_proj.weight");
    }
}
