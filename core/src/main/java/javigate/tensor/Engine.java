package javigate.tensor;

import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Starts libtorch once. Before it loads, two settings go into the process's environment, unless the
 * user has set them: {@code OMP_WAIT_POLICY=PASSIVE} (its threads and OpenBLAS's otherwise spin
 * against each other) and, only where the CPU has AVX-512, {@code OPENBLAS_CORETYPE=SkylakeX}
 * (OpenBLAS takes a recent AMD processor for a Haswell). Together they are worth a factor of 3 to
 * 5.
 */
public final class Engine {

    private static boolean started;
    private static @Nullable Device device;

    private Engine() {}

    /** Loads libtorch on the first call; later calls do nothing. */
    public static synchronized void start() {
        if (started) {
            return;
        }
        setIfAbsent("OMP_WAIT_POLICY", "PASSIVE");
        if (hasAvx512()) {
            setIfAbsent("OPENBLAS_CORETYPE", "SkylakeX");
        }
        unpackNatives();
        if (System.getenv("OMP_NUM_THREADS") == null) {
            torch.set_num_threads(Runtime.getRuntime().availableProcessors());
        }
        device = lasting("cpu");
        started = true;
    }

    /**
     * Loads libtorch and chooses where tensors live; called before any model is loaded.
     *
     * @param name {@code cpu}, or {@code cuda} with a libtorch built for it
     * @throws IllegalArgumentException if there is no such device
     */
    public static synchronized void start(String name) {
        start();
        if (!name.equals("cpu") && !name.matches("cuda(:\\d+)?")) {
            throw new IllegalArgumentException("device " + name + "; known are cpu and cuda");
        }
        if (name.startsWith("cuda") && !torch.cuda_is_available()) {
            throw new IllegalArgumentException(
                    "device "
                            + name
                            + ": this machine or this build of libtorch has no CUDA; use cpu");
        }
        device = lasting(name);
    }

    /**
     * Unpacks all of libtorch before any of it is loaded. Loaded library by library as they are
     * unpacked, one that is still missing is taken from the system where it has another libtorch,
     * and the two crash.
     */
    private static void unpackNatives() {
        String folder = "/org/bytedeco/pytorch/" + Loader.getPlatform();
        try {
            if (torch.class.getResource(folder) != null) {
                var _ = Loader.cacheResource(torch.class, folder);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(
                    "libtorch cannot be unpacked to " + System.getProperty("user.home"), e);
        }
    }

    /** A device that no pointer scope ends, whichever is open when it is made. */
    private static Device lasting(String name) {
        Device device = new Device(name);
        device.retainReference();
        return device;
    }

    /** Where tensors live. */
    static synchronized Device device() {
        start();
        return Objects.requireNonNull(device);
    }

    /** What libtorch is and can do here; loads it on the first call. */
    public static EngineFacts facts() {
        start();
        return EngineFacts.read();
    }

    /** This machine as the native libraries are named, for example {@code linux-x86_64}. */
    public static String platform() {
        return Loader.getPlatform();
    }

    /** Whether this CPU has AVX-512 (BW), as Linux reports it; false where that cannot be told. */
    public static boolean hasAvx512() {
        return hasCpuFlag("avx512bw");
    }

    /** The same for the bfloat16 instructions of AVX-512. */
    public static boolean hasAvx512Bf16() {
        return hasCpuFlag("avx512_bf16");
    }

    private static boolean hasCpuFlag(String flag) {
        Path cpuInfo = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(cpuInfo)) {
            return false;
        }
        try (var lines = Files.lines(cpuInfo)) {
            return lines.anyMatch(
                    l -> l.startsWith("flags") && List.of(l.split("\\s+")).contains(flag));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(cpuInfo + " cannot be read", e);
        }
    }

    private static void setIfAbsent(String name, String value) {
        if (System.getenv(name) != null || isWindows()) {
            return;
        }
        Linker linker = Linker.nativeLinker();
        var setenv =
                linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("setenv"),
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT,
                                ValueLayout.ADDRESS,
                                ValueLayout.ADDRESS,
                                ValueLayout.JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            int _ =
                    (int)
                            setenv.invokeExact(
                                    arena.allocateFrom(name), arena.allocateFrom(value), 0);
        } catch (Throwable e) {
            throw new IllegalStateException("setenv(" + name + ") failed", e);
        }
    }

    /** A variable as native libraries see it: Java's own view is from before {@link #start}. */
    static @Nullable String environment(String name) {
        if (isWindows()) {
            return System.getenv(name);
        }
        Linker linker = Linker.nativeLinker();
        AddressLayout text =
                ValueLayout.ADDRESS.withTargetLayout(
                        MemoryLayout.sequenceLayout(Long.MAX_VALUE, ValueLayout.JAVA_BYTE));
        var getenv =
                linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("getenv"),
                        FunctionDescriptor.of(text, ValueLayout.ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = (MemorySegment) getenv.invokeExact(arena.allocateFrom(name));
            return value.address() == 0 ? null : value.getString(0);
        } catch (Throwable e) {
            throw new IllegalStateException("getenv(" + name + ") failed", e);
        }
    }

    private static boolean isWindows() {
        return System.getProperty("os.name").startsWith("Windows");
    }
}
