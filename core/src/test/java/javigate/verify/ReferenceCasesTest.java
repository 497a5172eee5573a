package javigate.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import javigate.tensor.Safetensors;
import javigate.tensor.TorchWriter;
import javigate.tensor.Weights;
import javigate.verify.ReferenceCases.Outcome;
import javigate.verify.ReferenceCases.Status;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReferenceCasesTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir private Path dir;

    @Test
    void everyCasePasses() throws Exception {
        List<Outcome> told = new ArrayList<>();
        List<Outcome> outcomes = ReferenceCases.run(goldens(), null, told::add);
        assertEquals(outcomes, told);
        assertTrue(outcomes.size() >= 10, outcomes.size() + " cases");
        for (Outcome outcome : outcomes) {
            boolean tokenizer = outcome.name().equals("tokenizer");
            assertEquals(
                    tokenizer ? Status.SKIPPED : Status.PASS, outcome.status(), outcome.line());
            assertEquals(1, outcome.line().lines().count());
            if (!tokenizer) {
                assertEquals("", outcome.detail());
                assertTrue(outcome.worstShare() <= 1, outcome.line());
            }
        }
    }

    /** The weights of CLIP and AST in each of PyTorch's forms, in float32 and float64. */
    @Test
    void weightsPassInEveryForm() throws Exception {
        Map<String, List<String>> weights =
                Map.of("clip_tiny", List.of("openai", "hf"), "ast_tiny", List.of("original", "hf"));
        for (Map.Entry<String, List<String>> e : weights.entrySet()) {
            for (Map.Entry<String, TorchWriter.Form> form : TorchWriter.forms().entrySet()) {
                if (form.getKey().endsWith("shards")) {
                    continue; // a folder, where the case names a file
                }
                for (torch.ScalarType type :
                        List.of(torch.ScalarType.Float, torch.ScalarType.Double)) {
                    copyCase(e.getKey());
                    for (String part : e.getValue()) {
                        String file = e.getKey() + "." + part + ".safetensors";
                        rewrite(file, form.getValue(), type);
                    }
                    assertEquals(Status.PASS, only(e.getKey()).status(), form.getKey());
                }
            }
        }
    }

    private void rewrite(String file, TorchWriter.Form form, torch.ScalarType type)
            throws Exception {
        try (Weights golden = Safetensors.open(goldens().resolve(file))) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            golden.all()
                    .forEach(
                            (name, tensor) ->
                                    tensors.put(
                                            name,
                                            tensor.is_floating_point() ? tensor.to(type) : tensor));
            Path _ = form.write(dir.resolve(file), tensors);
        }
    }

    /** One wrong value among the expected ones of a case, and the case fails by name. */
    @Test
    void oneWrongExpectedValueFails() throws Exception {
        Random random = new Random(5);
        int perturbed = 0;
        for (String name : namesOfTensorCases()) {
            copyCase(name);
            List<String> outputs = outputs(dir.resolve(name + ".safetensors"));
            String output = outputs.get(random.nextInt(outputs.size()));
            perturb(dir.resolve(name + ".safetensors"), output);
            Outcome outcome = only(name);
            assertEquals(Status.FAIL, outcome.status(), output + ": " + outcome.line());
            assertTrue(outcome.worstShare() > 1, outcome.line());
            assertTrue(outcome.detail().contains(output), output + ": " + outcome.line());
            perturbed++;
        }
        assertTrue(perturbed >= 8, perturbed + " cases");
    }

    @Test
    void oneWrongIndexFails() throws Exception {
        copyCase("frame_sampling");
        Path file = dir.resolve("frame_sampling.json");
        JsonNode json = JSON.readTree(file.toFile());
        ArrayNode last = (ArrayNode) json.get("table").get(5).get("frames_slice1");
        last.set(0, new IntNode(last.get(0).asInt() + 1));
        JSON.writeValue(file.toFile(), json);
        Outcome outcome = only("frame_sampling");
        assertEquals(Status.FAIL, outcome.status());
        assertEquals(1, outcome.largestError());
        assertTrue(outcome.line().contains("beyond its tolerance"), outcome.line());
    }

    /** Figures stand in the description, not among the tensors. */
    @Test
    void oneWrongMetricFails() throws Exception {
        for (String place :
                List.of(
                        "/results/square/plain/t2v/R5",
                        "/results/ties/plain/v2t/MedianR",
                        "/results/multi/plain/t2v/MeanR",
                        "/results/qbnorm/k1_beta20/activation_set/0",
                        "/results/sinkhorn/beta20_iter1/v2t/cols/3",
                        "/metrics_of_sims_inference/heads4/v2t/MedR")) {
            String name = place.startsWith("/results/") ? "metrics" : "xpool";
            copyCase(name);
            Path file = dir.resolve(name + ".json");
            JsonNode json = JSON.readTree(file.toFile());
            int slash = place.lastIndexOf('/');
            JsonNode parent = json.at(place.substring(0, slash));
            IntNode wrong = new IntNode(json.at(place).asInt() + 7);
            switch (parent) {
                case ObjectNode object -> object.set(place.substring(slash + 1), wrong);
                case ArrayNode array ->
                        array.set(Integer.parseInt(place.substring(slash + 1)), wrong);
                default -> throw new AssertionError(place);
            }
            JSON.writeValue(file.toFile(), json);
            assertEquals(Status.FAIL, only(name).status(), place);
        }
    }

    @Test
    void anExpectedTensorThatNothingComputesFails() throws Exception {
        for (String name : List.of("xpool", "tefal", "eclipse_fusion")) {
            copyCase(name);
            Path file = dir.resolve(name + ".safetensors");
            try (Weights golden = Safetensors.open(goldens().resolve(name + ".safetensors"))) {
                Map<String, Tensor> more = new LinkedHashMap<>(golden.all());
                more.put("out.unheard_of", torch.ones(1));
                Safetensors.write(file, more, false, Map.of());
            }
            Outcome outcome = only(name);
            assertEquals(Status.FAIL, outcome.status());
            assertTrue(outcome.detail().contains("out.unheard_of"), outcome.line());
        }
    }

    /** The reference has not collected this one; where a case holds it, it counts. */
    @Test
    void aGradientOfZerosIsPassedOverButNoOther() throws Exception {
        copyCase("tefal");
        String gradient = "out.paper.grad_audio_k_proj_weight";
        perturb(dir.resolve("tefal.safetensors"), gradient);
        Outcome outcome = only("tefal");
        assertEquals(Status.FAIL, outcome.status());
        assertTrue(outcome.detail().contains(gradient), outcome.line());
    }

    @Test
    void aVocabularyThatIsNotThereFailsTheTokenizerOnly() throws Exception {
        Path missing = dir.resolve("no-vocabulary.txt.gz");
        copyCase("tokenizer");
        copyCase("frame_sampling");
        List<Outcome> outcomes = ReferenceCases.run(dir, missing, o -> {});
        assertEquals(Status.PASS, outcomes.get(0).status());
        assertEquals(Status.FAIL, outcomes.get(1).status());
        assertTrue(outcomes.get(1).line().contains(missing.toString()), outcomes.get(1).line());
    }

    @Test
    void aDamagedCaseFailsInOneLineAndTheOthersRun() throws Exception {
        copyCase("frame_sampling");
        Files.writeString(dir.resolve("a.json"), "{\"case\": \"fbank\", ");
        Files.writeString(dir.resolve("b.json"), "");
        Files.writeString(dir.resolve("c.json"), "{\"case\": \"fbank\", \"file\": \"../x\"}");
        Files.writeString(
                dir.resolve("d.json"), "{\"case\": \"fbank\", \"file\": \"none.safetensors\"}");
        Files.writeString(dir.resolve("e.json"), "{\"case\": \"frame_sampling\"}");
        Files.writeString(dir.resolve("f.json"), "{\"case\": \"frame_sampling\"} and more");
        Files.writeString(dir.resolve("g.json"), "{\"case\": \"of another model\"}");
        Files.writeString(dir.resolve("MANIFEST.json"), "{\"files\": []}");
        List<Outcome> outcomes = ReferenceCases.run(dir, null, o -> {});
        assertEquals(8, outcomes.size());
        String[] said = {"a.json", "b.json", "../x", "none.safetensors", "table", "f.json"};
        for (int i = 0; i < said.length; i++) {
            String line = outcomes.get(i).line();
            assertEquals(Status.FAIL, outcomes.get(i).status(), line);
            assertTrue(line.contains(said[i]), line);
            assertEquals(1, line.lines().count(), line);
        }
        assertEquals(Status.PASS, outcomes.get(6).status());
        assertEquals(Status.NOT_YET, outcomes.get(7).status());
    }

    @Test
    void aTruncatedTensorFileFailsNamingIt() throws Exception {
        copyCase("audio_resampler");
        Path file = dir.resolve("audio_resampler.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
        Outcome outcome = only("audio_resampler");
        assertEquals(Status.FAIL, outcome.status());
        assertTrue(outcome.line().contains(file.toString()), outcome.line());
    }

    @Test
    void aFolderWithoutCasesIsAnError() throws Exception {
        String none =
                String.valueOf(
                        assertThrows(
                                        IOException.class,
                                        () -> ReferenceCases.run(dir, null, o -> {}))
                                .getMessage());
        assertTrue(none.startsWith(dir + ": no reference cases"), none);
        Path missing = dir.resolve("missing");
        String noFolder =
                String.valueOf(
                        assertThrows(
                                        IOException.class,
                                        () -> ReferenceCases.run(missing, null, o -> {}))
                                .getMessage());
        assertTrue(noFolder.startsWith(missing + ": no such folder"), noFolder);
    }

    private Outcome only(String name) throws IOException {
        List<Outcome> outcomes =
                ReferenceCases.run(dir, null, o -> {}).stream()
                        .filter(o -> o.name().equals(name))
                        .toList();
        assertEquals(1, outcomes.size());
        Files.delete(dir.resolve(name + ".json"));
        return outcomes.get(0);
    }

    private void copyCase(String name) throws Exception {
        try (var files = Files.list(goldens())) {
            for (Path file : files.toList()) {
                String fileName = String.valueOf(file.getFileName());
                if (fileName.startsWith(name + ".") || fileName.contains(".weights.")) {
                    Files.copy(file, dir.resolve(fileName), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    private static List<String> namesOfTensorCases() throws Exception {
        List<String> names = new ArrayList<>();
        try (var files = Files.list(goldens())) {
            for (Path file : files.sorted().toList()) {
                JsonNode json =
                        file.toString().endsWith(".json")
                                ? JSON.readTree(file.toFile())
                                : JSON.createObjectNode();
                if (json.path("case").isTextual() && json.has("file")) {
                    names.add(json.get("case").asText());
                }
            }
        }
        return names;
    }

    /** Names of the expected tensors, those of outputs and gradients. */
    private static List<String> outputs(Path file) throws IOException {
        List<String> names = new ArrayList<>();
        for (String name : (Iterable<String>) header(Files.readAllBytes(file))::fieldNames) {
            boolean expected = name.startsWith("out.") || name.startsWith("grad.");
            if (expected && !name.equals("out.ast_logits")) { // of a head nothing here has
                names.add(name);
            }
        }
        assertFalse(names.isEmpty());
        return names;
    }

    /** Changes one value of a tensor far beyond any tolerance. */
    private static void perturb(Path file, String name) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        JsonNode entry = header(bytes).get(name);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int data = 8 + (int) buffer.getLong(0);
        int begin = data + entry.get("data_offsets").get(0).asInt();
        switch (entry.get("dtype").asText()) {
            case "F32" -> buffer.putFloat(begin, 2 * buffer.getFloat(begin) + 1);
            case "F64" -> buffer.putDouble(begin, 2 * buffer.getDouble(begin) + 1);
            case "U8" -> buffer.put(begin, (byte) (buffer.get(begin) ^ 0x80));
            default -> throw new IllegalStateException(entry.toString());
        }
        Files.write(file, bytes);
    }

    private static JsonNode header(byte[] bytes) throws IOException {
        int length = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        return JSON.readTree(bytes, 8, length);
    }

    private static Path goldens() throws URISyntaxException {
        return Path.of(
                Objects.requireNonNull(ReferenceCasesTest.class.getResource("/goldens")).toURI());
    }
}
