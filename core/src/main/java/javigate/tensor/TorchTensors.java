package javigate.tensor;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * The tensors that a pickle of PyTorch's describes: views of storages that lie in the mapped file.
 * Every offset, shape and stride is checked before a byte of data is touched.
 */
final class TorchTensors {

    /** Where storages lie; null for a key that has none. */
    @FunctionalInterface
    interface Storages {
        TorchFile.@Nullable Extent find(String key);
    }

    private final MappedFile mapped;
    private final String file;
    private final Storages storages;

    /** Whole storages, by key, for views with gaps: one that has to be copied is copied once. */
    private final Map<String, Tensor> whole = new HashMap<>();

    private TorchTensors(MappedFile mapped, Storages storages) {
        this.mapped = mapped;
        this.file = mapped.file().toString();
        this.storages = storages;
    }

    /**
     * Maps the tensors.
     *
     * @throws IOException if one does not lie in its storage, or that not in the file
     */
    static Weights weights(
            MappedFile mapped, Map<String, Unpickler.TensorPart> parts, Storages storages)
            throws IOException {
        TorchTensors tensors = new TorchTensors(mapped, storages);
        tensors.requireBounded(parts);
        Weights weights = new Weights(Map.of(), List.of(mapped.arena()));
        for (Map.Entry<String, Unpickler.TensorPart> e : parts.entrySet()) {
            weights.put(e.getKey(), tensors.tensor(e.getValue()));
        }
        return weights;
    }

    /**
     * Bytes of a storage.
     *
     * @throws IOException if its type is unknown or its size is none
     */
    static long bytes(Unpickler.StoragePart part, String file) throws IOException {
        long width = DataTypes.bytesPerValue(type(part, file));
        if (part.count() < 0 || part.count() > Long.MAX_VALUE / width) {
            throw new IOException(
                    "%s: storage %s of %d values"
                            .formatted(file, Weights.shown(part.key()), part.count()));
        }
        return part.count() * width;
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

    /** Names may share storages, but not so that a small file becomes large in memory. */
    private void requireBounded(Map<String, Unpickler.TensorPart> parts) throws IOException {
        DataTypes.requireTensors(file, parts.size());
        long total = 0;
        for (Map.Entry<String, Unpickler.TensorPart> e : parts.entrySet()) {
            Unpickler.TensorPart tensor = e.getValue();
            Unpickler.StoragePart storage = tensor.storage();
            TorchFile.Extent extent = storages.find(storage.key());
            if (extent == null || extent.bytes() != bytes(storage, file)) {
                throw new IOException(
                        ("%s: tensor %s (storage %s of %d values) does not fit the file; it is"
                                        + " damaged or cut short")
                                .formatted(
                                        file,
                                        Weights.shown(e.getKey()),
                                        Weights.shown(storage.key()),
                                        storage.count()));
            }
            if (!fits(tensor)) {
                throw new IOException(
                        "%s: tensor %s of shape %s, strides %s at %d lies outside its storage of %d"
                                .formatted(
                                        file,
                                        Weights.shown(e.getKey()),
                                        list(tensor.shape()),
                                        list(tensor.strides()),
                                        tensor.offset(),
                                        storage.count()));
            }
            // No overflow: each at most the file's size, and checked after each.
            total += count(tensor) * DataTypes.bytesPerValue(type(storage, file));
            if (total > 4 * mapped.size()) {
                throw new IOException(
                        "%s: its tensors share storages so that they are over four times the file"
                                .formatted(file));
            }
        }
    }

    private static String list(long[] values) {
        return Arrays.stream(values)
                .limit(8)
                .mapToObj(Long::toString)
                .collect(Collectors.joining(", ", "[", "]"));
    }

    /** Whether all values lie in the storage, and no more of them than it has. */
    private static boolean fits(Unpickler.TensorPart tensor) {
        long[] shape = tensor.shape();
        long[] strides = tensor.strides();
        if (tensor.offset() < 0 || shape.length != strides.length) {
            return false;
        }
        try {
            long last = tensor.offset();
            long dimensions = 1; // a size of 0 does not hide that the others overflow
            for (int i = 0; i < shape.length; i++) {
                if (shape[i] < 0 || strides[i] < 0) {
                    return false;
                }
                long size = Math.max(1, shape[i]);
                dimensions = Math.multiplyExact(dimensions, size);
                last = Math.addExact(last, Math.multiplyExact(size - 1, strides[i]));
            }
            long count = tensor.storage().count();
            return count(tensor) == 0 || (last < count && dimensions <= count);
        } catch (ArithmeticException e) {
            return false; // beyond 2^63: outside any storage
        }
    }

    private static long count(Unpickler.TensorPart tensor) {
        return Arrays.stream(tensor.shape()).reduce(1, (a, b) -> a * b);
    }

    private Tensor tensor(Unpickler.TensorPart part) throws IOException {
        Unpickler.StoragePart storage = part.storage();
        torch.ScalarType type = type(storage, file);
        long at = Objects.requireNonNull(storages.find(storage.key())).at();
        if (count(part) == 0 || isDense(part)) {
            long offset = count(part) == 0 ? 0 : part.offset();
            return mapped.tensor(at + offset * DataTypes.bytesPerValue(type), type, part.shape());
        }
        Tensor flat =
                whole.computeIfAbsent(storage.key(), _ -> mapped.tensor(at, type, storage.count()));
        return flat.as_strided(part.shape(), part.strides(), new LongOptional(part.offset()))
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
