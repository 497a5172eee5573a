package javigate.tensor;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

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

    /** Characters of a tensor's whole name. */
    private static final int LONGEST_NAME = 1000;

    /** Where training scripts keep the weights, beside their optimizer and epoch. */
    private static final List<String> WEIGHTS_KEYS =
            List.of("state_dict", "model_state_dict", "model");

    private static final BigInteger LEGACY_MAGIC = new BigInteger("119547037146038801333356");
    private static final Long LEGACY_PROTOCOL = 1001L;

    /** Where a storage's bytes lie in the file. */
    record Extent(long at, long bytes) {}

    private final MappedFile mapped;
    private final String file;
    private final Map<String, Unpickler.TensorPart> parts = new LinkedHashMap<>();
    private int attributes;

    private TorchFile(MappedFile mapped) {
        this.mapped = mapped;
        this.file = mapped.file().toString();
    }

    /** The zip form; {@code archive} has looked its entries up. */
    static Weights readZip(MappedFile mapped, TorchArchive archive) throws IOException {
        TorchFile file = new TorchFile(mapped);
        Object root = Unpickler.read(file.buffer(archive.pickle()), file.file);
        return file.weights(root, archive::storage);
    }

    /** The legacy form. */
    static Weights readLegacy(MappedFile mapped) throws IOException {
        return new TorchFile(mapped).legacy();
    }

    private Weights legacy() throws IOException {
        ByteBuffer in = buffer(new Extent(0, Math.min(mapped.size(), MAX_PICKLE_BYTES)));
        if (!(Unpickler.read(in, file) instanceof BigInteger magic)
                || !magic.equals(LEGACY_MAGIC)) {
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
        if (!(Unpickler.read(in, file) instanceof List<?> keys)) {
            throw new IOException(file + ": its list of storages is damaged");
        }
        Map<String, Unpickler.StoragePart> storages = new HashMap<>();
        collectStorages(root, storages, Collections.newSetFromMap(new IdentityHashMap<>()), 0);
        return weights(root, legacyExtents(keys, storages, in.position())::get);
    }

    /** The storages behind the pickles: of each the number of its values, then the values. */
    private Map<String, Extent> legacyExtents(
            List<?> keys, Map<String, Unpickler.StoragePart> storages, long start)
            throws IOException {
        Map<String, Extent> extents = new HashMap<>();
        long at = start;
        for (Object key : keys) {
            Unpickler.StoragePart part = key instanceof String k ? storages.get(k) : null;
            if (part == null || mapped.size() - at < 8) {
                throw cut(key instanceof String k ? k : key.getClass().getSimpleName());
            }
            long count = buffer(new Extent(at, 8)).order(ByteOrder.LITTLE_ENDIAN).getLong();
            Extent extent = new Extent(at + 8, TorchTensors.bytes(part, file));
            if (count != part.count() || extent.bytes() > mapped.size() - extent.at()) {
                throw cut(part.key());
            }
            extents.put(part.key(), extent);
            at = extent.at() + extent.bytes();
        }
        return extents;
    }

    private IOException cut(String storage) {
        return new IOException(
                "%s: storage %s does not fit the file; it is damaged or cut short"
                        .formatted(file, Weights.shown(storage)));
    }

    private ByteBuffer buffer(Extent extent) throws IOException {
        if (extent.bytes() > MAX_PICKLE_BYTES) {
            throw new IOException(
                    "%s: a pickle of %d bytes (limit %d); not a checkpoint"
                            .formatted(file, extent.bytes(), MAX_PICKLE_BYTES));
        }
        return mapped.bytes().asSlice(extent.at(), extent.bytes()).asByteBuffer();
    }

    /** Values may be shared, or hold themselves: each is looked into once. */
    private void collectStorages(
            Object value, Map<String, Unpickler.StoragePart> storages, Set<Object> seen, int depth)
            throws IOException {
        requireDepth(depth);
        switch (value) {
            case Unpickler.TensorPart tensor ->
                    storages.put(tensor.storage().key(), tensor.storage());
            case Unpickler.StoragePart part -> storages.put(part.key(), part);
            case Map<?, ?> map when seen.add(map) -> {
                for (Object inner : map.values()) {
                    collectStorages(inner, storages, seen, depth + 1);
                }
            }
            case List<?> list when seen.add(list) -> {
                for (Object inner : list) {
                    collectStorages(inner, storages, seen, depth + 1);
                }
            }
            default -> {}
        }
    }

    private void requireDepth(int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new IOException(
                    "%s: its values lie more than %d levels deep; not a checkpoint"
                            .formatted(file, MAX_DEPTH));
        }
    }

    private Weights weights(Object root, TorchTensors.Storages storages) throws IOException {
        switch (root) {
            case Unpickler.Attributes module -> collectModule(module, "", 0);
            case Map<?, ?> map -> {
                for (Map.Entry<?, ?> e : stateDict(map).entrySet()) {
                    if (e.getKey() instanceof String name
                            && e.getValue() instanceof Unpickler.TensorPart tensor) {
                        add(name, tensor);
                    }
                }
            }
            default -> {}
        }
        if (parts.isEmpty()) {
            throw new IOException(
                    file + ": no tensors by name in it; a state dict or a TorchScript is wanted");
        }
        return TorchTensors.weights(mapped, parts, storages);
    }

    private void add(String name, Unpickler.TensorPart tensor) throws IOException {
        if (name.length() > LONGEST_NAME) {
            throw new IOException(
                    "%s: a tensor's name of %d characters (limit %d): %s"
                            .formatted(file, name.length(), LONGEST_NAME, Weights.shown(name)));
        }
        if (parts.put(name, tensor) != null) {
            throw new IOException("%s: two tensors named %s".formatted(file, Weights.shown(name)));
        }
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

    /** Modules may be shared, and then have several names; shared over and over, too many. */
    private void collectModule(Unpickler.Attributes module, String prefix, int depth)
            throws IOException {
        requireDepth(depth);
        for (Map.Entry<Object, Object> e : module.values().entrySet()) {
            if (!(e.getKey() instanceof String name)) {
                continue;
            }
            if (++attributes > 10 * DataTypes.MAX_TENSORS
                    || prefix.length() + name.length() > LONGEST_NAME) {
                throw new IOException(
                        "%s: too many modules inside modules, or too long a name at %s"
                                .formatted(file, Weights.shown(prefix + name)));
            }
            switch (e.getValue()) {
                case Unpickler.TensorPart tensor -> add(prefix + name, tensor);
                case Unpickler.Attributes inner ->
                        collectModule(inner, prefix + name + ".", depth + 1);
                default -> {}
            }
        }
    }
}
