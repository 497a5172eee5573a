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
import javigate.model.RetrievalModel;
import javigate.model.avigate.TinyAvigate;
import javigate.model.clip.ClipTokenizer;
import javigate.model.clip4clip.Clip4ClipConfig;
import javigate.model.clip4clip.TinyClip4Clip;
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
        assertEquals(TinyAvigate.CONFIG, opened.avigateFor("train"));
        assertEquals(TinyAvigate.PREPROCESSING, opened.preprocessing());
        try (RetrievalModel loaded = opened.load();
                RetrievalModel original =
                        Architecture.model(
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
    void clip4ClipIsSavedAndLoadedLikewise() throws IOException {
        ClipInput clip = TinyClip4Clip.clip(new Random(1), 3);
        for (Clip4ClipConfig config : List.of(TinyClip4Clip.MEAN, TinyClip4Clip.TRANSFORMER)) {
            Path other = temporary.resolve(config.pooling().name());
            Checkpoint saved = TinyClip4Clip.save(other, config, 1);
            assertEquals(saved, Checkpoint.open(other));
            assertEquals(config, saved.config());
            try (RetrievalModel loaded = saved.load();
                    RetrievalModel original = TinyClip4Clip.model(config, 1)) {
                assertArrayEquals(
                        original.embedClips(List.of(clip)).get(0).frames(),
                        loaded.embedClips(List.of(clip)).get(0).frames());
                assertArrayEquals(original.embedText("a dog"), loaded.embedText("a dog"));
            }
            assertEquals(
                    other + ": a clip4clip model; train needs an avigate model",
                    assertThrows(IOException.class, () -> saved.avigateFor("train")).getMessage());
            Path file = other.resolve("config.json");
            String good = Files.readString(file);
            for (String bad :
                    List.of(
                            good.replaceFirst("\"clip4clip\" : \\{", "\"avigate\" : {"),
                            good.replaceFirst("\"clip4clip\",", "\"avigate\","),
                            good.replaceFirst("(MEAN_POOL|TRANSFORMER)", "MAX"),
                            good.replaceFirst("\"fusionLayers\" : .,", ""),
                            good.replaceFirst("\"heads\" : .,", "\"heads\" : 7,"),
                            good.replaceFirst("\"pooling\"", "\"extra\" : 1, \"pooling\""))) {
                assertNotEquals(good, bad);
                Files.writeString(file, bad);
                oneLine(file.toString(), () -> Checkpoint.open(other));
            }
        }
    }

    @Test
    void halfPrecisionLoadsAndStaysClose() throws IOException {
        Path halved = temporary.resolve("half");
        var _ = save(halved, TinyAvigate.weights(TinyAvigate.CONFIG, 1), true);
        assertTrue(size(halved) < 0.6 * size(folder), size(halved) + " of " + size(folder));
        try (RetrievalModel full = Checkpoint.open(folder).load();
                RetrievalModel half = Checkpoint.open(halved).load()) {
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

    @Test
    void aVocabularyOfAnotherModelIsRefused() throws IOException {
        TinyAvigate.tokenizer().save(folder);
        Checkpoint opened = Checkpoint.open(folder);
        opened.load().close();
        ClipTokenizer.learn(List.of("the rain falls", "a fair trains"), 530).save(folder);
        oneLine("vocab.json and merges.txt are not those", opened::load);
        Path config = folder.resolve("config.json"); // of an earlier version
        String text = Files.readString(config);
        Files.writeString(config, text.replaceFirst("\"vocabulary\" : \"[0-9a-f]{64}\",", ""));
        assertNotEquals(text, Files.readString(config));
        Checkpoint.open(folder).load().close();
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
