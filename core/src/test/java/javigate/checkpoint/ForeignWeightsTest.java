package javigate.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javigate.model.Preprocessing;
import javigate.model.avigate.AvigateConfig;
import javigate.model.avigate.TinyAvigate;
import javigate.model.clip4clip.Clip4ClipConfig;
import javigate.tensor.Ops;
import javigate.tensor.Safetensors;
import javigate.tensor.Weights;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class ForeignWeightsTest {

    private static final AvigateConfig PAPER =
            AvigateConfig.of(
                    AvigateConfig.Variant.PAPER, TinyTowers.CLIP, TinyTowers.AST, 5, 2, 1, 8);
    private static final Preprocessing UNUSUAL =
            new Preprocessing(
                    32,
                    List.of(0.5, 0.5, 0.5),
                    List.of(0.25, 0.25, 0.25),
                    2,
                    6,
                    128,
                    1024,
                    -4,
                    3,
                    0);
    private static final Assembly.Options OPTIONS =
            new Assembly.Options(
                    AvigateConfig.Variant.STANDARD, 1, TinyTowers.HEAD_WIDTH, 0, _ -> {});

    @TempDir private Path temporary;

    private Path own() throws IOException {
        Path folder = temporary.resolve("own");
        var _ =
                Checkpoint.save(
                        folder,
                        "own",
                        PAPER,
                        UNUSUAL,
                        TinyTowers.TOKENIZER,
                        TinyAvigate.weights(PAPER, 1),
                        false,
                        "# own\n");
        return folder;
    }

    @Test
    void oneOfOurModelsStaysWhatItIs() throws IOException {
        Path folder = own();
        for (Path path : List.of(folder, folder.resolve("model.safetensors"))) {
            try (ForeignWeights source = ForeignWeights.open(path)) {
                Assembly assembly = Assembly.of(source, OPTIONS);
                assertEquals(PAPER, assembly.config());
                assertEquals(UNUSUAL, assembly.preprocessing());
            }
        }
        try (ForeignWeights source = ForeignWeights.open(folder)) {
            assertEquals(
                    Clip4ClipConfig.meanPool(TinyTowers.CLIP),
                    Assembly.zeroShot(source, OPTIONS).config());
        }
        Path copy = Files.copy(folder.resolve("model.safetensors"), temporary.resolve("copy"));
        try (ForeignWeights source = ForeignWeights.open(copy)) {
            assertNotEquals(PAPER, Assembly.of(source, OPTIONS).config());
        }
    }

    @Test
    void anAudioTowerIsWrittenWithTheScaleItHears() throws IOException {
        Path tower = temporary.resolve("tower");
        TinyTowers.writeAst(tower, TinyAvigate.weights(TinyTowers.CONFIG, 1));
        Path checkpoint = temporary.resolve("checkpoint");
        TinyTowers.writeCheckpoint(checkpoint, TinyAvigate.weights(TinyTowers.CONFIG, 1));
        Map<Path, double[]> scales =
                Map.of(
                        own(),
                        new double[] {-4, 3},
                        tower,
                        new double[] {-4.2677393, 4.5689974},
                        checkpoint,
                        new double[] {-5.118, 3.2527153});
        for (Map.Entry<Path, double[]> e : scales.entrySet()) {
            Path out = temporary.resolve(e.getKey().getFileName() + "-out");
            try (ForeignWeights source = ForeignWeights.open(e.getKey())) {
                HuggingFaceFolder.writeAst(
                        out,
                        source.ast(),
                        source.astConfig(TinyTowers.HEAD_WIDTH),
                        source.fbankScale(),
                        false);
            }
            JsonNode sound =
                    new ObjectMapper().readTree(out.resolve("preprocessor_config.json").toFile());
            assertEquals(e.getValue()[0], sound.path("mean").asDouble());
            assertEquals(e.getValue()[1], sound.path("std").asDouble());
        }
    }

    /** Five thousand names cannot ask for five thousand layers. */
    @Test
    void layersAfterAGapAreUnknown() throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Tensor nothing = Ops.floats(new float[0], 0);
        for (int i = 0; i < 5000; i++) {
            tensors.put("z" + i, nothing);
        }
        tensors.put("query_tokens", nothing);
        int first = missing(tensors);
        for (String row :
                List.of(
                        "clip.audio.v.blocks.",
                        "clip.transformer.resblocks.",
                        "transformerClip.resblocks.")) {
            tensors.put(row + "4990.ln_1.bias", nothing);
        }
        assertEquals(first, missing(tensors));
    }

    /** How many names a file is said to lack. */
    private int missing(Map<String, Tensor> tensors) throws IOException {
        Path file = temporary.resolve("many.safetensors");
        Safetensors.write(file, tensors, false, Map.of());
        String message = oneLine("missing", () -> ForeignWeights.open(file));
        assertTrue(message.contains(tensors.size() - 1 + " unknown"), message);
        return Integer.parseInt(message.replaceFirst(".*; (\\d+) missing.*", "$1"));
    }

    @Test
    void tensorsOfTheWrongRankAreNamed() throws IOException {
        Map<String, String> said =
                Map.of(
                        "query_tokens", "query_tokens has shape []",
                        "clip.audio.v.pos_embed", "positions of shape []",
                        "clip.audio.v.patch_embed.proj.weight", "patch kernel of shape []",
                        "clip.visual.conv1.weight", "patch kernel of shape []");
        for (Map.Entry<String, String> e : said.entrySet()) {
            Weights weights = TinyAvigate.weights(TinyTowers.CONFIG, 1);
            weights.put(e.getKey(), Ops.scalar(1));
            Path file = temporary.resolve("wrong.safetensors");
            Safetensors.write(file, weights.all(), false, Map.of());
            try (ForeignWeights source = ForeignWeights.open(file)) {
                oneLine(e.getValue(), () -> Assembly.of(source, OPTIONS));
            }
        }
        Path ast = temporary.resolve("ast");
        TinyTowers.writeAst(ast, TinyAvigate.weights(TinyTowers.CONFIG, 1));
        rewrite(ast, "embeddings.cls_token", Ops.scalar(1));
        try (ForeignWeights source = ForeignWeights.open(ast)) {
            oneLine("cls_token has shape []", () -> source.astConfig(1));
        }
    }

    /** config.json says how many positions there are; these are fewer. */
    @Test
    void positionsThatAreNotThoseDescribedAreNotFitted() throws IOException {
        Weights tiny = TinyAvigate.weights(TinyTowers.CONFIG, 1);
        Path clip = temporary.resolve("clip");
        TinyTowers.writeClip(clip, tiny);
        Path ast = temporary.resolve("ast");
        TinyTowers.writeAst(ast, tiny);
        rewrite(ast, "embeddings.position_embeddings", Ops.floats(new float[96], 1, 3, 32));
        Assembly.Options shorter =
                new Assembly.Options(
                        AvigateConfig.Variant.STANDARD, 1, TinyTowers.HEAD_WIDTH, 512, _ -> {});
        try (ForeignWeights text = ForeignWeights.open(clip);
                ForeignWeights sound = ForeignWeights.open(ast)) {
            oneLine("positions of shape [1, 3, 32]", () -> Assembly.avigate(text, sound, shorter));
        }
    }

    @Test
    void nothingIsWrittenOfATowerThatDoesNotFit() {
        Weights clip = TinyTowers.clip(TinyAvigate.weights(TinyTowers.CONFIG, 1));
        clip.put("transformer.resblocks.0.mlp.c_fc.weight", Ops.floats(new float[35], 5, 7));
        Path out = temporary.resolve("out");
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                HuggingFaceFolder.writeClip(
                                        out, clip, TinyTowers.CLIP, TinyTowers.TOKENIZER, false));
        assertTrue(String.valueOf(e.getMessage()).contains("shape [5, 7]"), e.getMessage());
        Weights ast = TinyAvigate.weights(TinyTowers.CONFIG, 1).below("clip.audio.v.");
        ast.put("blocks.1.mlp.fc1.weight", Ops.floats(new float[35], 5, 7));
        e =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                HuggingFaceFolder.writeAst(
                                        out,
                                        ast,
                                        TinyTowers.AST,
                                        ForeignWeights.FbankScale.AUDIO_SET,
                                        false));
        assertTrue(String.valueOf(e.getMessage()).contains("shape [5, 7]"), e.getMessage());
        assertFalse(Files.exists(out));
    }

    @Test
    void shardsAreHashedToo() throws IOException {
        Path folder = Files.createDirectory(temporary.resolve("shards"));
        Weights clip = TinyTowers.clip(TinyAvigate.weights(TinyTowers.CONFIG, 1));
        Map<String, Map<String, Tensor>> shards = new LinkedHashMap<>();
        StringBuilder index = new StringBuilder();
        for (String name : clip.names()) {
            String shard = name.startsWith("visual.") ? "a.safetensors" : "b.safetensors";
            shards.computeIfAbsent(shard, _ -> new LinkedHashMap<>()).put(name, clip.get(name));
            index.append(index.isEmpty() ? "" : ", ").append('"' + name + "\": \"" + shard + '"');
        }
        for (Map.Entry<String, Map<String, Tensor>> e : shards.entrySet()) {
            Safetensors.write(folder.resolve(e.getKey()), e.getValue(), false, Map.of());
        }
        Files.writeString(
                folder.resolve("model.safetensors.index.json"),
                "{\"weight_map\": {" + index + "}}");
        String before = sha256(folder);
        assertEquals(before, sha256(folder));
        Map<String, Tensor> changed = new LinkedHashMap<>(shards.get("b.safetensors"));
        changed.put("logit_scale", Ops.scalar(2));
        Safetensors.write(folder.resolve("b.safetensors"), changed, false, Map.of());
        assertNotEquals(before, sha256(folder));
    }

    private static String sha256(Path folder) throws IOException {
        try (ForeignWeights source = ForeignWeights.open(folder)) {
            return source.sha256();
        }
    }

    /** Replaces a tensor of a folder. */
    private static void rewrite(Path folder, String name, Tensor tensor) throws IOException {
        Path file = folder.resolve("model.safetensors");
        try (Weights weights = Safetensors.open(file)) {
            Map<String, Tensor> all = new LinkedHashMap<>(weights.all());
            all.put(name, tensor);
            Safetensors.write(file, all, false, Map.of());
        }
    }

    private static String oneLine(String said, Executable action) {
        String message = String.valueOf(assertThrows(IOException.class, action).getMessage());
        assertTrue(message.contains(said), said + " in: " + message);
        assertEquals(1, message.lines().count(), message);
        return message;
    }
}
