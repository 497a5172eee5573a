package javigate.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What files beside a video, or a table, say of it.
 *
 * @param metadata values by lower-case name; tags under {@code tag}
 * @param captions sentences about it
 * @param notes remarks
 * @param subtitles in order of their start
 * @param passedOver fields that hold neither texts, numbers nor truth values
 */
public record AboutVideo(
        Map<String, List<String>> metadata,
        List<String> captions,
        List<String> notes,
        List<Subtitle> subtitles,
        List<String> passedOver) {
    /** Nothing. */
    public static final AboutVideo NOTHING =
            new AboutVideo(Map.of(), List.of(), List.of(), List.of(), List.of());

    /**
     * Words that are spoken or shown.
     *
     * @param startMs first millisecond in the video
     * @param endMs first millisecond after them, not before {@code startMs}
     * @param text without markup, not blank
     */
    public record Subtitle(long startMs, long endMs, String text) {}

    /** Copies all. */
    public AboutVideo {
        Map<String, List<String>> copy = new LinkedHashMap<>();
        metadata.forEach((name, values) -> copy.put(name, List.copyOf(values)));
        metadata = copy;
        captions = List.copyOf(captions);
        notes = List.copyOf(notes);
        subtitles = List.copyOf(subtitles);
        passedOver = List.copyOf(passedOver);
    }

    /** The same with these subtitles. */
    AboutVideo withSubtitles(List<Subtitle> read) {
        return new AboutVideo(metadata, captions, notes, read, passedOver);
    }

    /** Both together. */
    public AboutVideo and(AboutVideo other) {
        Map<String, List<String>> all = new LinkedHashMap<>(metadata);
        other.metadata.forEach((name, values) -> all.merge(name, values, AboutVideo::joined));
        return new AboutVideo(
                all,
                joined(captions, other.captions),
                joined(notes, other.notes),
                joined(subtitles, other.subtitles),
                joined(passedOver, other.passedOver));
    }

    private static <T> List<T> joined(List<T> first, List<T> second) {
        List<T> both = new ArrayList<>(first);
        both.addAll(second);
        return both;
    }
}
