package javigate.index;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One segment of a video as the library keeps it.
 *
 * @param file the video it is a part of
 * @param startMs first millisecond of the segment in the video, at least 0
 * @param endMs first millisecond after it, above {@code startMs}
 * @param frameTimesMs [F]; when each frame is shown in the video, at least 0, never decreasing
 * @param vectors what the model made of it
 * @param soundState {@code waveform}, {@code silent} or {@code absent}
 * @param notes what a person should know, for example that some frames were lost
 * @param description what people have said of it
 * @param reranking what the library's re-ranker looks at; null in a library without one
 */
public record StoredClip(
        VideoFile file,
        long startMs,
        long endMs,
        long[] frameTimesMs,
        ClipVectors vectors,
        String soundState,
        List<String> notes,
        Description description,
        @Nullable RerankTokens reranking) {

    /** The values of {@link #soundState}. */
    public static final Set<String> SOUND_STATES = Set.of("waveform", "silent", "absent");

    /** 80 bits: two of a million clips share an id with a chance below 1e-12. */
    private static final int ID_BYTES = 10;

    /**
     * Checks the ranges above; copies the notes, not the arrays.
     *
     * @throws IllegalArgumentException naming the file and the value that is wrong
     */
    public StoredClip {
        notes = List.copyOf(notes);
        if (startMs < 0 || endMs <= startMs) {
            throw new IllegalArgumentException(
                    file.path() + ": a segment from " + startMs + " to " + endMs + " ms is empty");
        }
        if (frameTimesMs.length != vectors.frameCount()) {
            throw new IllegalArgumentException(
                    String.format(
                            "%s: %d frame times for %d frames",
                            file.path(), frameTimesMs.length, vectors.frameCount()));
        }
        long earliest = 0;
        for (long timeMs : frameTimesMs) {
            if (timeMs < earliest) {
                throw new IllegalArgumentException(
                        file.path() + ": frame time " + timeMs + " ms follows " + earliest + " ms");
            }
            earliest = timeMs;
        }
        if (!SOUND_STATES.contains(soundState)) {
            throw new IllegalArgumentException(
                    String.format(
                            "%s: sound state \"%s\" is not one of waveform, silent, absent",
                            file.path(), soundState));
        }
    }

    /** A segment in a library without a re-ranker. */
    public StoredClip(
            VideoFile file,
            long startMs,
            long endMs,
            long[] frameTimesMs,
            ClipVectors vectors,
            String soundState,
            List<String> notes,
            Description description) {
        this(file, startMs, endMs, frameTimesMs, vectors, soundState, notes, description, null);
    }

    /** The same segment of a file that was described anew. */
    public StoredClip withFile(VideoFile described) {
        return new StoredClip(
                described,
                startMs,
                endMs,
                frameTimesMs,
                vectors,
                soundState,
                notes,
                description,
                reranking);
    }

    /** The same segment, of which something else is said, with other notes. */
    public StoredClip withDescription(Description other, List<String> otherNotes) {
        return new StoredClip(
                file,
                startMs,
                endMs,
                frameTimesMs,
                vectors,
                soundState,
                otherNotes,
                other,
                reranking);
    }

    /** The same segment with more notes. */
    public StoredClip withNotes(List<String> more) {
        List<String> all = new java.util.ArrayList<>(notes);
        all.addAll(more);
        return new StoredClip(
                file,
                startMs,
                endMs,
                frameTimesMs,
                vectors,
                soundState,
                all,
                description,
                reranking);
    }

    /** The segment's name in the library: {@link #idOf} of its path and start. */
    public String id() {
        return idOf(file.path(), startMs);
    }

    /**
     * The same segment of the same path always has the same id, whatever it is embedded with.
     *
     * @return 20 hexadecimal digits: the head of the SHA-256 of path, a zero byte and the start in
     *     decimal
     */
    public static String idOf(String videoPath, long startMs) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            byte[] digest =
                    sha256.digest((videoPath + '\0' + startMs).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, ID_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
