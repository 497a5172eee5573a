package javigate.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What PyTorch itself writes is read; only where /usr/bin/python3 has it. */
class TorchFormsTest {

    private static final Path PYTHON = Path.of("/usr/bin/python3");

    private static final List<String> SOURCES =
            List.of(
                    "clip_tiny.openai",
                    "clip_tiny.hf",
                    "ast_tiny.original",
                    "ast_tiny.hf",
                    "avigate_tiny.weights");

    @TempDir private Path dir;

    @Test
    void everyFormThatPyTorchWritesIsRead() throws Exception {
        assumeTrue(
                Files.isExecutable(PYTHON)
                        && run(PYTHON.toString(), "-c", "import torch").isEmpty(),
                PYTHON + " cannot import torch (Debian: python3-torch)");
        Path goldens = Path.of(Objects.requireNonNull(getClass().getResource("/goldens")).toURI());
        Path script = Path.of("src/test/python/write_weight_forms.py").toAbsolutePath();
        Path out = dir.resolve("out");
        String said = run(PYTHON.toString(), script.toString(), goldens.toString(), out.toString());
        assertEquals("", said);
        for (String source : SOURCES) {
            try (Weights golden = Safetensors.open(goldens.resolve(source + ".safetensors"));
                    var forms = Files.list(out.resolve(source))) {
                List<Path> files = forms.toList();
                assertEquals(23, files.size());
                for (Path file : files) {
                    compare(file, golden);
                }
            }
        }
    }

    private static void compare(Path file, Weights golden) throws IOException {
        String form = String.valueOf(file.getFileName());
        try (Weights read = WeightFiles.open(file)) {
            Map<String, Tensor> expected = new LinkedHashMap<>();
            String prefix = form.contains("parallel") ? "module." : "";
            golden.all()
                    .forEach(
                            (name, tensor) -> expected.put(prefix + name, converted(tensor, form)));
            if (form.contains("scalars")) {
                for (String name : List.of("input_resolution", "context_length", "vocab_size")) {
                    expected.put(name, read.get(name));
                }
                assertArrayEquals(new long[] {32}, read.longs("input_resolution"));
                assertArrayEquals(new long[] {16}, read.longs("context_length"));
                assertArrayEquals(new long[] {100}, read.longs("vocab_size"));
            }
            WeightFilesTest.assertSame(file.toString(), expected, read);
        }
    }

    private static Tensor converted(Tensor tensor, String form) {
        if (!tensor.is_floating_point()) {
            return tensor;
        }
        if (form.contains("bfloat16")) {
            return tensor.to(torch.ScalarType.BFloat16);
        }
        if (form.contains("half")) {
            return tensor.to(torch.ScalarType.Half);
        }
        return form.contains("double") ? tensor.to(torch.ScalarType.Double) : tensor;
    }

    /** What a command says; nothing, if all went well. */
    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        return code == 0 ? "" : "exit code " + code + ": " + said;
    }
}
