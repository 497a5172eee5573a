package javigate.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import javigate.model.ClipInput;
import javigate.model.ModelConfig;
import javigate.model.RetrievalModel;
import javigate.model.ast.AstConfig;
import javigate.model.avigate.AvigateConfig;
import javigate.model.avigate.TinyAvigate;
import javigate.model.clip4clip.Clip4ClipConfig;
import javigate.tensor.Ops;
import javigate.tensor.Safetensors;
import javigate.tensor.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class AssemblyTest {

    private static final AvigateConfig.Variant STANDARD = AvigateConfig.Variant.STANDARD;

    @TempDir private Path temporary;
    private final Weights tiny = TinyAvigate.weights(TinyTowers.CONFIG, 1);

    private static Assembly.Options options(long seed, int audioFrames) {
        return new Assembly.Options(STANDARD, seed, TinyTowers.HEAD_WIDTH, audioFrames, _ -> {});
    }

    private ForeignWeights clip() throws IOException {
        Path folder = temporary.resolve("clip");
        if (!Files.exists(folder)) {
            TinyTowers.writeClip(folder, tiny);
        }
        return ForeignWeights.open(folder);
    }

    private ForeignWeights ast() throws IOException {
        Path folder = temporary.resolve("ast");
        if (!Files.exists(folder)) {
            TinyTowers.writeAst(folder, tiny);
        }
        return ForeignWeights.open(folder);
    }

    private Checkpoint save(Assembly assembly, String name) throws IOException {
        return assembly.save(
                temporary.resolve(name),
                name,
                TinyTowers.TOKENIZER,
                false,
                List.of("a test"),
                _ -> {});
    }

    @Test
    void aClipAndAnAstMakeAnAvigateThatStartsAsTheReference() throws IOException {
        try (ForeignWeights clip = clip();
                ForeignWeights ast = ast()) {
            Checkpoint saved = save(Assembly.avigate(clip, ast, options(7, 0)), "new");
            AvigateConfig config = saved.avigateFor("the test");
            assertEquals(TinyTowers.CLIP, config.clip(), "heads come from config.json");
            assertEquals(TinyTowers.AST, config.ast());
            assertEquals(12, config.queries());
            try (Weights made = saved.weights()) {
                for (String name : tiny.names()) {
                    if (name.startsWith("clip.") && !name.equals("clip.audio_projection")) {
                        assertArrayEquals(tiny.floats(name), made.floats(name), name);
                    }
                }
                for (int layer = 0; layer < 2; layer++) {
                    for (String to : List.of("transformer_Fusion", "transformerClip")) {
                        String block = ".resblocks." + layer + ".mlp.c_fc.weight";
                        assertArrayEquals(
                                tiny.floats("clip.transformer" + block), made.floats(to + block));
                    }
                }
                assertArrayEquals(
                        tiny.floats("clip.positional_embedding"),
                        made.floats("frame_position_embeddings.weight"));
                assertDeviation(
                        0.02, made.floats("transformerClip.resblocks.0.cross_ff.cross_fc.weight"));
                assertDeviation(Math.pow(32, -0.5), made.floats("clip.audio_projection"));
                assertArrayEquals(
                        new float[32], made.floats("transformerClip.resblocks.1.ln_4.bias"));
            }
            assertSameWeights(saved, save(Assembly.avigate(clip, ast, options(7, 0)), "again"));
            try (RetrievalModel model = saved.load()) {
                assertEquals(32, model.embedText("a dog barks").length);
            }
        }
    }

    private static void assertDeviation(double wanted, float[] values) {
        double squares = 0;
        for (float value : values) {
            squares += (double) value * value;
        }
        assertEquals(wanted, Math.sqrt(squares / values.length), 0.1 * wanted);
    }

    private static void assertSameWeights(Checkpoint a, Checkpoint b) throws IOException {
        try (Weights first = a.weights();
                Weights second = b.weights()) {
            assertEquals(first.names(), second.names());
            for (String name : first.names()) {
                assertArrayEquals(first.floats(name), second.floats(name), name);
            }
        }
    }

    @Test
    void aClipAloneIsAZeroShotClip4Clip() throws IOException {
        try (ForeignWeights clip = clip()) {
            Checkpoint saved = save(Assembly.of(clip, options(1, 0)), "zero-shot");
            assertEquals(Clip4ClipConfig.meanPool(TinyTowers.CLIP), saved.config());
            try (RetrievalModel model = saved.load();
                    RetrievalModel avigate =
                            Architecture.model(
                                    TinyAvigate.weights(TinyTowers.CONFIG, 1),
                                    TinyTowers.CONFIG,
                                    save(checkpoint(), "avigate").preprocessing(),
                                    TinyTowers.TOKENIZER)) {
                assertArrayEquals(avigate.embedText("a dog barks"), model.embedText("a dog barks"));
            }
        }
    }

    private Assembly checkpoint() throws IOException {
        Path file = temporary.resolve("pytorch_model.bin.3");
        TinyTowers.writeCheckpoint(file, tiny);
        return Assembly.of(ForeignWeights.open(file), options(1, 0));
    }

    @Test
    void aTrainingCheckpointEmbedsAsItsModel() throws IOException {
        Assembly assembly = checkpoint();
        // Three heads of 16 make the image tower's 48; the file does not say so otherwise.
        assertEquals(TinyTowers.CONFIG, assembly.config());
        Checkpoint saved = save(assembly, "converted");
        ClipInput input =
                new ClipInput(TinyAvigate.clip(new Random(2), 3, true).pixels(), noise(1024 * 128));
        try (RetrievalModel converted = saved.load();
                RetrievalModel original =
                        Architecture.model(
                                TinyAvigate.weights(TinyTowers.CONFIG, 1),
                                TinyTowers.CONFIG,
                                saved.preprocessing(),
                                TinyTowers.TOKENIZER)) {
            assertArrayEquals(
                    original.embedClips(List.of(input)).get(0).frames(),
                    converted.embedClips(List.of(input)).get(0).frames());
        }
    }

    private static float[] noise(int count) {
        Random random = new Random(3);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    @Test
    void whatIsWrittenForHuggingFaceComesBack() throws IOException {
        try (ForeignWeights clip = clip();
                ForeignWeights ast = ast()) {
            assertEquals(WeightForm.HUGGING_FACE_CLIP, clip.form());
            assertEquals(WeightForm.HUGGING_FACE_AST_BASE, ast.form());
            assertEquals(TinyTowers.CLIP, clip.clipConfig(1));
            assertEquals(TinyTowers.AST, ast.astConfig(1));
            Weights own = TinyTowers.clip(tiny);
            assertEquals(Set.copyOf(own.names()), Set.copyOf(clip.clip().names()));
            for (String name : own.names()) {
                assertArrayEquals(own.floats(name), clip.clip().floats(name), name);
            }
            Weights sound = tiny.below("clip.audio.v.");
            assertEquals(Set.copyOf(sound.names()), Set.copyOf(ast.ast().names()));
            for (String name : sound.names()) {
                assertArrayEquals(sound.floats(name), ast.ast().floats(name), name);
            }
        }
    }

    @Test
    void positionsAreFittedAlongTimeAndItIsSaid() throws IOException {
        try (ForeignWeights clip = clip();
                ForeignWeights ast = ast()) {
            for (int frames : new int[] {512, 2048}) {
                Assembly assembly = Assembly.avigate(clip, ast, options(1, frames));
                AstConfig config = assembly.config().requireAst();
                assertEquals(TinyTowers.AST.withTimeFrames(frames), config);
                String said = String.join(" ", assembly.notes());
                assertTrue(said.contains(frames < 1024 ? "cut" : "interpolated"), said);
                assertEquals(frames, assembly.preprocessing().timeFrames());
            }
        }
    }

    @Test
    void whatDoesNotFitIsSaidInOneLine() throws IOException {
        try (ForeignWeights clip = clip();
                ForeignWeights ast = ast()) {
            oneLine("a CLIP is wanted", () -> Assembly.avigate(ast, ast, options(1, 0)));
            oneLine("an AST is wanted", () -> Assembly.avigate(clip, clip, options(1, 0)));
            oneLine("an audio tower alone", () -> Assembly.of(ast, options(1, 0)));
            Assembly good = Assembly.of(clip, options(1, 0));
            Path taken = temporary.resolve("taken");
            Files.createDirectory(taken);
            Files.writeString(taken.resolve("README.md"), "mine");
            oneLine("not empty", () -> save(good, "taken"));
            assertEquals("mine", Files.readString(taken.resolve("README.md")));
        }
    }

    @Test
    void damagedWeightsAreRefused() throws IOException {
        Weights wrong = TinyAvigate.weights(TinyTowers.CONFIG, 1);
        wrong.put("query_tokens", Ops.floats(new float[33 * 5], 33, 5));
        oneLine("shape [33, 5]", () -> Assembly.of(written(wrong), options(1, 0)));
        Weights nan = TinyAvigate.weights(TinyTowers.CONFIG, 1);
        float[] values = nan.floats("query_tokens");
        values[7] = Float.NaN;
        nan.put("query_tokens", Ops.floats(values, 32, 5));
        oneLine("query_tokens holds NaN", () -> written(nan));
        Weights numbers = TinyAvigate.weights(TinyTowers.CONFIG, 1);
        numbers.put("clip.logit_scale", Ops.longs(new long[] {4}));
        oneLine("clip.logit_scale holds I64", () -> Assembly.of(written(numbers), options(1, 0)));
    }

    private ForeignWeights written(Weights weights) throws IOException {
        Path file = temporary.resolve("damaged.safetensors");
        Safetensors.write(file, weights.all(), false, Map.of());
        return ForeignWeights.open(file);
    }

    @Test
    void aModelWhoseWeightsAreNoNumbersIsNotLoaded() throws IOException {
        Checkpoint saved = save(checkpoint(), "damaged");
        saved.load().close();
        byte[] bytes = Files.readAllBytes(saved.weightFile());
        bytes[bytes.length - 1] = (byte) 0x7f; // 0x7f80.... and above: no number
        bytes[bytes.length - 2] = (byte) 0xff;
        Files.write(saved.weightFile(), bytes);
        oneLine("holds NaN", saved::load);
    }

    @Test
    void aPresetHasThePapersSize() {
        for (ModelPreset preset : ModelPreset.values()) {
            ModelConfig config = preset.config(STANDARD);
            assertTrue(
                    preset.argument().startsWith(Architecture.of(config).id()), preset.argument());
        }
        assertFalse(
                ModelPreset.AVIGATE_B16
                        .config(STANDARD)
                        .equals(ModelPreset.AVIGATE_B32.config(STANDARD)));
    }

    private static void oneLine(String said, Executable action) {
        String message = String.valueOf(assertThrows(IOException.class, action).getMessage());
        assertTrue(message.contains(said), said + " in: " + message);
        assertEquals(1, message.lines().count(), message);
    }
}
