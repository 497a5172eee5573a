package javigate.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import javigate.model.ClipEmbedding;
import javigate.model.ClipInput;
import javigate.model.avigate.Avigate;
import javigate.model.avigate.TinyAvigate;
import javigate.tensor.Ops;
import javigate.tensor.Weights;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {

    @TempDir private Path temporary;
    private Path folder = Path.of("");

    @BeforeEach
    void save() throws IOException {
        folder = temporary.resolve("model");
        var _ = save(folder, TinyAvigate.weights(TinyAvigate.CONFIG, 1), false);
    }

    @Test
    void whatIsSavedEmbedsAsBefore() throws IOException {
        ClipInput clip = TinyAvigate.clip(new Random(1), 4, true);
        Checkpoint opened = Checkpoint.open(folder);
        assertEquals("tiny", opened.name());
        assertEquals(TinyAvigate.CONFIG, opened.config());
        assertEquals(TinyAvigate.PREPROCESSING, opened.preprocessing());
        try (Avigate loaded = opened.load();
                Avigate original =
                        new Avigate(
                                TinyAvigate.weights(TinyAvigate.CONFIG, 1),
                                TinyAvigate.CONFIG,
                                TinyAvigate.PREPROCESSING,
                                TinyAvigate.tokenizer())) {
            ClipEmbedding before = original.embedClips(List.of(clip)).get(0);
            ClipEmbedding after = loaded.embedClips(List.of(clip)).get(0);
            assertArrayEquals(before.frames(), after.frames());
            assertArrayEquals(before.framesWithoutSound(), after.framesWithoutSound());
            assertArrayEquals(before.gates(), after.gates());
            assertArrayEquals(before.soundToken(), after.soundToken());
            assertArrayEquals(original.embedText("a dog barks"), loaded.embedText("a dog barks"));
        }
    }

    @Test
    void halfPrecisionLoadsAndStaysClose() throws IOException {
        Path halved = temporary.resolve("half");
        var _ = save(halved, TinyAvigate.weights(TinyAvigate.CONFIG, 1), true);
        assertTrue(size(halved) < 0.6 * size(folder), size(halved) + " of " + size(folder));
        try (Avigate full = Checkpoint.open(folder).load();
                Avigate half = Checkpoint.open(halved).load()) {
            assertArrayEquals(full.embedText("a dog"), half.embedText("a dog"), 0.02f);
        }
    }

    @Test
    void missingFilesAreNamed() throws IOException {
        oneLine(
                temporary.resolve("none").toString(),
                () -> Checkpoint.open(temporary.resolve("none")));
        for (String name : List.of("config.json", "preprocessor_config.json")) {
            Path file = folder.resolve(name);
            byte[] bytes = Files.readAllBytes(file);
            Files.delete(file);
            oneLine(file.toString(), () -> Checkpoint.open(folder));
            Files.write(file, bytes);
        }
        Checkpoint opened = Checkpoint.open(folder);
        Files.delete(folder.resolve("merges.txt"));
        oneLine("merges.txt", opened::load);
        Files.delete(folder.resolve("model.safetensors"));
        oneLine(folder.resolve("model.safetensors").toString(), opened::load);
    }

    @Test
    void damagedDescriptionsAreRefusedInOneLine() throws IOException {
        Path config = folder.resolve("config.json");
        String good = Files.readString(config);
        for (String bad :
                List.of(
                        good.replaceFirst("\"queries\"", "\"qeries\""),
                        good.replaceFirst("\"queries\" : 12", "\"queries\" : 0"),
                        good.replaceFirst("\"queries\" : 12", "\"queries\" : \"many\""),
                        good.replaceFirst("\"queries\" : 12,", ""),
                        good.replaceFirst("\"maskFrames\" : true,", ""),
                        good.replaceFirst("\"name\"", "\"extra\" : 1, \"name\""),
                        good.replaceFirst("avigate", "resnet"),
                        good.substring(0, good.length() / 2),
                        good + good,
                        "{\"architecture\": \"avigate\", \"name\": \"x\"}",
                        "null",
                        "[]",
                        "")) {
            assertNotEquals(good, bad);
            Files.writeString(config, bad);
            oneLine(config.toString(), () -> Checkpoint.open(folder));
        }
    }

    @Test
    void weightsThatDoNotFitAreNamed() throws IOException {
        Weights weights = TinyAvigate.weights(TinyAvigate.CONFIG, 1);
        weights.put("clip.logit_scale", Ops.floats(new float[] {1, 2}, 2));
        Checkpoint wrongShape = save(folder, weights, false);
        oneLine("clip.logit_scale has shape [2]", wrongShape::load);
        weights = TinyAvigate.weights(TinyAvigate.CONFIG, 1);
        weights.put("stranger", Ops.floats(new float[] {1, 2}, 2));
        Checkpoint unknown = save(folder, weights, false);
        oneLine("unknown weights: stranger", unknown::load);
        Path file = folder.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 5));
        oneLine(file.toString(), unknown::load);
    }

    @Test
    void theFingerprintTellsModelsApart() throws IOException {
        String first = Checkpoint.open(folder).fingerprint();
        assertTrue(first.matches("[0-9a-f]{64}"), first);
        Path other = temporary.resolve("other");
        Checkpoint same = save(other, TinyAvigate.weights(TinyAvigate.CONFIG, 1), false);
        assertEquals(first, same.fingerprint());
        Checkpoint changed = save(other, TinyAvigate.weights(TinyAvigate.CONFIG, 2), false);
        assertNotEquals(first, changed.fingerprint());
    }

    private static Checkpoint save(Path folder, Weights weights, boolean half) throws IOException {
        return Checkpoint.save(
                folder,
                "tiny",
                TinyAvigate.CONFIG,
                TinyAvigate.PREPROCESSING,
                TinyAvigate.tokenizer(),
                weights,
                half,
                "# tiny\n");
    }

    private static long size(Path folder) throws IOException {
        return Files.size(folder.resolve("model.safetensors"));
    }

    private static void oneLine(String said, Executable action) {
        String message = String.valueOf(assertThrows(IOException.class, action).getMessage());
        assertTrue(message.contains(said), said + " in: " + message);
        assertEquals(1, message.lines().count(), message);
    }
}
