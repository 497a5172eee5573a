package javigate.media;

import java.util.List;

/**
 * Where a video's shots change: the times its hard cuts are seen at. {@link ShotDetector} says what
 * counts as one.
 *
 * @param timesMs of the first picture of each new shot, milliseconds after the video's first
 *     picture, above 0, ascending
 * @param notes which parts of the video were not looked at and why; empty when all of it was
 */
public record ShotChanges(List<Long> timesMs, List<String> notes) {

    /** Shortest shot, milliseconds: what is gone again sooner is a flash, a blink or a glance. */
    public static final long MIN_SHOT_MS = 2000;

    public ShotChanges {
        timesMs = List.copyOf(timesMs);
        notes = List.copyOf(notes);
        long last = 0;
        for (long time : timesMs) {
            if (time <= last) {
                throw new IllegalArgumentException(
                        "a shot change at %d ms after one at %d ms".formatted(time, last));
            }
            last = time;
        }
    }
}
