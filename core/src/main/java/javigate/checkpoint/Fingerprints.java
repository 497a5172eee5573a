package javigate.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javigate.tensor.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * Hashes of files, remembered in the user's cache as long as size, time and identity of the files
 * stay the same, so that a model of a gigabyte is read once and not at every start.
 */
final class Fingerprints {

    private Fingerprints() {}

    /** A check of the files that is remembered with their hash. */
    @FunctionalInterface
    interface Check {
        void run() throws IOException;
    }

    /**
     * SHA-256 of files one after the other.
     *
     * @param check run when the files are new or have changed; they are not remembered if it throws
     * @return 64 hex digits
     */
    static String of(List<Path> files, Check check) throws IOException {
        return of(userCache().resolve("fingerprints"), files, check);
    }

    /** The same, remembered in a given folder. */
    static String of(Path memories, List<Path> files, Check check) throws IOException {
        String state = state(files);
        Path memory = memories.resolve(Sha256.of(files.getFirst().toAbsolutePath().toString()));
        Optional<String> remembered = remembered(memory, state);
        if (remembered.isPresent()) {
            return remembered.get();
        }
        check.run();
        MessageDigest digest = Sha256.digest();
        for (Path file : files) {
            Sha256.add(file, digest, _ -> {});
        }
        String fingerprint = HexFormat.of().formatHex(digest.digest());
        if (state.equals(state(files))) { // else they changed while they were read
            remember(memories, memory, state, fingerprint);
        }
        return fingerprint;
    }

    /** {@code XDG_CACHE_HOME} or {@code ~/.cache}, and javigate's folder in it. */
    static Path userCache() {
        @Nullable String cache = System.getenv("XDG_CACHE_HOME");
        Path base =
                cache == null || cache.isBlank()
                        ? Path.of(System.getProperty("user.home"), ".cache")
                        : Path.of(cache);
        return base.resolve("javigate");
    }

    private static String state(List<Path> files) throws IOException {
        StringBuilder state = new StringBuilder();
        for (Path file : files) {
            BasicFileAttributes a = Files.readAttributes(file, BasicFileAttributes.class);
            state.append(a.size())
                    .append(' ')
                    .append(a.lastModifiedTime())
                    .append(' ')
                    .append(a.fileKey())
                    .append(' ');
        }
        return state.toString();
    }

    private static Optional<String> remembered(Path memory, String state) {
        try {
            List<String> lines = Files.readAllLines(memory);
            return lines.size() == 2 && lines.get(0).equals(state)
                    ? Optional.of(lines.get(1))
                    : Optional.empty();
        } catch (IOException _) {
            return Optional.empty(); // none yet, or damaged: the files themselves are read
        }
    }

    private static void remember(Path memories, Path memory, String state, String fingerprint) {
        Path beside =
                memory.resolveSibling(memory.getFileName() + "." + UUID.randomUUID() + ".part");
        try {
            Files.createDirectories(memories);
            try {
                Files.write(beside, List.of(state, fingerprint));
                Files.move(
                        beside,
                        memory,
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(beside);
            }
        } catch (IOException _) {
            // A cache that is full or read-only costs the reading of the files next time, nothing
            // worse: the model itself is sound.
        }
    }
}
