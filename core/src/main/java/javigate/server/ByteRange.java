package javigate.server;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which bytes of a file are sent (RFC 9110, section 14).
 *
 * @param from first byte, at least 0
 * @param length bytes, at least 0
 * @param partial whether the client asked for a part, so that 206 is the answer
 */
record ByteRange(long from, long length, boolean partial) {

    private static final Pattern SINGLE =
            Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})", Pattern.CASE_INSENSITIVE);

    /**
     * Reads a {@code Range} header. One that is malformed or names several parts is ignored, which
     * the standard allows: the whole file is sent.
     *
     * @param sizeBytes of the file, at least 0
     * @throws Refusal with 416 if no byte of the file is meant
     */
    static ByteRange of(@Nullable String header, long sizeBytes) {
        ByteRange whole = new ByteRange(0, sizeBytes, false);
        if (header == null) {
            return whole;
        }
        Matcher matcher = SINGLE.matcher(header.strip());
        if (!matcher.matches()) {
            return whole;
        }
        String first = matcher.group(1);
        String last = matcher.group(2);
        if (first.isEmpty() && last.isEmpty()) {
            return whole;
        }
        long from =
                first.isEmpty()
                        ? Math.max(0, sizeBytes - Long.parseLong(last))
                        : Long.parseLong(first);
        long to = first.isEmpty() || last.isEmpty() ? sizeBytes - 1 : Long.parseLong(last);
        if (!first.isEmpty() && to < from && from < sizeBytes) {
            return whole; // malformed: the last byte before the first
        }
        if (from >= sizeBytes) {
            throw new Refusal(416, "the range is outside the file of " + sizeBytes + " bytes");
        }
        return new ByteRange(from, Math.min(to, sizeBytes - 1) - from + 1, true);
    }

    /** The value of {@code Content-Range}. */
    String contentRange(long sizeBytes) {
        return "bytes %d-%d/%d".formatted(from, from + length - 1, sizeBytes);
    }
}
