package javigate.index;

import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * The file that stored clips were taken from, as it was when they were embedded.
 *
 * @param path absolute path; names the video in the library
 * @param sizeBytes at least 0
 * @param modifiedMs last change of the file, milliseconds since 1970 (UTC)
 * @param sha256 of the content, 64 lower-case hexadecimal digits
 */
public record VideoFile(String path, long sizeBytes, long modifiedMs, String sha256) {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    /**
     * Checks the ranges above.
     *
     * @throws IllegalArgumentException naming the value that is out of range
     */
    public VideoFile {
        if (!Path.of(path).isAbsolute()) {
            throw new IllegalArgumentException("path \"" + path + "\": must be absolute");
        }
        if (sizeBytes < 0) {
            throw new IllegalArgumentException(path + ": sizeBytes " + sizeBytes + " is below 0");
        }
        if (!SHA256.matcher(sha256).matches()) {
            throw new IllegalArgumentException(
                    path + ": sha256 \"" + sha256 + "\" is not 64 lower-case hexadecimal digits");
        }
    }
}
