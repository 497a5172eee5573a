package javigate.search;

import java.util.ArrayList;
import java.util.List;

/** Cuts a long video into clips. */
final class Segments {

    /** Longest clip, milliseconds. */
    static final long MAX_MS = 30_000;

    /** From the first millisecond to the first after it. */
    record Segment(long startMs, long endMs) {}

    private Segments() {}

    /** As few clips as possible, all of the same length but for rounding, in order. */
    static List<Segment> of(long durationMs) {
        long whole = Math.max(1, durationMs);
        long count = (whole + MAX_MS - 1) / MAX_MS;
        List<Segment> segments = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            segments.add(new Segment(whole * i / count, whole * (i + 1) / count));
        }
        return segments;
    }
}
