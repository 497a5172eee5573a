package javigate.tensor;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * What libtorch says of itself on this machine; see {@link Engine#facts}.
 *
 * @param version for example {@code 2.10.0}
 * @param threads for one operation, at least 1
 * @param kernels the instruction set libtorch chose, for example {@code AVX512} or {@code DEFAULT}
 * @param product what [[1, 2], [3, 4]] · [[5, 6], [7, 8]] gives, row-major: 19, 22, 43, 50 where
 *     the matrix product works
 * @param cudaBuild whether this libtorch was built with CUDA
 * @param cudaDevices devices that CUDA sees
 * @param waitPolicy {@code OMP_WAIT_POLICY} in force, null when not set
 * @param blasCore {@code OPENBLAS_CORETYPE} in force, null when OpenBLAS chooses
 */
public record EngineFacts(
        String version,
        int threads,
        String kernels,
        float[] product,
        boolean cudaBuild,
        int cudaDevices,
        @Nullable String waitPolicy,
        @Nullable String blasCore) {

    public EngineFacts {
        if (threads < 1 || product.length != 4 || cudaDevices < 0) {
            throw new IllegalArgumentException(
                    "%d threads, a product of %d values, %d CUDA devices; at least 1, 4, at least 0"
                            .formatted(threads, product.length, cudaDevices));
        }
    }

    /** Asks libtorch, which has been started. */
    static EngineFacts read() {
        String build = torch.show_config().getString();
        return new EngineFacts(
                setting(build, "TORCH_VERSION"),
                torch.get_num_threads(),
                torch.get_cpu_capability().getString(),
                multiply(),
                setting(build, "USE_CUDA").matches("1|ON"),
                torch.cuda_is_available() ? torch.cuda_device_count() : 0,
                Engine.environment("OMP_WAIT_POLICY"),
                Engine.environment("OPENBLAS_CORETYPE"));
    }

    /** A value of the build's description, which has {@code NAME=VALUE, } in a row. */
    private static String setting(String build, String name) {
        Matcher found = Pattern.compile("\\b" + name + "=([^,\\s]+)").matcher(build);
        return found.find() ? found.group(1) : "unknown";
    }

    private static float[] multiply() {
        try (var _ = new PointerScope()) {
            Tensor left = Ops.floats(new float[] {1, 2, 3, 4}, 2, 2); // [2, 2]
            Tensor right = Ops.floats(new float[] {5, 6, 7, 8}, 2, 2); // [2, 2]
            return Ops.toFloats(left.mm(right)); // [2, 2]
        }
    }
}
