package javigate.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import javigate.tensor.Ops;
import javigate.tensor.TorchWriter;
import javigate.tensor.WeightFiles;
import javigate.tensor.Weights;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class WeightFormTest {

    /** The goldens' files, and their forms. */
    private static final Map<String, WeightForm> FILES =
            Map.of(
                    "clip_tiny.openai", WeightForm.OPENAI_CLIP,
                    "clip_tiny.hf", WeightForm.HUGGING_FACE_CLIP,
                    "ast_tiny.original", WeightForm.ORIGINAL_AST,
                    "ast_tiny.hf", WeightForm.HUGGING_FACE_AST,
                    "avigate_tiny.weights", WeightForm.AVIGATE);

    @Test
    void formsAreToldApart() throws Exception {
        for (Map.Entry<String, WeightForm> e : FILES.entrySet()) {
            Weights source = golden(e.getKey());
            assertEquals(e.getValue(), WeightForm.of(source), e.getKey());
            assertEquals(e.getValue(), WeightForm.of(parallel(source)), e.getKey());
            assertEquals(e.getValue(), WeightForm.of(single(source)), e.getKey());
        }
        Weights clip = prefixed("clip.", golden("clip_tiny.openai"));
        assertEquals(WeightForm.CLIP4CLIP_MEAN_POOL, WeightForm.of(clip));
        Weights sequence = prefixed("", clip);
        sequence.put("frame_position_embeddings.weight", Ops.scalar(1));
        assertEquals(WeightForm.CLIP4CLIP_TRANSFORMER, WeightForm.of(sequence));
        assertEquals(WeightForm.XPOOL, WeightForm.of(withPool(clip)));
        Weights huggingFace = withPool(prefixed("clip.", golden("clip_tiny.hf")));
        assertEquals(WeightForm.XPOOL_OVER_HUGGING_FACE, WeightForm.of(huggingFace));
        assertEquals(
                WeightForm.HUGGING_FACE_AST_BASE,
                WeightForm.of(golden("ast_tiny.hf").below("audio_spectrogram_transformer.")));
        Weights none = new Weights();
        none.put("a\nb", Ops.scalar(1));
        assertTrue(refusal(() -> WeightForm.of(none)).contains("a?b"));
    }

    /** HuggingFace's names become the reference's, its values too; and the way back the same. */
    @Test
    void namesGoBothWays() throws Exception {
        Map<WeightForm, Set<String>> dropped =
                Map.of(
                        WeightForm.HUGGING_FACE_CLIP, Set.of("position_ids"),
                        WeightForm.HUGGING_FACE_AST, Set.of("classifier."),
                        WeightForm.ORIGINAL_AST, Set.of("v.head", "mlp_head"),
                        WeightForm.AVIGATE, Set.of("clip.audio.v.head", "clip.audio.mlp_head"),
                        WeightForm.OPENAI_CLIP, Set.of());
        for (Map.Entry<String, WeightForm> e : FILES.entrySet()) {
            Weights source = single(golden(e.getKey()));
            Weights model = e.getValue().toModel(parallel(source));
            Weights back = e.getValue().fromModel(model);
            Set<String> kept =
                    source.names().stream()
                            .filter(
                                    name ->
                                            Objects.requireNonNull(dropped.get(e.getValue()))
                                                    .stream()
                                                    .noneMatch(name::contains))
                            .collect(Collectors.toSet());
            assertSame(e.getKey(), kept, source, back);
        }
        Weights openAi = WeightForm.OPENAI_CLIP.toModel(golden("clip_tiny.openai"));
        Weights clip = WeightForm.HUGGING_FACE_CLIP.toModel(golden("clip_tiny.hf"));
        assertSame("clip", openAi.names(), openAi, clip);
        Weights original = WeightForm.ORIGINAL_AST.toModel(golden("ast_tiny.original"));
        Weights ast = WeightForm.HUGGING_FACE_AST.toModel(golden("ast_tiny.hf"));
        assertSame("ast", original.names(), original, ast);
        Weights base = golden("ast_tiny.hf").below("audio_spectrogram_transformer.");
        Weights fromBase = WeightForm.HUGGING_FACE_AST_BASE.toModel(base);
        assertSame("ast", original.names(), original, fromBase);
        Weights pool = withPool(prefixed("clip.", golden("clip_tiny.hf")));
        Weights xpool = WeightForm.XPOOL_OVER_HUGGING_FACE.toModel(pool);
        assertSame("clip", openAi.names(), openAi, xpool.below("clip."));
        assertSame(
                "xpool",
                xpool.names(),
                xpool,
                WeightForm.XPOOL.toModel(withPool(prefixed("clip.", openAi))));
    }

    @Test
    void headsAndScalarsAreDropped() throws Exception {
        Weights source = single(golden("ast_tiny.original"));
        source.put("mlp_head.1.weight", Ops.floats(new float[6], 2, 3));
        Weights ast = WeightForm.ORIGINAL_AST.toModel(source);
        assertTrue(ast.names().stream().noneMatch(name -> name.contains("head")));
        Weights openAi = prefixed("", golden("clip_tiny.openai"));
        openAi.put("input_resolution", Ops.scalar(32));
        assertFalse(WeightForm.OPENAI_CLIP.toModel(openAi).has("input_resolution"));
    }

    @Test
    void unknownAndMissingNamesAreListedInOneLine() throws Exception {
        Weights source = new Weights();
        for (Map.Entry<String, Tensor> e : golden("clip_tiny.hf").all().entrySet()) {
            if (!e.getKey().contains("layers.1.self_attn.v_proj")) {
                source.put(e.getKey(), e.getValue());
            }
        }
        source.put("new\nname", Ops.scalar(1));
        for (int i = 0; i < 100; i++) {
            source.put("text_model.encoder.layers.0" + i + "x".repeat(500), Ops.scalar(1));
        }
        String message = refusal(() -> WeightForm.HUGGING_FACE_CLIP.toModel(source));
        assertTrue(message.startsWith("not the names of HuggingFace CLIP; 4 missing: "), message);
        assertTrue(message.contains("text_model.encoder.layers.1.self_attn.v_proj.bias"), message);
        assertTrue(message.contains("101 unknown: new?name, text_model."), message);
        assertTrue(message.contains(" and 97 more"), message);
        Weights model = prefixed("", golden("clip_tiny.openai"));
        model.put("extra", Ops.scalar(1));
        message = refusal(() -> WeightForm.HUGGING_FACE_CLIP.fromModel(model));
        assertEquals("not the names of HuggingFace CLIP; 1 unknown: extra", message);
        assertTrue(
                refusal(() -> WeightForm.OPENAI_CLIP.toModel(new Weights())).contains("missing"));
    }

    /** Layers by the billion in a name make no list of them. */
    @Test
    void aGapOfLayersIsMissingOrUnknown() throws Exception {
        for (String number : List.of("3", "999999999", "99999999999999", "-1", "1\n")) {
            Weights source = prefixed("", golden("clip_tiny.openai"));
            source.put("transformer.resblocks." + number + ".ln_1.bias", Ops.scalar(1));
            String message = refusal(() -> WeightForm.OPENAI_CLIP.toModel(source));
            assertTrue(message.contains("missing") || message.contains("1 unknown"), message);
        }
    }

    @Test
    void shapesThatDoNotFitTheTableAreRefused() throws Exception {
        Map<String, Tensor> wrong =
                Map.of(
                        "visual_projection.weight", Ops.scalar(1),
                        "text_projection.weight", Ops.floats(new float[8], 2, 2, 2),
                        "text_model.encoder.layers.0.self_attn.q_proj.bias", Ops.scalar(1),
                        "vision_model.encoder.layers.1.self_attn.k_proj.weight",
                                Ops.floats(new float[8], 2, 4));
        for (Map.Entry<String, Tensor> e : wrong.entrySet()) {
            Weights source = prefixed("", golden("clip_tiny.hf"));
            source.put(e.getKey(), e.getValue());
            String message = refusal(() -> WeightForm.HUGGING_FACE_CLIP.toModel(source));
            assertTrue(message.contains("shape"), message);
        }
        Weights model = prefixed("", golden("clip_tiny.openai"));
        model.put("transformer.resblocks.0.attn.in_proj_bias", Ops.scalar(1));
        assertTrue(
                refusal(() -> WeightForm.HUGGING_FACE_CLIP.fromModel(model))
                        .contains("1 rows do not split"));
    }

    @Test
    void argumentsAreWordsWithDashes() {
        for (WeightForm form : WeightForm.values()) {
            assertTrue(form.argument().matches("[a-z0-9]+(-[a-z0-9]+)*"), form.argument());
        }
    }

    private static String refusal(org.junit.jupiter.api.function.Executable action) {
        String message =
                String.valueOf(assertThrows(IllegalArgumentException.class, action).getMessage());
        assertEquals(-1, message.indexOf('\n'), message);
        assertTrue(message.length() <= 900, message.length() + ": " + message);
        return message;
    }

    /** The same names, shapes and bits. */
    private static void assertSame(String what, Set<String> names, Weights expected, Weights ours) {
        assertEquals(new HashSet<>(names), new HashSet<>(ours.names()), what);
        for (String name : names) {
            assertArrayEquals(expected.shape(name), ours.shape(name), what + ": " + name);
            assertArrayEquals(
                    TorchWriter.bytes(expected.get(name)),
                    TorchWriter.bytes(ours.get(name)),
                    what + ": " + name);
        }
    }

    private static Weights prefixed(String prefix, Weights weights) {
        Weights result = new Weights();
        weights.all().forEach((name, tensor) -> result.put(prefix + name, tensor));
        return result;
    }

    /** As data-parallel training names them; AST's authors do. */
    private static Weights parallel(Weights weights) {
        return prefixed("module.", single(weights));
    }

    private static Weights single(Weights weights) {
        Weights without = weights.below("module.");
        return without.names().isEmpty() ? prefixed("", weights) : without;
    }

    /** X-Pool's own tensors, of any values, beside a CLIP. */
    private static Weights withPool(Weights clip) {
        Weights result = prefixed("", clip);
        Random random = new Random(3);
        for (String part :
                List.of(
                        "cross_attn.q_proj",
                        "cross_attn.k_proj",
                        "cross_attn.v_proj",
                        "cross_attn.out_proj",
                        "linear_proj",
                        "layer_norm1",
                        "layer_norm2",
                        "layer_norm3")) {
            for (String kind : List.of(".weight", ".bias")) {
                float[] values = {random.nextFloat(), random.nextFloat()};
                result.put("pool_frames." + part + kind, Ops.floats(values, 2));
            }
        }
        return result;
    }

    /** Stays mapped until the tests end. */
    private static Weights golden(String name) throws Exception {
        return WeightFiles.open(folder().resolve(name + ".safetensors"));
    }

    private static Path folder() throws URISyntaxException {
        return Path.of(
                Objects.requireNonNull(WeightFormTest.class.getResource("/goldens")).toURI());
    }
}
