package javigate.tensor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Weight files in PyTorch's forms, made without PyTorch: what its writers write, byte by byte. */
public final class TorchWriter {

    /** A form, and how a file of it comes to be. */
    @FunctionalInterface
    public interface Form {
        /** Writes the tensors under {@code path}, and says what to open. */
        Path write(Path path, Map<String, Tensor> tensors) throws IOException;
    }

    private TorchWriter() {}

    /** Every form there is, by a name for messages. */
    public static Map<String, Form> forms() {
        Map<String, Form> forms = new LinkedHashMap<>();
        forms.put("zip", (path, tensors) -> Files.write(path, zip(stateDict(tensors), tensors)));
        forms.put(
                "zip64",
                (path, tensors) ->
                        Files.write(path, archive(stateDict(tensors), tensors).zip64().bytes()));
        forms.put(
                "training checkpoint",
                (path, tensors) -> Files.write(path, zip(training(tensors), tensors)));
        forms.put("TorchScript", (path, tensors) -> Files.write(path, torchScript(tensors)));
        forms.put(
                "legacy",
                (path, tensors) -> Files.write(path, legacy(stateDict(tensors), tensors)));
        forms.put(
                "legacy training checkpoint",
                (path, tensors) -> Files.write(path, legacy(training(tensors), tensors)));
        forms.put(
                "safetensors",
                (path, tensors) -> {
                    Safetensors.write(path, tensors, false, Map.of("format", "pt"));
                    return path;
                });
        forms.put(
                "safetensors shards",
                (path, tensors) ->
                        shards(
                                path,
                                "model",
                                ".safetensors",
                                (file, part) -> {
                                    Safetensors.write(file, part, false, Map.of());
                                    return file;
                                },
                                tensors));
        forms.put(
                "bin shards",
                (path, tensors) ->
                        shards(
                                path,
                                "pytorch_model",
                                ".bin",
                                (file, part) -> Files.write(file, zip(stateDict(part), part)),
                                tensors));
        return forms;
    }

    /** A tensor's values as they lie in a file. */
    public static byte[] bytes(Tensor tensor) {
        Tensor dense = tensor.contiguous();
        return dense.numel() == 0
                ? new byte[0]
                : MemorySegment.ofAddress(dense.data_ptr().address())
                        .reinterpret(dense.nbytes())
                        .toArray(ValueLayout.JAVA_BYTE);
    }

    /** A state dict, with the version marks that PyTorch's carry. */
    static byte[] stateDict(Map<String, Tensor> tensors) {
        return stateDict(Pickle.start(), tensors).stop();
    }

    private static Pickle stateDict(Pickle pickle, Map<String, Tensor> tensors) {
        pickle.emptyOrderedDict().ops("q\0("); // remembered
        int key = 0;
        for (Map.Entry<String, Tensor> e : tensors.entrySet()) {
            tensor(pickle.text(e.getKey()), e.getValue(), key++);
        }
        pickle.ops("u}").text("_metadata").emptyOrderedDict().ops("(").text("");
        return pickle.ops("}").text("version").integer(1).ops("susb");
    }

    private static void tensor(Pickle pickle, Tensor tensor, int key) {
        pickle.tensor(
                storageType(tensor),
                Integer.toString(key),
                tensor.numel(),
                0,
                Ops.shape(tensor),
                strides(Ops.shape(tensor)));
    }

    private static long[] strides(long[] shape) {
        long[] strides = new long[shape.length];
        long step = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            strides[i] = step;
            step *= shape[i];
        }
        return strides;
    }

    private static String storageType(Tensor tensor) {
        torch.ScalarType type = tensor.scalar_type().intern();
        return DataTypes.STORAGES.entrySet().stream()
                .filter(e -> e.getValue() == type)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    /** {'epoch': 3, 'state_dict': …, 'optimizer': {'state': {0: {…}}, 'param_groups': […]}}. */
    private static byte[] training(Map<String, Tensor> tensors) {
        Pickle pickle = Pickle.start().ops("}(").text("epoch").integer(3).text("state_dict");
        stateDict(pickle, tensors);
        pickle.text("optimizer").ops("}(").text("state").ops("}").integer(0).ops("}(");
        pickle.text("step").integer(1L << 40).text("exp_avg");
        tensor(pickle, tensors.values().iterator().next(), 0);
        pickle.ops("us").text("param_groups").ops("]}(").text("lr").ops("G").int64(0x1234);
        pickle.text("betas").ops("G").int64(1).ops("G").int64(2).op(0x86);
        return pickle.text("amsgrad").op(0x89).text("foreach").ops("Nuauu").stop();
    }

    /** A state dict's zip: the pickle and its storages. */
    static byte[] zip(byte[] pickle, Map<String, Tensor> tensors) {
        return archive(pickle, tensors).bytes();
    }

    static Zip archive(byte[] pickle, Map<String, Tensor> tensors) {
        Zip zip = new Zip().add("archive/data.pkl", pickle).add("archive/byteorder", "little");
        int key = 0;
        for (Tensor tensor : tensors.values()) {
            zip.add("archive/data/" + key++, bytes(tensor));
        }
        return zip.add("archive/version", "3\n");
    }

    /** Modules in modules by the dots of the names; the code beside them is compressed. */
    static byte[] torchScript(Map<String, Tensor> tensors) {
        Map<String, Object> root = new LinkedHashMap<>();
        int key = 0;
        Map<String, Integer> keys = new LinkedHashMap<>();
        for (String name : tensors.keySet()) {
            keys.put(name, key++);
            Map<String, Object> module = root;
            String[] parts = name.split("\\.", -1);
            for (int i = 0; i + 1 < parts.length; i++) {
                module = child(module, parts[i]);
            }
            module.put(parts[parts.length - 1], name);
        }
        Pickle pickle = Pickle.start();
        module(pickle, root, tensors, keys);
        Zip zip = archive(pickle.stop(), tensors);
        zip.add("archive/constants.pkl", Pickle.start().ops(").").bytes());
        return zip.addDeflated("archive/code/__torch__.py", new byte[1000]).bytes();
    }

    @SuppressWarnings("unchecked") // made by torchScript, of strings and such maps
    private static Map<String, Object> child(Map<String, Object> module, String name) {
        return (Map<String, Object>)
                module.computeIfAbsent(name, _ -> new LinkedHashMap<String, Object>());
    }

    private static void module(
            Pickle pickle,
            Map<String, Object> module,
            Map<String, Tensor> tensors,
            Map<String, Integer> keys) {
        pickle.global("__torch__.torch.nn", "Module").ops(")").op(0x81).ops("}(");
        pickle.text("training").op(0x89).text("_is_full_backward_hook").ops("N");
        for (Map.Entry<String, Object> e : module.entrySet()) {
            pickle.text(e.getKey());
            if (e.getValue() instanceof String name) {
                tensor(
                        pickle,
                        Objects.requireNonNull(tensors.get(name)),
                        Objects.requireNonNull(keys.get(name)));
            } else {
                module(pickle, child(module, e.getKey()), tensors, keys);
            }
        }
        pickle.ops("ub");
    }

    /** The form before 1.6: five pickles, then the storages with their sizes. */
    static byte[] legacy(byte[] pickle, Map<String, Tensor> tensors) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(legacyHead(true));
        out.writeBytes(pickle);
        Pickle keys = Pickle.start().ops("](");
        for (int key = 0; key < tensors.size(); key++) {
            keys.text(Integer.toString(key));
        }
        out.writeBytes(keys.ops("e").stop());
        for (Tensor tensor : tensors.values()) {
            out.writeBytes(new Pickle().int64(tensor.numel()).bytes());
            out.writeBytes(bytes(tensor));
        }
        return out.toByteArray();
    }

    /** Magic number, protocol, system. */
    static byte[] legacyHead(boolean littleEndian) {
        byte[] magic = new java.math.BigInteger("119547037146038801333356").toByteArray();
        Pickle head = Pickle.start().op(0x8a, magic.length);
        for (int i = magic.length - 1; i >= 0; i--) {
            head.op(magic[i]);
        }
        head.ops(".").raw(Pickle.start().integer(1001).stop()).op(0x80, 2).ops("}(");
        head.text("protocol_version").integer(1001).text("little_endian");
        head.op(littleEndian ? 0x88 : 0x89).text("type_sizes").ops("}").text("int").integer(4);
        return head.ops("su").stop();
    }

    private static Path shards(
            Path folder, String stem, String ending, Form each, Map<String, Tensor> tensors)
            throws IOException {
        Files.createDirectories(folder);
        List<String> names = new ArrayList<>(tensors.keySet());
        int half = names.size() / 2;
        StringBuilder map = new StringBuilder();
        for (int shard = 0; shard < 2; shard++) {
            Map<String, Tensor> part = new LinkedHashMap<>();
            String file = "%s-%05d-of-00002%s".formatted(stem, shard + 1, ending);
            for (String name :
                    shard == 0 ? names.subList(0, half) : names.subList(half, names.size())) {
                part.put(name, Objects.requireNonNull(tensors.get(name)));
                map.append(map.isEmpty() ? "" : ",").append("\"%s\":\"%s\"".formatted(name, file));
            }
            Path _ = each.write(folder.resolve(file), part);
        }
        Path index = folder.resolve(stem + ending + ".index.json");
        Path _ =
                Files.writeString(
                        index, "{\"metadata\":{\"total_size\":1},\"weight_map\":{" + map + "}}");
        return folder;
    }
}
