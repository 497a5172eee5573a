package javigate.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.function.Consumer;
import javigate.checkpoint.ModelFolders;
import javigate.index.ClipStore;
import javigate.index.LuceneClipStore;

/** The part of {@code doctor} that looks at the folders javigate writes to. */
final class DoctorFolders {

    /** Below this much room on the disk there is a note. */
    static final long LITTLE_BYTES = 2_000_000_000L;

    private DoctorFolders() {}

    /**
     * Writes to a folder, or where it does not exist yet to the one it would be made in, and takes
     * a lock there, as the library does.
     *
     * @param setting what names another folder, for the remedy
     */
    static void check(String check, Path folder, String setting, Consumer<Finding> each) {
        String another = "choose another folder by " + setting;
        Path existing = folder.toAbsolutePath().normalize();
        while (!Files.exists(existing, LinkOption.NOFOLLOW_LINKS) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        if (!Files.isDirectory(existing)) {
            each.accept(Finding.fail(check, folder + ": " + existing + " is no folder", another));
            return;
        }
        try {
            tryToWrite(existing);
            long free = Files.getFileStore(existing).getUsableSpace();
            each.accept(space(check, folder, Files.isDirectory(folder), free));
        } catch (IOException e) {
            each.accept(
                    Finding.fail(
                            check,
                            "%s: %s cannot be written to or locked (%s)"
                                    .formatted(folder, existing, Finding.reason(e)),
                            "check its permissions, or " + another));
        }
    }

    private static void tryToWrite(Path folder) throws IOException {
        Path file = folder.resolve(".javigate-doctor-" + UUID.randomUUID());
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.DELETE_ON_CLOSE)) {
            int _ = channel.write(ByteBuffer.allocate(1));
            try (FileLock lock = channel.tryLock()) {
                if (lock == null) {
                    throw new IOException("another process holds a lock on a new file");
                }
            }
        }
    }

    /** Judges the room on a folder's disk. */
    static Finding space(String check, Path folder, boolean exists, long freeBytes) {
        String found =
                "%s: %s, %s free"
                        .formatted(
                                folder,
                                exists ? "writable" : "can be made",
                                DoctorMachine.gigabytes(freeBytes));
        return freeBytes >= LITTLE_BYTES
                ? Finding.ok(check, found)
                : Finding.note(
                        check, found, "make room: under 2 GB little can be added or installed");
    }

    /** Opens the library to read; of a place that is no folder all is said already. */
    static void library(Path folder, Consumer<Finding> each) {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            return;
        }
        try (ClipStore store = LuceneClipStore.openToRead(folder, null)) {
            String model = store.header().model().name();
            String found =
                    "%d videos, %d clips, of model %s"
                            .formatted(store.videos().size(), store.count(), model);
            each.accept(
                    ModelFolders.named(model).isPresent()
                            ? Finding.ok("library", found)
                            : Finding.note(
                                    "library",
                                    found + ", which is not installed",
                                    "name its folder by --model to search"));
        } catch (IOException | RuntimeException e) {
            each.accept(Finding.of("library", Finding.State.NOTE, e, "look at " + folder));
        }
    }
}
