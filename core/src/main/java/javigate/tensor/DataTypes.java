package javigate.tensor;

import java.io.IOException;
import java.util.Map;
import org.bytedeco.pytorch.global.torch;

/** Names of value types in safetensors headers and PyTorch's pickles. */
final class DataTypes {

    /** Dimensions a tensor of a file may have; a convolution over time, height and width has 5. */
    static final int MAX_DIMENSIONS = 16;

    /** Tensors a file may have; the largest models have some thousand. */
    static final int MAX_TENSORS = 100_000;

    /** Safetensors' names. */
    static final Map<String, torch.ScalarType> SAFETENSORS =
            Map.of(
                    "F64", torch.ScalarType.Double,
                    "F32", torch.ScalarType.Float,
                    "F16", torch.ScalarType.Half,
                    "BF16", torch.ScalarType.BFloat16,
                    "I64", torch.ScalarType.Long,
                    "I32", torch.ScalarType.Int,
                    "I16", torch.ScalarType.Short,
                    "I8", torch.ScalarType.Char,
                    "U8", torch.ScalarType.Byte,
                    "BOOL", torch.ScalarType.Bool);

    /** PyTorch's storage classes. */
    static final Map<String, torch.ScalarType> STORAGES =
            Map.of(
                    "DoubleStorage", torch.ScalarType.Double,
                    "FloatStorage", torch.ScalarType.Float,
                    "HalfStorage", torch.ScalarType.Half,
                    "BFloat16Storage", torch.ScalarType.BFloat16,
                    "LongStorage", torch.ScalarType.Long,
                    "IntStorage", torch.ScalarType.Int,
                    "ShortStorage", torch.ScalarType.Short,
                    "CharStorage", torch.ScalarType.Char,
                    "ByteStorage", torch.ScalarType.Byte,
                    "BoolStorage", torch.ScalarType.Bool);

    private DataTypes() {}

    /**
     * Checks the number of tensors.
     *
     * @throws IOException if there are more than {@link #MAX_TENSORS}
     */
    static void requireTensors(String file, int tensors) throws IOException {
        if (tensors > MAX_TENSORS) {
            throw new IOException(
                    "%s: %d tensors (limit %d)".formatted(file, tensors, MAX_TENSORS));
        }
    }

    static long bytesPerValue(torch.ScalarType type) {
        return switch (type) {
            case Double, Long -> 8;
            case Float, Int -> 4;
            case Half, BFloat16, Short -> 2;
            default -> 1;
        };
    }

    /** Safetensors' name of a type. */
    static String name(torch.ScalarType type) {
        return SAFETENSORS.entrySet().stream()
                .filter(e -> e.getValue() == type)
                .findFirst()
                .orElseThrow()
                .getKey();
    }
}
