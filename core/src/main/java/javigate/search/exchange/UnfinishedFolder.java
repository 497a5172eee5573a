package javigate.search.exchange;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javigate.index.AbsolutePath;

/**
 * A folder that has its name only once it is complete and on the disk. Until then it stands beside
 * as {@code NAME.part-N}; a process that is killed leaves that, to be deleted.
 */
final class UnfinishedFolder implements Closeable {
    private static final boolean FOLDERS_ARE_FILES =
            !System.getProperty("os.name", "").startsWith("Windows");

    private final Path target;
    private final Path path;
    private boolean finished;

    /**
     * @throws IOException if the target is there and not an empty folder, or cannot be made
     */
    UnfinishedFolder(Path target) throws IOException {
        this.target = AbsolutePath.of(target);
        requireFree();
        Path name = Objects.requireNonNull(this.target.getFileName(), "a root is never free");
        Files.createDirectories(this.target.resolveSibling(""));
        path = makeBeside(name.toString());
    }

    private Path makeBeside(String name) throws IOException {
        for (int n = 1; ; n++) {
            try {
                return Files.createDirectory(target.resolveSibling(name + ".part-" + n));
            } catch (FileAlreadyExistsException _) {
                // another's, at work or killed
            }
        }
    }

    private void requireFree() throws IOException {
        if (!Files.exists(target)) {
            return;
        }
        try (Stream<Path> inside = Files.list(target)) {
            if (inside.findFirst().isPresent()) {
                throw new FileAlreadyExistsException(target.toString());
            }
        }
    }

    /** Where to write. */
    Path path() {
        return path;
    }

    /** Gives the folder its name. */
    void finish() throws IOException {
        for (Path file : inside()) {
            sync(file);
        }
        requireFree();
        // An empty folder of the name is replaced, one that filled up meanwhile is not.
        Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
        finished = true;
        sync(target.resolveSibling(""));
    }

    private List<Path> inside() throws IOException {
        try (Stream<Path> inside = Files.walk(path)) {
            return inside.sorted(Comparator.reverseOrder()).toList();
        }
    }

    private static void sync(Path path) throws IOException {
        boolean folder = Files.isDirectory(path);
        if (folder && !FOLDERS_ARE_FILES) {
            return; // there is no way to
        }
        try (FileChannel channel =
                FileChannel.open(
                        path, folder ? StandardOpenOption.READ : StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    /** Deletes what was not finished. */
    @Override
    public void close() throws IOException {
        if (!finished) {
            for (Path file : inside()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
