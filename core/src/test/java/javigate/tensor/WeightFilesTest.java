package javigate.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightFilesTest {

    @TempDir private Path dir;

    @Test
    void everyFormOfEveryTypeIsRead() throws IOException {
        for (torch.ScalarType type :
                List.of(
                        torch.ScalarType.Float,
                        torch.ScalarType.Double,
                        torch.ScalarType.Half,
                        torch.ScalarType.BFloat16,
                        torch.ScalarType.Long)) {
            Map<String, Tensor> tensors = tensors(type);
            for (Map.Entry<String, TorchWriter.Form> form : TorchWriter.forms().entrySet()) {
                String what = form.getKey() + " of " + type;
                try (Weights read =
                        WeightFiles.open(form.getValue().write(dir.resolve(what), tensors))) {
                    assertSame(what, tensors, read);
                }
            }
        }
    }

    /** Rows and columns exchanged, and tensors that share a storage. */
    @Test
    void viewsOfOneStorageAreRead() throws IOException {
        byte[] values = TorchWriter.bytes(Ops.floats(new float[] {0, 1, 2, 3, 4, 5, 6}, 7));
        Pickle pickle = Pickle.start().ops("}(");
        pickle.text("transposed").tensor("FloatStorage", "0", 7, 1, of(3, 2), of(1, 3));
        pickle.text("tail").tensor("FloatStorage", "0", 7, 5, of(2), of(1));
        pickle.text("column").tensor("FloatStorage", "0", 7, 1, of(2, 1), of(3, 1));
        pickle.text("scalar").tensor("FloatStorage", "0", 7, 6, of(), of());
        pickle.text("parameter").global("torch._utils", "_rebuild_parameter").ops("(");
        pickle.tensor("FloatStorage", "0", 7, 0, of(2), of(2)).op(0x88).emptyOrderedDict();
        pickle.ops("tRu");
        byte[] zip = new Zip().add("a/data.pkl", pickle.stop()).add("a/data/0", values).bytes();
        try (Weights read = WeightFiles.open(Files.write(dir.resolve("views"), zip))) {
            assertArrayEquals(new long[] {3, 2}, read.shape("transposed"));
            assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6}, read.floats("transposed"));
            assertArrayEquals(new float[] {5, 6}, read.floats("tail"));
            assertArrayEquals(new long[] {2, 1}, read.shape("column"));
            assertArrayEquals(new float[] {1, 4}, read.floats("column"));
            assertArrayEquals(new float[] {6}, read.floats("scalar"));
            assertArrayEquals(new float[] {0, 2}, read.floats("parameter"));
        }
    }

    /** 19280 bytes of header: the file begins with the letters of a zip. */
    @Test
    void aHeaderWhoseLengthReadsPkIsNoZip() throws IOException {
        String header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";
        byte[] bytes =
                new Pickle()
                        .int64(19280)
                        .ops(header + " ".repeat(19280 - header.length()))
                        .int32(Float.floatToIntBits(4))
                        .bytes();
        assertEquals("PK", new String(bytes, 0, 2, StandardCharsets.US_ASCII));
        try (Weights read = WeightFiles.open(Files.write(dir.resolve("pk"), bytes))) {
            assertArrayEquals(new float[] {4}, read.floats("a"));
        }
    }

    @Test
    void aFolderHasItsBestFileRead() throws IOException {
        assertTrue(refusal(dir).contains("no weights in this folder"));
        Map<String, Tensor> one = Map.of("one", Ops.scalar(1));
        Map<String, Tensor> two = Map.of("two", Ops.scalar(2));
        byte[] zip = TorchWriter.zip(TorchWriter.stateDict(two), two);
        Path _ = Files.write(dir.resolve("pytorch_model.bin"), zip);
        assertEquals(dir.resolve("pytorch_model.bin"), WeightFiles.locate(dir));
        Safetensors.write(dir.resolve("model.safetensors"), one, false, Map.of());
        try (Weights read = WeightFiles.open(dir)) {
            assertEquals(one.keySet(), read.names());
        }
        assertTrue(refusal(dir.resolve("none")).contains("no such file"));
    }

    @Test
    void namesOfAFileStayInOneLine() {
        Weights weights = new Weights();
        String name = "a\nb\r\u0085\u2028\u202e\u001b[31m" + "x".repeat(500);
        weights.put(name, Ops.floats(new float[] {1, Float.NaN}, 2));
        for (String message :
                List.of(
                        String.valueOf(
                                assertThrows(IllegalArgumentException.class, weights::requireFinite)
                                        .getMessage()),
                        String.valueOf(
                                assertThrows(
                                                IllegalArgumentException.class,
                                                () -> weights.get(name + "?"))
                                        .getMessage()))) {
            assertTrue(message.matches("[\\p{L}\\p{P}\\p{S}\\p{N} ]{20,200}"), message);
        }
    }

    private static String refusal(Path path) {
        return String.valueOf(
                assertThrows(IOException.class, () -> WeightFiles.open(path)).getMessage());
    }

    private static long[] of(long... values) {
        return values;
    }

    /** Tensors of several shapes, their names as modules in modules. */
    static Map<String, Tensor> tensors(torch.ScalarType type) {
        Random random = new Random(7);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (long[] shape : List.of(of(3, 5), of(7), of(), of(2, 1, 3, 2), of(0, 4))) {
            int count = (int) java.util.Arrays.stream(shape).reduce(1, (a, b) -> a * b);
            float[] values = new float[count];
            for (int i = 0; i < count; i++) {
                values[i] = 100 * random.nextFloat() - 50;
            }
            int n = tensors.size();
            String name = n == 0 ? "first" : "block." + n % 2 + ".layer" + n + ".weight";
            tensors.put(name, Ops.floats(values, shape).to(type));
        }
        return tensors;
    }

    /** The same names, types, shapes and bits. */
    static void assertSame(String what, Map<String, Tensor> expected, Weights read) {
        assertEquals(expected.keySet(), new java.util.HashSet<>(read.names()), what);
        expected.forEach(
                (name, tensor) -> {
                    Tensor ours = read.get(name);
                    assertEquals(tensor.scalar_type().intern(), ours.scalar_type().intern(), what);
                    assertArrayEquals(Ops.shape(tensor), read.shape(name), what + ": " + name);
                    assertArrayEquals(
                            TorchWriter.bytes(tensor), TorchWriter.bytes(ours), what + ": " + name);
                });
    }
}
