package javigate.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that would run something, read or write elsewhere, or fill memory: refused in a line. */
class HostileWeightsTest {

    @TempDir private Path dir;
    private int files;

    @Test
    void picklesThatCallSomethingAreRefusedAndRunNothing() throws IOException {
        Path touched = dir.resolve("touched");
        String command = "touch " + touched;
        for (String[] name :
                new String[][] {
                    {"os", "system"},
                    {"posix", "system"},
                    {"nt", "system"},
                    {"subprocess", "check_output"},
                    {"builtins", "eval"},
                    {"builtins", "exec"},
                    {"__builtin__", "eval"},
                    {"java.lang", "Runtime"},
                    {"torch.nn.modules.linear", "Linear"},
                    {"torch", "load"},
                    {"torch", "Storage.__init__"},
                    {"torch._utils", "_import_dotted_name"},
                    {"torch.jit._pickle", "build"},
                    {"collections", "OrderedDict.fromkeys"},
                    {"numpy.core.multiarray", "_reconstruct"}
                }) {
            byte[] byGlobal =
                    Pickle.start().global(name[0], name[1]).text(command).op(0x85).ops("R").stop();
            refused(zip(byGlobal), name[0]);
            refused(join(TorchWriter.legacyHead(true), byGlobal), name[0]);
            Pickle byStack = new Pickle().op(0x80, 4).text(name[0]).text(name[1]).op(0x93);
            refused(zip(byStack.text(command).op(0x85).ops("R").stop()), name[0]);
        }
        refused(
                zip(Pickle.start().ops("(").text(command).ops("ios\nsystem\n").stop()),
                "opcode 0x69"); // INST
        refused(zip(Pickle.start().ops("(cos\nsystem\n").text(command).ops("o").stop()), "os.");
        refused(
                zip(Pickle.start().ops("(").text("os").text(command).ops("o").stop()),
                "opcode 0x6f"); // OBJ
        refused(zip(Pickle.start().op(0x82, 1).stop()), "opcode 0x82"); // EXT1
        refused(zip(Pickle.start().op(0x83, 1, 0).stop()), "opcode 0x83"); // EXT2
        refused(zip(Pickle.start().op(0x84, 1, 0, 0, 0).stop()), "opcode 0x84"); // EXT4
        refused(zip(new Pickle().op(0x80, 4).ops("))}").op(0x92).stop()), "opcode 0x92");
        refused(zip(Pickle.start().ops("Pstorage\n").stop()), "opcode 0x50"); // PERSID
        refused(zip(pickle("c__torch__.M\nCN\n)R")), "its pickle");
        refused(zip(Pickle.start().global("__torch__", "f").ops(")R").stop()), "a call of");
        refused(
                zip(Pickle.start().global("collections", "OrderedDict").ops(")").op(0x81).stop()),
                "a new collections.OrderedDict");
        assertFalse(Files.exists(touched));
    }

    @Test
    void picklesOfOtherKindsAreRefused() throws IOException {
        refused(zip("(dp0\nS'a'\np1\nI1\ns.".getBytes(StandardCharsets.US_ASCII)), "opcode 0x70");
        refused(zip(new Pickle().op(0x80, 1).ops("}").stop()), "protocol 1");
        refused(zip(new Pickle().op(0x80, 5).ops("}").stop()), "protocol 5");
        refused(zip(new byte[0]), "cut short");
        refused(zip(pickle("")), "cut short"); // stack underflow
        refused(zip(pickle("0")), "cut short");
        refused(zip(pickle("t")), "cut short"); // no mark
        refused(zip(pickle("(0")), "cut short"); // below a mark
        refused(zip(pickle("]q\0h\1")), "cut short"); // no such memo
        refused(zip(pickle("}(K\1u")), "cut short"); // odd count
        refused(zip(pickle("}]Ns")), "key ArrayList");
        refused(zip(pickle("})Ns")), "key");
        refused(zip(pickle("}}Ns")), "key LinkedHashMap");
        refused(zip(pickle(")Na")), "damaged"); // appends to a tuple
        refused(zip(pickle("K\1Na")), "damaged");
        refused(zip(pickle("]}b")), "a state for");
        refused(zip(pickle("NQ")), "damaged");
        refused(zip(pickle(")Q")), "cut short");
        refused(zip(pickle("N")), "no tensors");
        refused(zip(pickle("}")), "no tensors");
        refused(zip(pickle("](K\1K\2e")), "no tensors");
        refused(
                zip(
                        Pickle.start()
                                .ops("}K\1")
                                .tensor("FloatStorage", "0", 1, 0, of(1), of(1))
                                .ops("s")
                                .stop()),
                "no tensors");
        refused(zip(Pickle.start().ops("X").int32(-1).stop()), "cut short");
        refused(zip(Pickle.start().ops("X").int32(Integer.MAX_VALUE).stop()), "cut short");
        refused(zip(new Pickle().op(0x80, 4, 0x8d).int64(Long.MAX_VALUE).stop()), "cut short");
        refused(zip(new Pickle().op(0x80, 4, 0x8d).int64(-1).stop()), "cut short");
        refused(zip(Pickle.start().op(0x8b).int32(Integer.MAX_VALUE).stop()), "an integer of");
        refused(zip(Pickle.start().op(0x8b).int32(-1).stop()), "an integer of");
        refused(zip(Pickle.start().ops("c" + "m".repeat(100_000) + "\nn\n").stop()), "a name");
    }

    /** What holds or shares itself: every walk over it must end, and no one may print it. */
    @Test
    void valuesInsideThemselvesAreRefused() throws IOException {
        byte[] list = pickle("]q\0h\0a"); // [itself]
        byte[] two = pickle("]q\0](h\0h\0ea"); // [[itself, itself]]
        Pickle dictionary = Pickle.start().ops("}q\0(").text("state_dict").ops("h\0");
        byte[] dict = dictionary.text("a").ops("h\0u").stop();
        for (byte[] pickle : List.of(list, two, dict)) {
            refused(zip(pickle), "no tensors");
            refused(join(TorchWriter.legacyHead(true), pickle, pickle), "");
            refused(join(pickle, pickle, pickle), "a pickle, but not");
            byte[] keys = Pickle.start().ops("(").raw(inner(pickle)).ops("t").stop();
            refused(join(TorchWriter.legacyHead(true), pickle("}"), keys), "does not fit");
        }
        Pickle module = Pickle.start().global("__torch__", "M").ops(")").op(0x81).ops("q\0}(");
        module.text("a").ops("h\0").text("b").ops("h\0ub");
        refused(zip(module.stop()), "levels deep"); // 2^64 ways down
        Pickle lists = Pickle.start().ops("]");
        Pickle modules = Pickle.start().global("__torch__", "M").ops(")").op(0x81);
        for (int level = 0; level < 40; level++) { // 2^40 ways down
            lists.op('q', level).ops("](").op('h', level, 'h', level).ops("e");
            modules.op('q', level).global("__torch__", "M").ops(")").op(0x81).ops("}(").text("a");
            modules.op('h', level).text("b").op('h', level).ops("ub");
        }
        refused(join(TorchWriter.legacyHead(true), lists.stop(), pickle("]")), "no tensors");
        refused(zip(modules.stop()), "too many modules");
        refused(zip(pickle("](".repeat(100_000) + "e".repeat(100_000))), "no tensors");
        refused(
                join(
                        TorchWriter.legacyHead(true),
                        pickle("](".repeat(9999) + "e".repeat(9999)),
                        pickle("]")),
                "levels deep");
        Pickle deep = Pickle.start();
        Pickle close = new Pickle();
        for (int level = 0; level < 100; level++) {
            deep.global("__torch__", "M").ops(")").op(0x81).ops("}").text("a");
            close.ops("sb");
        }
        refused(zip(deep.ops("N").raw(close.bytes()).stop()), "levels deep");
    }

    @Test
    void tensorsOutsideTheirStorageAreRefused() throws IOException {
        long max = Long.MAX_VALUE;
        refused(tensor(0, of(5), of(1)), "outside its storage");
        refused(tensor(1, of(4), of(1)), "outside its storage");
        refused(tensor(5, of(1), of(1)), "outside its storage");
        refused(tensor(-1, of(1), of(1)), "outside its storage");
        refused(tensor(max, of(1), of(1)), "outside its storage");
        refused(tensor(0, of(-1), of(1)), "outside its storage");
        refused(tensor(0, of(2), of(-1)), "outside its storage");
        refused(tensor(0, of(2), of(4)), "outside its storage");
        refused(tensor(0, of(2, 2), of(1)), "outside its storage");
        refused(tensor(0, of(max, max), of(1, 1)), "outside its storage");
        refused(tensor(0, of(1L << 32, 1L << 32), of(0, 0)), "outside its storage");
        refused(tensor(0, of(3), of(max)), "outside its storage");
        refused(tensor(2, of(2), of(max)), "outside its storage");
        refused(tensor(0, of(1_000_000_000), of(0)), "outside its storage");
        refused(tensor(0, of(0, max, max), of(1, 1, 1)), "outside its storage");
        refused(tensor(0, of(0, max), of(max, max)), "outside its storage");
        refused(tensor(0, new long[17], new long[17]), "17 dimensions");
        refused(storage("FloatStorage", "0", 5), "does not fit"); // shorter than it says
        refused(storage("FloatStorage", "0", 3), "does not fit");
        refused(storage("FloatStorage", "0", -4), "storage 0 of -4");
        refused(storage("DoubleStorage", "0", 1L << 61), "storage 0 of 2305843009213693952");
        refused(storage("FloatStorage", "0", 1L << 40), "does not fit");
        refused(storage("FloatStorage", "1", 4), "does not fit"); // none
        refused(storage("FloatStorage", "../data.pkl", 4), "does not fit");
        refused(storage("FloatStorage", "a\nb", 4), "a?b");
        refused(storage("QInt8Storage", "0", 4), "QInt8Storage");
        refused(storage("UntypedStorage", "0", 4), "UntypedStorage");
        Pickle shared = Pickle.start().ops("}(");
        for (int i = 0; i < 2000; i++) {
            shared.text("t" + i).tensor("FloatStorage", "0", 100_000, 0, of(100_000), of(1));
        }
        refused(zip(shared.ops("u").stop(), new byte[400_000]), "over four times the file");
        Pickle many = Pickle.start().tensor("FloatStorage", "0", 0, 0, of(0), of(1)).ops("q\0}(");
        for (int i = 0; i <= DataTypes.MAX_TENSORS; i++) {
            many.text("" + i).ops("h\0");
        }
        refused(zip(many.ops("u").stop(), new byte[0]), "100001 tensors (limit 100000)");
        Pickle longName = Pickle.start().ops("}").text("n".repeat(5000));
        longName.tensor("FloatStorage", "0", 4, 0, of(4), of(1)).ops("s");
        refused(zip(longName.stop()), "5000 characters");
        Pickle twice = Pickle.start().global("__torch__", "M").ops(")").op(0x81).ops("}(");
        twice.text("a.b").tensor("FloatStorage", "0", 4, 0, of(4), of(1)).text("a");
        twice.global("__torch__", "M").ops(")").op(0x81).ops("}").text("b");
        twice.tensor("FloatStorage", "0", 4, 0, of(4), of(1)).ops("sbub");
        refused(zip(twice.stop()), "two tensors named a.b");
    }

    @Test
    void legacyFilesThatLieAreRefused() throws IOException {
        byte[] head = TorchWriter.legacyHead(true);
        byte[] root = TorchWriter.stateDict(Map.of("a", Ops.floats(new float[] {1, 2}, 2)));
        byte[] keys = Pickle.start().ops("]").text("0").ops("a").stop();
        byte[] values = new byte[8];
        byte[] count = new Pickle().int64(2).bytes();
        Path good = write(join(head, root, keys, count, values));
        WeightFiles.open(good).close();
        refused(join(pickle("K\1"), root, keys, count, values), "not one of torch.save");
        refused(pickle("N"), "not one of torch.save");
        byte[] protocol = head.clone();
        protocol[head.length - 1] = '0';
        refused(join(protocol, root), "");
        refused(join(TorchWriter.legacyHead(false), root, keys, count, values), "big-endian");
        for (long wrong : of(0, 1, 3, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32)) {
            refused(join(head, root, keys, new Pickle().int64(wrong).bytes(), values), "storage 0");
        }
        refused(join(head, root, pickle("]"), count, values), "does not fit");
        refused(join(head, root, pickle("}"), count, values), "its list of storages");
        refused(join(head, root, pickle("](K\1e"), count, values), "storage Long");
        byte[] other = Pickle.start().ops("]").text("7\n").ops("a").stop();
        refused(join(head, root, other, count, values), "storage 7?");
        refused(join(head, root, keys, count, new byte[7]), "storage 0");
        refused(join(head, root, keys, new byte[7]), "storage 0");
        refused(join(head, root, keys), "storage 0");
    }

    /** Small files that would be large in memory, in a process with little of it. */
    @Test
    void memoryIsBounded() throws Exception {
        int million = 1_000_000;
        byte[] manyPairs = Pickle.start().ops("](" + "K\1K\2\u0086".repeat(1000) + "e").bytes();
        Pickle copies = new Pickle().raw(manyPairs).ops("\u0085q\0");
        copies.global("collections", "OrderedDict").ops("q\1(" + "h\1h\0R".repeat(100_000));
        Pickle states = Pickle.start().ops("}(");
        for (int i = 0; i < 1000; i++) {
            states.integer(i).ops("N");
        }
        states.ops("uq\0").global("__torch__", "M").ops("q\1(");
        states.ops("h\1)\u0081h\0b".repeat(100_000));
        Pickle shapes = Pickle.start().ops("(" + "K\1".repeat(10_000) + "tq\0");
        shapes.storage("FloatStorage", "0", 4).ops("q\1");
        shapes.global("torch._utils", "_rebuild_tensor_v2").ops("q\2(");
        shapes.ops("h\2(h\1K\0h\0h\0tR".repeat(50_000));
        Pickle names = new Pickle().op(0x80, 4).text("__torch__" + "m".repeat(million));
        names.text("n").op(0x93).ops("q\0(" + "h\0)\u0081".repeat(100_000));
        List<Path> bombs = new ArrayList<>();
        for (byte[] pickle :
                List.of(
                        pickle("]" + "\u0094".repeat(30 * million)), // the memo
                        pickle("(".repeat(30 * million)),
                        pickle("}".repeat(10 * million)),
                        pickle("N\u0085".repeat(10 * million)),
                        copies.stop(),
                        states.stop(),
                        shapes.stop(),
                        names.stop())) {
            bombs.add(write(zip(pickle)));
        }
        for (String json : List.of("[],", "{},", "1,", "\"\",")) {
            String header = "{\"a\":[" + json.repeat(8_000_000);
            bombs.add(write(new Pickle().int64(header.length()).ops(header).bytes()));
        }
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx512m",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                OpenEach.class.getName()));
        bombs.forEach(bomb -> command.add(bomb.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        assertEquals(bombs.size(), said.lines().count(), said);
        assertEquals(
                bombs.size(), said.lines().filter(l -> l.startsWith("refused: ")).count(), said);
    }

    /** Opens the files named, and says how each is refused. */
    static final class OpenEach {
        private OpenEach() {}

        public static void main(String[] files) {
            for (String file : files) {
                try {
                    WeightFiles.open(Path.of(file)).close();
                    System.out.println("read: " + file);
                } catch (IOException e) {
                    System.out.println("refused: " + e.getMessage());
                }
            }
        }
    }

    private byte[] tensor(long offset, long[] shape, long[] strides) {
        Pickle pickle = Pickle.start().ops("}").text("w");
        return zip(pickle.tensor("FloatStorage", "0", 4, offset, shape, strides).ops("s").stop());
    }

    private byte[] storage(String type, String key, long count) {
        Pickle pickle = Pickle.start().ops("}").text("w");
        return zip(pickle.tensor(type, key, count, 0, of(1), of(1)).ops("s").stop());
    }

    /** A zip with this pickle and a storage of four floats. */
    private static byte[] zip(byte[] pickle) {
        return zip(pickle, new byte[16]);
    }

    private static byte[] zip(byte[] pickle, byte[] storage) {
        return new Zip().add("a/data.pkl", pickle).add("a/data/0", storage).bytes();
    }

    private static byte[] pickle(String ops) {
        return Pickle.start().ops(ops).stop();
    }

    /** Without protocol and STOP. */
    private static byte[] inner(byte[] pickle) {
        return java.util.Arrays.copyOfRange(pickle, 2, pickle.length - 1);
    }

    private static byte[] join(byte[]... parts) {
        Pickle all = new Pickle();
        for (byte[] part : parts) {
            all.raw(part);
        }
        return all.bytes();
    }

    private static long[] of(long... values) {
        return values;
    }

    private Path write(byte[] bytes) throws IOException {
        return Files.write(dir.resolve("bad" + files++), bytes);
    }

    private void refused(byte[] bytes, String said) throws IOException {
        Refusal.of(write(bytes), said);
    }
}
