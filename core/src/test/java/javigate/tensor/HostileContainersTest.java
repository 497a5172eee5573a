package javigate.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Zips, safetensors headers and indices that lie; files cut anywhere, files with flipped bytes. */
class HostileContainersTest {

    private static final Map<String, Tensor> ONE =
            Map.of("w", Ops.floats(new float[] {1, 2, 3, 4}, 4));
    private static final byte[] PICKLE = TorchWriter.stateDict(ONE);

    @TempDir private Path dir;
    private int files;

    @Test
    void zipsThatLieAreRefused() throws IOException {
        WeightFiles.open(write(sound().bytes())).close();
        for (String name :
                List.of("../../x", "a/../../x", "/etc/x", "a\\..\\x", "..", "a/data/../x")) {
            refused(sound().add(name, "x").bytes(), "paths must not leave");
        }
        refused(sound().add("b/data.pkl", PICKLE).bytes(), "2 files data.pkl");
        refused(sound().add("a/data.pkl", PICKLE).bytes(), "2 files data.pkl");
        refused(sound().add("a/data/0", new byte[16]).bytes(), "two entries named a/data/0");
        refused(new Zip().add("a/data/0", "").bytes(), "0 files data.pkl");
        refused(new Zip().add("data.pkl", PICKLE).bytes(), "0 files data.pkl");
        refused(new Zip().add("a/b/data.pkl", PICKLE).bytes(), "0 files data.pkl");
        refused(new Zip().bytes(), "0 files data.pkl");
        refused(new Zip().addDeflated("a/data.pkl", PICKLE).bytes(), "compressed or encrypted");
        byte[] bomb = new byte[50_000_000];
        refused(
                new Zip().add("a/data.pkl", PICKLE).addDeflated("a/data/0", bomb).bytes(),
                "compressed or encrypted");
        refused(
                new Zip().add("a/data.pkl", PICKLE, 0, 1, PICKLE.length, -1).bytes(),
                "compressed or encrypted");
        refused(new Zip().add("a/data.pkl", PICKLE, 0, 0, 1 << 30, -1).bytes(), "not in the file");
        refused(new Zip().add("a/data.pkl", PICKLE, 0, 0, -2, -1).bytes(), "not in the file");
        refused(sound().add("a/data/1", new byte[4], 0, 0, 4, 1L << 31).bytes(), "not whole");
        refused(sound().add("a/data/1", new byte[4], 0, 0, 4, 0).bytes(), "not in the file");
        refused(overlapping(), "over another");
        refused(sound().add("a/byteorder", "big").bytes(), "big-endian");
        refused(concat(sound().bytes(), new byte[1]), "not whole");
        refused(concat("PK".getBytes(StandardCharsets.US_ASCII), new byte[100]), "not whole");
        for (long lie : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 40, 300_000}) {
            for (int field : new int[] {32, 40, 48, 64}) { // count, bytes, place, locator's
                byte[] wide = sound().zip64().bytes();
                ByteBuffer end = ByteBuffer.wrap(wide).order(ByteOrder.LITTLE_ENDIAN);
                refused(end.putLong(wide.length - 98 + field, lie).array().clone(), "");
            }
        }
    }

    /** The second entry inside the first one's data, with a header of its own there. */
    private static byte[] overlapping() {
        byte[] inner = new Zip().add("a/data/0", new byte[16]).bytes();
        byte[] outer = new Zip().add("a/data/1", inner).add("a/data.pkl", PICKLE).bytes();
        int at = indexOf(outer, inner);
        return new Zip()
                .add("a/data/1", inner)
                .add("a/data.pkl", PICKLE)
                .add("a/data/0", new byte[0], 0, 0, 16, at)
                .bytes();
    }

    @Test
    void safetensorsThatLieAreRefused() throws IOException {
        for (long length : new long[] {Long.MIN_VALUE, -1, Long.MAX_VALUE, 1 << 30, 12}) {
            byte[] bytes = header("{}  ", 0);
            refused(
                    ByteBuffer.wrap(bytes)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(0, length)
                            .array(),
                    "");
        }
        String good = "{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}";
        WeightFiles.open(write(header("{\"a\":" + good + "}", 4))).close();
        refused(header("{\"a\":" + good + ",\"b\":" + good + "}", 4), "inside the one before");
        refused(header("{\"a\":" + good + ",\"a\":" + good + "}", 4), "not JSON");
        refused(header("{\"a\\nb\":" + good + ",\"a\\nb\":" + good + "}", 4), "a?b");
        refused(header("{\"a\\nb\":" + good + "}", 3), "a?b");
        refused(header("{\"a\\nb\":" + good.replace("F32", "F\\n8") + "}", 4), "a?b");
        refused(header("{\"" + "n".repeat(70_000) + "\":1}", 4), "");
        refused(
                header("{\"a\":" + good.replace("[1]", "[" + "1,".repeat(99) + "1]") + "}", 4),
                "a");
        refused(header("{\"a\":" + good.replace("[0,4]", "[-4,0]") + "}", 4), "tensor a");
        refused(header("{\"a\":" + good.replace("[0,4]", "[4,0]") + "}", 4), "tensor a");
        String big = "9".repeat(900);
        refused(header("{\"a\":" + good.replace("[1]", "[" + big + "]") + "}", 4), "tensor a");
        refused(header("{\"a\":" + "[".repeat(5000), 4), "not JSON");
        refused(header("{\"a\":" + "[[],".repeat(100), 4), "not JSON");
        refused(header("{a", 0), "not JSON");
    }

    @Test
    void indicesThatLeadElsewhereAreRefused() throws IOException {
        Path shard = dir.resolve("shard.bin");
        Path _ = Files.write(shard, TorchWriter.zip(PICKLE, ONE));
        WeightFiles.open(index("{\"weight_map\":{\"w\":\"shard.bin\"}}")).close();
        for (String name :
                List.of(
                        "../../etc/passwd",
                        "/etc/passwd",
                        "a/b",
                        "..",
                        ".",
                        "",
                        "a\\\\b",
                        "C:x",
                        "a\\u0000b",
                        "a\\nb")) {
            Refusal.of(index("{\"weight_map\":{\"w\":\"%s\"}}".formatted(name)), "a shard named");
        }
        Refusal.of(index("{\"weight_map\":{\"w\":\"none.bin\"}}"), "no such file");
        Refusal.of(index("{\"weight_map\":{\"w\\nx\":\"shard.bin\"}}"), "w?x is not in shard.bin");
        Refusal.of(index("{\"weight_map\":{\"w\":\"x.index.json\"}}"), "not a weight file");
        Refusal.of(index("{\"weight_map\":{\"w\\n\":1,\"w\\n\":2}}"), "not JSON");
        Refusal.of(index("{\"weight_map\":[\"w\"]}"), "no weight_map");
        Refusal.of(index("[]"), "no weight_map");
        Refusal.of(index("null"), "no weight_map");
        Refusal.of(index(""), "no weight_map");
        Refusal.of(index("{} {}"), "not JSON");
        Refusal.of(index("[".repeat(5000)), "not JSON");
        Refusal.of(index("\0\0\u00fe\u00ff\0\0\0\0"), "not JSON");
    }

    private Path index(String json) throws IOException {
        return Files.writeString(dir.resolve("x.index.json"), json, StandardCharsets.ISO_8859_1);
    }

    /** Every beginning of a file is refused; what is whole although shorter, reads the same. */
    @Test
    void filesCutAnywhereAreRefused() throws IOException {
        int refused = 0;
        for (byte[] whole : wholeFiles()) {
            for (int length = 0; length < whole.length; length++) {
                refused += open(java.util.Arrays.copyOf(whole, length)) ? 0 : 1;
            }
            assertEquals(whole.length, refused, "a beginning of a file was read");
            refused = 0;
        }
    }

    @Test
    void flippedBytesAreReadOrRefused() throws IOException {
        Random random = new Random(11);
        for (byte[] whole : wholeFiles()) {
            int refused = 0;
            for (int round = 0; round < 1000; round++) {
                byte[] bytes = whole.clone();
                for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                    bytes[random.nextInt(bytes.length)] =
                            (byte)
                                    (random.nextBoolean()
                                            ? random.nextInt()
                                            : random.nextInt(4) - 1);
                }
                refused += open(bytes) ? 0 : 1;
            }
            org.junit.jupiter.api.Assertions.assertTrue(refused > 100, refused + " refused");
        }
    }

    private static List<byte[]> wholeFiles() throws IOException {
        Map<String, Tensor> tensors = WeightFilesTest.tensors(torch.ScalarType.Float);
        tensors.keySet().removeIf(name -> !name.equals("first") && !name.contains("layer3"));
        List<byte[]> whole = new ArrayList<>();
        whole.add(TorchWriter.zip(TorchWriter.stateDict(tensors), tensors));
        whole.add(TorchWriter.archive(TorchWriter.stateDict(tensors), tensors).zip64().bytes());
        whole.add(TorchWriter.torchScript(tensors));
        whole.add(TorchWriter.legacy(TorchWriter.stateDict(tensors), tensors));
        Path file = Files.createTempFile("whole", ".safetensors");
        Safetensors.write(file, tensors, false, Map.of("format", "pt"));
        whole.add(Files.readAllBytes(file));
        Files.delete(file);
        return whole;
    }

    /** Whether the file reads; otherwise it is refused in one line. Anything else is thrown on. */
    private boolean open(byte[] bytes) throws IOException {
        Path file = Files.write(dir.resolve("damaged"), bytes);
        try (Weights weights = WeightFiles.open(file)) {
            weights.names().forEach(name -> TorchWriter.bytes(weights.get(name)));
            return true;
        } catch (IOException e) {
            String _ = Refusal.requireOneLine(e, file);
            return false;
        }
    }

    private static Zip sound() {
        return new Zip().add("a/data.pkl", PICKLE).add("a/data/0", new byte[16]);
    }

    private static byte[] header(String json, int dataBytes) {
        byte[] text = json.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + text.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text)
                .array();
    }

    private static byte[] concat(byte[] a, byte[] b) {
        return new Pickle().raw(a).raw(b).bytes();
    }

    private static int indexOf(byte[] whole, byte[] part) {
        return new String(whole, StandardCharsets.ISO_8859_1)
                .indexOf(new String(part, StandardCharsets.ISO_8859_1));
    }

    private Path write(byte[] bytes) throws IOException {
        return Files.write(dir.resolve("bad" + files++), bytes);
    }

    private void refused(byte[] bytes, String said) throws IOException {
        Refusal.of(write(bytes), said);
    }
}
