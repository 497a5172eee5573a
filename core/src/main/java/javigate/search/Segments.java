package javigate.search;

import java.util.ArrayList;
import java.util.List;
import javigate.media.ShotChanges;

/** Cuts a video into clips: at shot changes, and what is long between them equally. */
final class Segments {

    /** Longest clip, milliseconds. */
    static final long MAX_MS = 30_000;

    /** Shortest clip of a video at least as long, milliseconds. */
    static final long MIN_MS = ShotChanges.MIN_SHOT_MS;

    /** From the first millisecond to the first after it. */
    record Segment(long startMs, long endMs) {}

    private Segments() {}

    /**
     * Clips that cover the video, in order. A shot shorter than {@link #MIN_MS} is joined to the
     * one after it, at the end of the video to the one before; a longer one than {@link #MAX_MS}
     * becomes as few clips as possible, all of the same length but for rounding.
     *
     * @param durationMs of the video, at least 0; of 0 it is taken as 1
     * @param cutsMs when its shots change, ascending; those outside the video are passed over
     */
    static List<Segment> of(long durationMs, List<Long> cutsMs) {
        long whole = Math.max(1, durationMs);
        List<Segment> segments = new ArrayList<>();
        long start = 0;
        for (long cut : cutsMs) {
            if (cut - start >= MIN_MS && whole - cut >= MIN_MS) {
                addEqual(segments, start, cut);
                start = cut;
            }
        }
        addEqual(segments, start, whole);
        return segments;
    }

    private static void addEqual(List<Segment> segments, long start, long end) {
        long length = end - start;
        long count = (length + MAX_MS - 1) / MAX_MS;
        for (long i = 0; i < count; i++) {
            segments.add(new Segment(start + length * i / count, start + length * (i + 1) / count));
        }
    }
}
