package javigate.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/** A folder that is written complete or not at all: beside its place first, then renamed. */
final class NewFolder {

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
                folder + ": there already, and not empty; remove it or choose another --out");
    }

    /**
     * Writes a folder.
     *
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
        Path part = parent.resolve("." + absolute.getFileName() + ".part");
        delete(part); // of a run that was killed
        Files.createDirectory(part);
        try {
            content.write(part);
            Files.move(part, absolute, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            delete(part);
        }
    }

    /** Deletes a flat folder of ours. */
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
