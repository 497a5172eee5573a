package javigate.tensor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.LongConsumer;

/** SHA-256 (FIPS 180-4), by which files, weights, splits and runs are known. */
public final class Sha256 {

    private static final int BUFFER_BYTES = 1 << 16;

    private Sha256() {}

    /** A digest to be fed. */
    public static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /**
     * That of a file, read through once: 64 hex digits.
     *
     * @param read told of the bytes of each piece
     */
    public static String of(Path file, LongConsumer read) throws IOException {
        MessageDigest digest = digest();
        add(file, digest, read);
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Feeds a digest with the bytes of a file. */
    public static void add(Path file, MessageDigest digest, LongConsumer read) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
                read.accept(n);
            }
        }
    }

    /** That of a text in UTF-8: 64 hex digits. */
    public static String of(String text) {
        return HexFormat.of().formatHex(digest().digest(text.getBytes(StandardCharsets.UTF_8)));
    }
}
