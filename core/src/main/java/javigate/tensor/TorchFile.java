package javigate.tensor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * PyTorch's weight files, as {@code torch.save} and {@code torch.jit.save} write them: the zip form
 * (since 1.6, and TorchScript), and the legacy form before it (a row of pickles, then the
 * storages). The pickles are read by {@link Unpickler}: nothing in the file runs. Storages are
 * mapped, not read.
 */
final class TorchFile {

    /** A checkpoint's pickle holds names and shapes: a few hundred kilobytes. */
    static final int MAX_PICKLE_BYTES = 32 << 20;

    /** Levels of modules inside modules. */
    private static final int MAX_DEPTH = 64;

    /** Where training scripts keep the weights, beside their optimizer and epoch. */
    private static final List<String> WEIGHTS_KEYS =
            List.of("state_dict", "model_state_dict", "model");

    private static final String LEGACY_MAGIC = "119547037146038801333356";
    private static final long LEGACY_PROTOCOL = 1001;

    /** Where a storage's bytes lie in the file. */
    record Extent(long at, long bytes) {}

    private TorchFile() {}

    /** The zip form; {@code archive} has looked its entries up. */
    static Weights readZip(MappedFile mapped, TorchArchive archive) throws IOException {
        Object root = Unpickler.read(buffer(mapped, archive.pickle()), mapped.file().toString());
        return weights(mapped, root, key -> archive.storage(key));
    }

    /** The legacy form. */
    static Weights readLegacy(MappedFile mapped) throws IOException {
        String file = mapped.file().toString();
        long head = Math.min(mapped.size(), MAX_PICKLE_BYTES);
        ByteBuffer in = buffer(mapped, new Extent(0, head));
        Object magic = Unpickler.read(in, file);
        if (!magic.toString().equals(LEGACY_MAGIC)) {
            throw new IOException(
                    file + ": a pickle, but not one of torch.save; save the state dict again");
        }
        if (!Unpickler.read(in, file).equals(LEGACY_PROTOCOL)) {
            throw new IOException(file + ": a torch.save protocol other than " + LEGACY_PROTOCOL);
        }
        if (!(Unpickler.read(in, file) instanceof Map<?, ?> system)
                || !Boolean.TRUE.equals(system.get("little_endian"))) {
            throw new IOException(file + ": written on a big-endian machine; save it on another");
        }
        Object root = Unpickler.read(in, file);
        Object keys = Unpickler.read(in, file);
        if (!(keys instanceof List<?> list)) {
            throw new IOException(file + ": its list of storages is damaged");
        }
        Map<String, Unpickler.StoragePart> parts = new HashMap<>();
        collectStorages(root, parts, 0, file);
        Map<String, Extent> extents = new HashMap<>();
        long at = in.position();
        for (Object key : list) {
            Unpickler.StoragePart part = key instanceof String k ? parts.get(k) : null;
            if (part == null || at + 8 > mapped.size()) {
                throw cut(file, "storage " + Unpickler.shown(key.toString()));
            }
            ByteBuffer count = buffer(mapped, new Extent(at, 8)).order(ByteOrder.LITTLE_ENDIAN);
            if (count.getLong() != part.count()) {
                throw cut(file, "storage " + part.key());
            }
            Extent extent = new Extent(at + 8, bytes(part, file));
            if (extent.bytes() > mapped.size() - extent.at()) {
                throw cut(file, "storage " + part.key());
            }
            extents.put(part.key(), extent);
            at = extent.at() + extent.bytes();
        }
        return weights(mapped, root, extents::get);
    }

    @FunctionalInterface
    private interface Storages {
        @Nullable Extent find(String key);
    }

    private static IOException cut(String file, String what) {
        return new IOException(
                "%s: %s does not fit the file; it is damaged or cut short".formatted(file, what));
    }

    private static ByteBuffer buffer(MappedFile mapped, Extent extent) throws IOException {
        if (extent.bytes() > MAX_PICKLE_BYTES) {
            throw new IOException(
                    "%s: a pickle of %d bytes (limit %d); not a checkpoint"
                            .formatted(mapped.file(), extent.bytes(), MAX_PICKLE_BYTES));
        }
        return mapped.bytes().asSlice(extent.at(), extent.bytes()).asByteBuffer();
    }

    private static torch.ScalarType type(Unpickler.StoragePart part, String file)
            throws IOException {
        torch.ScalarType type = DataTypes.STORAGES.get(part.type());
        if (type == null) {
            throw new IOException(
                    "%s: a %s; known are %s"
                            .formatted(file, part.type(), DataTypes.STORAGES.keySet()));
        }
        return type;
    }

    private static long bytes(Unpickler.StoragePart part, String file) throws IOException {
        try {
            if (part.count() < 0) {
                throw new ArithmeticException("negative");
            }
            return Math.multiplyExact(part.count(), DataTypes.bytesPerValue(type(part, file)));
        } catch (ArithmeticException e) {
            throw new IOException(
                    "%s: storage %s of %d values".formatted(file, part.key(), part.count()), e);
        }
    }

    private static void collectStorages(
            Object value, Map<String, Unpickler.StoragePart> parts, int depth, String file)
            throws IOException {
        requireDepth(depth, file);
        switch (value) {
            case Unpickler.TensorPart tensor -> parts.put(tensor.storage().key(), tensor.storage());
            case Unpickler.StoragePart part -> parts.put(part.key(), part);
            case Map<?, ?> map -> {
                for (Object inner : map.values()) {
                    collectStorages(inner, parts, depth + 1, file);
                }
            }
            case List<?> list -> {
                for (Object inner : list) {
                    collectStorages(inner, parts, depth + 1, file);
                }
            }
            default -> {}
        }
    }

    private static void requireDepth(int depth, String file) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new IOException(
                    "%s: its values lie more than %d levels deep; not a checkpoint"
                            .formatted(file, MAX_DEPTH));
        }
    }

    private static Weights weights(MappedFile mapped, Object root, Storages storages)
            throws IOException {
        String file = mapped.file().toString();
        Map<String, Unpickler.TensorPart> parts = new LinkedHashMap<>();
        switch (root) {
            case Unpickler.Attributes module -> collectModule(module, "", parts, 0, file);
            case Map<?, ?> map ->
                    stateDict(map)
                            .forEach(
                                    (name, value) -> {
                                        if (value instanceof Unpickler.TensorPart tensor) {
                                            parts.put(name.toString(), tensor);
                                        }
                                    });
            default -> {}
        }
        if (parts.isEmpty()) {
            throw new IOException(
                    file + ": no tensors by name in it; a state dict or a TorchScript is wanted");
        }
        requireBounded(parts, mapped);
        Weights weights = new Weights(Map.of(), List.of(mapped.arena()));
        for (Map.Entry<String, Unpickler.TensorPart> e : parts.entrySet()) {
            weights.put(e.getKey(), tensor(mapped, e.getKey(), e.getValue(), storages));
        }
        return weights;
    }

    /** The dictionary of weights: the root itself, or what a training script keeps beside more. */
    private static Map<?, ?> stateDict(Map<?, ?> root) {
        for (String key : WEIGHTS_KEYS) {
            if (root.get(key) instanceof Map<?, ?> inner) {
                return inner;
            }
        }
        return root;
    }

    private static void collectModule(
            Unpickler.Attributes module,
            String prefix,
            Map<String, Unpickler.TensorPart> parts,
            int depth,
            String file)
            throws IOException {
        requireDepth(depth, file);
        for (Map.Entry<Object, Object> e : module.values().entrySet()) {
            String name = prefix + e.getKey();
            switch (e.getValue()) {
                case Unpickler.TensorPart tensor -> parts.put(name, tensor);
                case Unpickler.Attributes inner ->
                        collectModule(inner, name + ".", parts, depth + 1, file);
                default -> {}
            }
        }
    }

    /** Names may share storages, but not so that a small file becomes large in memory. */
    private static void requireBounded(Map<String, Unpickler.TensorPart> parts, MappedFile mapped)
            throws IOException {
        String file = mapped.file().toString();
        long total = 0;
        for (Map.Entry<String, Unpickler.TensorPart> e : parts.entrySet()) {
            Unpickler.TensorPart tensor = e.getValue();
            if (!fits(tensor)) {
                throw new IOException(
                        "%s: tensor %s of shape %s, strides %s at %d lies outside its storage of %d"
                                .formatted(
                                        file,
                                        Unpickler.shown(e.getKey()),
                                        list(tensor.shape()),
                                        list(tensor.strides()),
                                        tensor.offset(),
                                        tensor.storage().count()));
            }
            total += count(tensor) * DataTypes.bytesPerValue(type(tensor.storage(), file));
            if (total > 4 * mapped.size()) {
                throw new IOException(
                        "%s: its tensors share storages so that they are over four times the file"
                                .formatted(file));
            }
        }
    }

    private static String list(long[] values) {
        return java.util.Arrays.stream(values)
                .limit(8)
                .mapToObj(Long::toString)
                .collect(Collectors.joining(", ", "[", "]"));
    }

    /** Whether all values lie in the storage, and no more of them than it has. */
    private static boolean fits(Unpickler.TensorPart tensor) {
        long[] shape = tensor.shape();
        long[] strides = tensor.strides();
        if (tensor.offset() < 0 || shape.length != strides.length || shape.length > 16) {
            return false;
        }
        try {
            long last = tensor.offset();
            long count = 1;
            for (int i = 0; i < shape.length; i++) {
                if (shape[i] < 0 || strides[i] < 0) {
                    return false;
                }
                count = Math.multiplyExact(count, shape[i]);
                last =
                        Math.addExact(
                                last, Math.multiplyExact(Math.max(0, shape[i] - 1), strides[i]));
            }
            return count == 0
                    || (last < tensor.storage().count() && count <= tensor.storage().count());
        } catch (ArithmeticException e) {
            return false; // beyond 2^63: outside any storage
        }
    }

    private static long count(Unpickler.TensorPart tensor) {
        long count = 1;
        for (long size : tensor.shape()) {
            count *= size;
        }
        return count;
    }

    private static Tensor tensor(
            MappedFile mapped, String name, Unpickler.TensorPart part, Storages storages)
            throws IOException {
        String file = mapped.file().toString();
        Unpickler.StoragePart storage = part.storage();
        torch.ScalarType type = type(storage, file);
        Extent extent = storages.find(storage.key());
        if (extent == null || extent.bytes() != bytes(storage, file)) {
            throw cut(
                    file,
                    "tensor %s (storage %s of %d values)"
                            .formatted(
                                    Unpickler.shown(name),
                                    Unpickler.shown(storage.key()),
                                    storage.count()));
        }
        long width = DataTypes.bytesPerValue(type);
        if (isDense(part)) {
            return mapped.tensor(extent.at() + part.offset() * width, type, part.shape());
        }
        Tensor flat = mapped.tensor(extent.at(), type, storage.count());
        return flat.as_strided(
                        part.shape(),
                        part.strides(),
                        new org.bytedeco.pytorch.LongOptional(part.offset()))
                .contiguous();
    }

    private static boolean isDense(Unpickler.TensorPart part) {
        long step = 1;
        for (int i = part.shape().length - 1; i >= 0; i--) {
            if (part.shape()[i] != 1 && part.strides()[i] != step) {
                return false;
            }
            step *= part.shape()[i];
        }
        return true;
    }
}
