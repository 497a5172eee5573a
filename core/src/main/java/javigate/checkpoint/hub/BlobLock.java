package javigate.checkpoint.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Holds off other pulls of a blob, in this process and in others. File locks belong to the whole
 * process and end when any of its channels to the file is closed, hence the second lock.
 */
final class BlobLock implements AutoCloseable {

    private static final Map<Path, ReentrantLock> HERE = new ConcurrentHashMap<>();

    private final ReentrantLock here;
    private final FileChannel channel;

    private BlobLock(ReentrantLock here, FileChannel channel) {
        this.here = here;
        this.channel = channel;
    }

    /**
     * Takes the lock, however long that lasts.
     *
     * @param file made where it is not there; stays, as Python's do
     * @param waiting told when another has it
     */
    static BlobLock take(Path file, Runnable waiting) throws IOException {
        Files.createDirectories(file.resolveSibling(""));
        ReentrantLock here =
                HERE.computeIfAbsent(file.toAbsolutePath().normalize(), _ -> new ReentrantLock());
        boolean told = !here.tryLock();
        if (told) {
            waiting.run();
            here.lock();
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                if (!told) {
                    waiting.run();
                }
                channel.lock();
            }
            return new BlobLock(here, channel);
        } catch (IOException | RuntimeException e) {
            here.unlock();
            if (channel != null) {
                channel.close();
            }
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            here.unlock();
        }
    }
}
