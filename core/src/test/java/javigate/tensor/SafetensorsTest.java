package javigate.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {

    private static final String GOOD =
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";

    @TempDir private Path dir;

    @Test
    void everyTypeComesBack() throws IOException {
        Tensor values = Ops.floats(new float[] {0, 1, 2, 3, 100, 7}, 2, 3);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (torch.ScalarType type :
                List.of(
                        torch.ScalarType.Double,
                        torch.ScalarType.Float,
                        torch.ScalarType.Half,
                        torch.ScalarType.BFloat16,
                        torch.ScalarType.Long,
                        torch.ScalarType.Int,
                        torch.ScalarType.Short,
                        torch.ScalarType.Char,
                        torch.ScalarType.Byte)) {
            tensors.put("of " + type, values.to(type));
        }
        tensors.put("flags", values.to(torch.ScalarType.Bool));
        tensors.put("transposed", values.t());
        tensors.put("scalar", torch.full(new long[] {}, new org.bytedeco.pytorch.Scalar(2.5)));
        tensors.put("empty", torch.zeros(new long[] {0, 4}));
        Path file = dir.resolve("all.safetensors");
        Safetensors.write(file, tensors, false, Map.of("format", "pt", "note", "ä"));
        try (Weights read = Safetensors.open(file)) {
            assertEquals(tensors.keySet(), read.names());
            assertEquals(Map.of("format", "pt", "note", "ä"), read.metadata());
            tensors.forEach(
                    (name, tensor) -> {
                        assertEquals(
                                tensor.scalar_type().intern(),
                                read.get(name).scalar_type().intern(),
                                name);
                        assertArrayEquals(Ops.shape(tensor), read.shape(name), name);
                        assertArrayEquals(Ops.toFloats(tensor), read.floats(name), name);
                    });
            assertArrayEquals(new long[] {0, 1, 2, 3, 100, 7}, read.longs("of Long"));
            assertArrayEquals(new double[] {0, 1, 2, 3, 100, 7}, read.doubles("of Double"));
            assertArrayEquals(new float[] {0, 3, 1, 100, 2, 7}, read.floats("transposed"));
            assertEquals(0, read.floats("empty").length);
        }
    }

    @Test
    void halfStoresFloatsAsFp16AndLeavesIntegersAlone() throws IOException {
        Random random = new Random(4);
        float[] values = new float[1000];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        Path file = dir.resolve("half.safetensors");
        Safetensors.write(
                file,
                Map.of(
                        "x", Ops.floats(values, 1000),
                        "ids", Ops.longs(new long[] {1L << 40, -3}, 2)),
                true,
                Map.of());
        try (Weights read = Safetensors.open(file)) {
            assertEquals(torch.ScalarType.Half, read.get("x").scalar_type().intern());
            assertArrayEquals(new long[] {1L << 40, -3}, read.longs("ids"));
            float[] back = read.floats("x");
            for (int i = 0; i < back.length; i++) {
                assertEquals(Float.float16ToFloat(Float.floatToFloat16(values[i])), back[i]);
            }
        }
        assertTrue(Files.size(file) < 2500, Files.size(file) + " bytes");
    }

    @Test
    void manyTensorsOfRandomShapesComeBack() throws IOException {
        Random random = new Random(9);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (int i = 0; i < 200; i++) {
            long[] shape = random.ints(random.nextInt(4), 0, 5).asLongStream().toArray();
            int count = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
            float[] values = new float[count];
            for (int k = 0; k < count; k++) {
                values[k] = random.nextFloat();
            }
            tensors.put("t" + i, Ops.floats(values, shape));
        }
        Path file = dir.resolve("many.safetensors");
        Safetensors.write(file, tensors, false, Map.of());
        try (Weights read = Safetensors.open(file)) {
            assertEquals(tensors.keySet(), read.names());
            tensors.forEach(
                    (name, tensor) -> {
                        assertArrayEquals(Ops.shape(tensor), read.shape(name));
                        assertArrayEquals(Ops.toFloats(tensor), read.floats(name));
                    });
        }
    }

    @Test
    void aFileCutAnywhereIsRefused() throws IOException {
        Path whole = dir.resolve("whole.safetensors");
        Safetensors.write(
                whole, Map.of("a", Ops.floats(new float[] {1, 2, 3}, 3)), false, Map.of());
        byte[] bytes = Files.readAllBytes(whole);
        for (int length = 0; length < bytes.length; length++) {
            refused(Arrays.copyOf(bytes, length), "");
        }
    }

    @Test
    void hostileHeadersAreRefused() throws IOException {
        refused(withLength(Long.MIN_VALUE, GOOD, 8), "9223372036854775808"); // 2^63
        refused(withLength(-1, GOOD, 8), "18446744073709551615");
        refused(withLength(1L << 40, GOOD, 8), "");
        refused(withLength(0, GOOD, 8), "");
        refused(file("not json", 8), "not JSON");
        refused(file("[1, 2]", 8), "not a JSON object");
        refused(file("{\"a\"", 8), "not JSON");
        refused(file(GOOD + GOOD, 8), "not JSON");
        refused(new byte[] {4, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0xff, (byte) 0xfe, 1, 1}, "");
        refused(file("{\"é\":".replace("é", "\u00ff"), 8), "not JSON");
        refused(file("{\"a\": 3}", 8), "tensor a");
        refused(file(GOOD.replace("F32", "F8_E4M3"), 8), "F8_E4M3");
        refused(
                file("{" + inner(GOOD) + "," + inner(GOOD) + "}", 8),
                "uplicate"); // the last would win
    }

    @Test
    void hostileShapesAndOffsetsAreRefused() throws IOException {
        for (String offsets :
                List.of(
                        "[0,9]",
                        "[0,7]",
                        "[4,12]",
                        "[-8,0]",
                        "[8,0]",
                        "[0]",
                        "[0,8,8]",
                        "[0.0,8.0]",
                        "[\"0\",\"8\"]",
                        "[18446744073709551616,8]",
                        "[0,18446744073709551624]",
                        "null")) {
            refused(file(GOOD.replace("[0,8]", offsets), 8), "tensor a");
        }
        for (String shape :
                List.of(
                        "[3]",
                        "[-2]",
                        "[-1,-2]",
                        "[4611686018427387904,4]",
                        "[18446744073709551618]",
                        "[2.0]",
                        "[\"2\"]",
                        "{}",
                        "2")) {
            refused(file(GOOD.replace("[2]", shape), 8), "tensor a");
        }
        String overlapping = "{" + inner(GOOD) + "," + inner(GOOD).replace("\"a\"", "\"b\"") + "}";
        refused(file(overlapping, 8), "inside the one before");
        String huge = GOOD.replace("[2]", "[0,9223372036854775807,9]").replace("[0,8]", "[0,0]");
        refused(file(huge, 8), "tensor a");
    }

    @Test
    void missingFilesAndFoldersAreNamed() {
        for (Path path : List.of(dir.resolve("none.safetensors"), dir)) {
            String message =
                    String.valueOf(
                            assertThrows(IOException.class, () -> Safetensors.open(path))
                                    .getMessage());
            assertTrue(message.startsWith(path.toString()), message);
        }
    }

    @Test
    void tensorsBeyondTheLimitAreRefused() throws IOException {
        StringBuilder header = new StringBuilder("{");
        for (int i = 0; i <= DataTypes.MAX_TENSORS; i++) {
            header.append(i == 0 ? "\"" : ",\"").append(i).append("\":0");
        }
        refused(file(header + "}", 0), "100001 tensors (limit 100000)");
    }

    /** 8 GB of holes: the heap and the machine would not hold a copy. */
    @Test
    void aBigFileIsMappedNotRead() throws IOException {
        long count = 1L << 31;
        String header =
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
                        .formatted(count, 4 * count);
        header += " ".repeat((8 - header.length() % 8) % 8);
        Path path = dir.resolve("big.safetensors");
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.write(withLength(header.length(), header, 0));
            file.setLength(8L + header.length() + 4 * count);
            file.seek(file.length() - 4);
            file.writeInt(Integer.reverseBytes(Float.floatToIntBits(42)));
        }
        long before = residentKb();
        try (Weights weights = Safetensors.open(path)) {
            Tensor last = weights.get("a").narrow(0, count - 1, 1);
            assertArrayEquals(new float[] {42}, Ops.toFloats(last));
            assertTrue(residentKb() - before < 200_000, before + " to " + residentKb() + " kB");
        }
    }

    /** Memory of this process in kB; 0 where the system does not say. */
    private static long residentKb() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .sum();
    }

    private void refused(byte[] bytes, String said) throws IOException {
        Path file = dir.resolve("bad.safetensors");
        Files.write(file, bytes);
        String message =
                String.valueOf(
                        assertThrows(IOException.class, () -> Safetensors.open(file).close())
                                .getMessage());
        assertTrue(message.startsWith(file.toString()), message);
        assertTrue(message.contains(said), said + " in: " + message);
        assertEquals(1, message.lines().count(), message);
    }

    private static String inner(String object) {
        return object.substring(1, object.length() - 1);
    }

    private static byte[] file(String header, int dataBytes) {
        return withLength(header.getBytes(StandardCharsets.ISO_8859_1).length, header, dataBytes);
    }

    private static byte[] withLength(long length, String header, int dataBytes) {
        byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(8 + text.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .put(text)
                .array();
    }
}
