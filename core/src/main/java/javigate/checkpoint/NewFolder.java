package javigate.checkpoint;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javigate.tensor.WeightFiles;

/** A folder that is written complete or not at all: beside its place first, then renamed. */
final class NewFolder {

    private static final String PART = ".part";
    private static final Pattern LEFTOVER =
            Pattern.compile("\\..+\\.[0-9a-f]{8}-[0-9a-f-]{27}\\.part");
    private static final Duration LEFT_AFTER = Duration.ofDays(1);

    private NewFolder() {}

    /** Fills a folder. */
    @FunctionalInterface
    interface Content {
        void write(Path folder) throws IOException;
    }

    /**
     * Checks that a folder can be made here without touching anything.
     *
     * @throws IOException if something is there already
     */
    static void requireFree(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        if (Files.isDirectory(folder)) {
            try (Stream<Path> entries = Files.list(folder)) {
                if (entries.findAny().isEmpty()) {
                    return;
                }
            }
        }
        throw new IOException(
                folder
                        + ": there already, and not empty; remove it or choose another --name or --out");
    }

    /**
     * Writes a folder. Several processes may write one of the same name: the first that is done has
     * it, the others are told so.
     *
     * @param content writes files, weights among them
     * @throws IOException if it exists and is not empty, or cannot be written; then nothing is left
     */
    static void write(Path folder, Content content) throws IOException {
        requireFree(folder);
        Path absolute = folder.toAbsolutePath().normalize();
        Path parent = absolute.getParent();
        if (parent == null) {
            throw new IOException(folder + ": not a place for a new folder");
        }
        Files.createDirectories(parent);
        sweep(parent);
        Path part = parent.resolve("." + absolute.getFileName() + "." + UUID.randomUUID() + PART);
        Files.createDirectory(part);
        try {
            content.write(part);
            Path _ = WeightFiles.locate(part);
            try {
                Files.move(part, absolute, StandardCopyOption.ATOMIC_MOVE);
            } catch (FileSystemException e) {
                requireFree(folder); // another process was faster
                throw e;
            }
        } finally {
            delete(part);
        }
    }

    /** Deletes what runs that were killed have left, a day ago or longer. */
    private static void sweep(Path parent) throws IOException {
        Instant yesterday = Instant.now().minus(LEFT_AFTER);
        try (Stream<Path> entries = Files.list(parent)) {
            for (Path entry : entries.filter(NewFolder::isPart).toList()) {
                try {
                    if (Files.getLastModifiedTime(entry).toInstant().isBefore(yesterday)) {
                        delete(entry);
                    }
                } catch (IOException _) {
                    // Another user's, or another process sweeps: no reason not to write ours.
                }
            }
        }
    }

    private static boolean isPart(Path entry) {
        return LEFTOVER.matcher(entry.getFileName().toString()).matches();
    }

    /** Deletes a flat folder of ours, if it is there. */
    private static void delete(Path part) throws IOException {
        if (!Files.isDirectory(part)) {
            return;
        }
        try (Stream<Path> entries = Files.list(part)) {
            for (Path entry : entries.toList()) {
                Files.delete(entry);
            }
        }
        Files.delete(part);
    }
}
