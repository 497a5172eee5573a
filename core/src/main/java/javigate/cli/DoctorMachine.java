package javigate.cli;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javigate.media.Audio;
import javigate.media.Clip;
import javigate.media.ClipRequest;
import javigate.media.FfmpegVideoReader;
import javigate.media.MediaException;
import javigate.media.Mp4Writer;
import javigate.media.RgbImage;
import javigate.media.VideoReader;
import javigate.media.WorkerVideoReader;
import javigate.tensor.Engine;
import javigate.tensor.EngineFacts;

/** The part of {@code doctor} that looks at the machine: Java, processor, native libraries. */
final class DoctorMachine {

    private static final String TRIED = "linux-x86_64";

    /** Whose native libraries core/pom.xml declares. */
    private static final List<String> DECLARED = List.of(TRIED, "macosx-arm64", "windows-x86_64");

    private static final float[] PRODUCT = {19, 22, 43, 50};

    private DoctorMachine() {}

    static void check(Consumer<Finding> each) {
        // An older Java does not get here: it refuses the class files.
        each.accept(
                Finding.ok(
                        "JDK",
                        "%s, %s, %s"
                                .formatted(
                                        Runtime.version(),
                                        System.getProperty("java.vendor"),
                                        System.getProperty("java.home"))));
        each.accept(system(Engine.platform()));
        try {
            EngineFacts facts = Engine.facts();
            each.accept(libtorch(facts));
            each.accept(waiting(facts));
            each.accept(gpu(facts));
        } catch (LinkageError | RuntimeException e) {
            each.accept(notLoaded("libtorch", e));
        }
        try {
            each.accept(Finding.ok("FFmpeg", FfmpegVideoReader.ffmpegVersion()));
            each.accept(decoding());
        } catch (LinkageError | RuntimeException e) {
            each.accept(notLoaded("FFmpeg", e));
        }
    }

    /**
     * System, processors and memory.
     *
     * @param platform as the native libraries are named
     */
    static Finding system(String platform) {
        Runtime runtime = Runtime.getRuntime();
        String memory = "memory unknown";
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean bean) {
            memory = gigabytes(bean.getTotalMemorySize()) + " of memory";
        }
        String found =
                "%s %s (%s), %d processors, %s, Java heap up to %s"
                        .formatted(
                                System.getProperty("os.name"),
                                System.getProperty("os.arch"),
                                platform,
                                runtime.availableProcessors(),
                                memory,
                                gigabytes(runtime.maxMemory()));
        if (!DECLARED.contains(platform)) {
            return Finding.fail(
                    "system",
                    found + ": no native libraries are declared for it",
                    "use one of " + String.join(", ", DECLARED) + ", or add it to core/pom.xml");
        }
        return platform.equals(TRIED)
                ? Finding.ok("system", found)
                : Finding.note(
                        "system",
                        found + ": libraries are declared, but nobody has tried javigate there",
                        "run ./javigate test");
    }

    static Finding libtorch(EngineFacts facts) {
        String found =
                "%s, %d threads, kernels %s%s, OPENBLAS_CORETYPE %s"
                        .formatted(
                                facts.version(),
                                facts.threads(),
                                facts.kernels(),
                                System.getProperty("os.name").equals("Linux")
                                        ? " (the processor has AVX-512: %s, AVX512-BF16: %s)"
                                                .formatted(
                                                        yesNo(Engine.hasAvx512()),
                                                        yesNo(Engine.hasAvx512Bf16()))
                                        : "",
                                facts.blasCore() == null ? "not set" : facts.blasCore());
        return Arrays.equals(facts.product(), PRODUCT)
                ? Finding.ok("libtorch", found)
                : Finding.fail(
                        "libtorch",
                        "%s: a 2x2 product gives %s, not %s"
                                .formatted(
                                        found,
                                        Arrays.toString(facts.product()),
                                        Arrays.toString(PRODUCT)),
                        "unset OPENBLAS_CORETYPE, and report it if that does not help");
    }

    static Finding waiting(EngineFacts facts) {
        String found =
                "OMP_WAIT_POLICY " + (facts.waitPolicy() == null ? "not set" : facts.waitPolicy());
        return "PASSIVE".equalsIgnoreCase(facts.waitPolicy())
                ? Finding.ok("waiting threads", found)
                : Finding.note(
                        "waiting threads",
                        found + ": libtorch's threads and OpenBLAS's spin against each other",
                        "set OMP_WAIT_POLICY=PASSIVE before javigate starts");
    }

    /** Never all well: nobody has run javigate on a GPU yet. */
    static Finding gpu(EngineFacts facts) {
        if (facts.cudaDevices() > 0) {
            return Finding.note(
                    "GPU",
                    "CUDA devices: " + facts.cudaDevices() + ", used with --device cuda",
                    "compare its results with --device cpu: it has not been run yet");
        }
        return Finding.note(
                "GPU",
                facts.cudaBuild()
                        ? "libtorch is built with CUDA but sees no device: the processor is used"
                        : "libtorch is the CPU build: the processor is used",
                "--device cuda needs a CUDA build and a device, and has not been run yet");
    }

    /** Makes a clip and decodes it as {@code add} does, in a process of its own. */
    private static Finding decoding() {
        Path folder;
        try {
            folder = Files.createTempDirectory("javigate-doctor");
        } catch (IOException e) {
            return Finding.fail(
                    "decoding",
                    "the temporary folder cannot be written to (" + Finding.reason(e) + ")",
                    "make room there, or name another by JAVIGATE_JAVA_OPTS=-Djava.io.tmpdir=…");
        }
        try {
            return decoded(folder.resolve("clip.mp4"));
        } catch (MediaException e) {
            return Finding.fail(
                    "decoding",
                    Finding.reason(e).replaceFirst("; [^;]*$", ""),
                    "check that memory is free, each decoding process may take 2 GB, and that %s runs"
                            .formatted(Path.of(System.getProperty("java.home"), "bin", "java")));
        } finally {
            delete(folder);
        }
    }

    private static Finding decoded(Path file) throws MediaException {
        int seconds = 1;
        int rateHz = 32_000;
        byte[] grey = new byte[64 * 48 * 3];
        Arrays.fill(grey, (byte) 128);
        float[] tone = new float[seconds * rateHz];
        for (int i = 0; i < tone.length; i++) {
            tone[i] = (float) (0.5 * Math.sin(2 * Math.PI * 440 * i / rateHz));
        }
        try (Mp4Writer writer = new Mp4Writer(file, 64, 48, 10, rateHz, 100_000)) {
            for (int n = 0; n < 10 * seconds; n++) {
                writer.write(new RgbImage(64, 48, grey));
            }
            writer.writeAudio(tone);
            writer.finish();
        }
        try (VideoReader reader = new WorkerVideoReader()) {
            Clip clip = reader.read(file, new ClipRequest(0, seconds * 1000L, 2, 4));
            RgbImage image = clip.frames().getFirst().image();
            int centre = image.rgb()[(24 * image.width() + 32) * 3] & 0xff;
            if (Math.abs(centre - 128) > 8 || !(clip.audio() instanceof Audio.Waveform)) {
                return Finding.fail(
                        "decoding",
                        "a grey of 128 with a tone came back as %d with %s"
                                .formatted(centre, clip.audio().getClass().getSimpleName()),
                        "report it, with this whole output");
            }
        }
        return Finding.ok("decoding", "a process of its own decodes an mp4 with sound");
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " cannot be deleted", e);
        }
    }

    private static Finding notLoaded(String library, Throwable e) {
        return Finding.fail(
                library,
                "does not load or run (" + Finding.reason(e) + ")",
                ("check that the disk of ~/.javacpp/cache has 1 GB free; delete that folder if it"
                                + " is damaged; javigate is built for %s")
                        .formatted(String.join(", ", DECLARED)));
    }

    /** Bytes as gigabytes with one decimal. */
    static String gigabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }

    private static String yesNo(boolean b) {
        return b ? "yes" : "no";
    }
}
