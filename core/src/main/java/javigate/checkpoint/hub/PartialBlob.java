package javigate.checkpoint.hub;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A blob on its way: grows at its end, hashed as it grows, and takes its place when it is whole and
 * is what its name says. Its name is not Python's for such files: theirs are not under our lock.
 */
final class PartialBlob implements AutoCloseable {

    private static final int BUFFER_BYTES = 1 << 20;

    private final RemoteFile remote;
    private final Path path;
    private final FileChannel channel;
    private final @Nullable MessageDigest digest;
    private long bytes;

    /** Opens the partial file of a blob, with what an earlier run left in it. */
    PartialBlob(RemoteFile remote, Path blob) throws IOException {
        this.remote = remote;
        this.path = blob.resolveSibling(remote.etag() + ".javigate.incomplete");
        this.digest = digestFor(remote.etag());
        this.channel =
                FileChannel.open(
                        path,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        try {
            restart(channel.size() <= remote.bytes() ? channel.size() : 0);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** A large file's etag is its SHA-256, a small one's is git's SHA-1; others tell nothing. */
    private static @Nullable MessageDigest digestFor(String etag) {
        try {
            if (etag.matches("[0-9a-fA-F]{64}")) {
                return MessageDigest.getInstance("SHA-256");
            }
            return etag.matches("[0-9a-fA-F]{40}") ? MessageDigest.getInstance("SHA-1") : null;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has both
        }
    }

    long bytes() {
        return bytes;
    }

    /** Forgets all that came. */
    void restart() throws IOException {
        restart(0);
    }

    private void restart(long keep) throws IOException {
        channel.truncate(keep);
        channel.position(0);
        bytes = keep;
        if (digest == null) {
            channel.position(keep);
            return;
        }
        digest.reset();
        if (digest.getDigestLength() == 20) { // git hashes a file's size before its content
            digest.update(("blob " + remote.bytes() + "\0").getBytes(StandardCharsets.US_ASCII));
        }
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        while (channel.position() < keep && channel.read(buffer) >= 0) {
            digest.update(buffer.flip());
            buffer.clear();
        }
    }

    /**
     * Appends what came.
     *
     * @throws IOException where that is more than was announced, or cannot be written
     */
    void append(ByteBuffer data) throws IOException {
        if (data.remaining() > remote.bytes() - bytes) {
            throw refused("more came than the " + remote.bytes() + " bytes announced");
        }
        bytes += data.remaining();
        if (digest != null) {
            digest.update(data.duplicate());
        }
        try {
            while (data.hasRemaining()) {
                channel.write(data);
            }
        } catch (IOException e) {
            throw new IOException(path + ": " + e.getMessage(), e); // the disk is full
        }
    }

    /**
     * Checks the content against its name, and gives it that name.
     *
     * @throws IOException where the content is another one
     */
    void moveTo(Path blob) throws IOException {
        if (digest != null) {
            String hash = HexFormat.of().formatHex(digest.digest());
            if (!hash.equalsIgnoreCase(remote.etag())) {
                throw refused(
                        "what came has the %s %s, announced was %s"
                                .formatted(digest.getAlgorithm(), hash, remote.etag()));
            }
        }
        channel.force(true);
        channel.close();
        Files.move(path, blob, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Removes what came: it is not the file that was announced. */
    IOException refused(String reason) throws IOException {
        channel.close();
        Files.deleteIfExists(path);
        return new IOException(
                remote.model() + ": " + remote.file() + ": " + reason + "; it was removed");
    }

    /** Keeps what came for the next run. */
    @Override
    public void close() throws IOException {
        if (channel.isOpen()) {
            channel.close();
            if (bytes == 0) {
                Files.deleteIfExists(path);
            }
        }
    }
}
