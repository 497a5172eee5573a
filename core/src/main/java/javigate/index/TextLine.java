package javigate.index;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Words that belong to a clip and are searched as words.
 *
 * @param kind who says them
 * @param startMs when they begin in the video, at least 0; the clip's start where they have no time
 * @param endMs first millisecond after them, at least {@code startMs}
 * @param text not blank, at most {@value #MAX_CHARACTERS} characters
 */
public record TextLine(Kind kind, long startMs, long endMs, String text) {
    /** Longest line, characters. */
    public static final int MAX_CHARACTERS = 100_000;

    /** Who says them. */
    public enum Kind {
        /** A sentence about the clip. */
        CAPTION,
        /** Words spoken or shown in it. */
        SUBTITLE,
        /** A remark of its owner. */
        NOTE
    }

    /**
     * Checks the ranges above.
     *
     * @throws IllegalArgumentException naming the value that is out of range
     */
    public TextLine {
        if (kind == null || text == null) { // as JSON may have them
            throw new IllegalArgumentException("a text without its kind or words");
        }
        if (startMs < 0 || endMs < startMs || text.isBlank() || text.length() > MAX_CHARACTERS) {
            throw new IllegalArgumentException(
                    "a %s from %d to %d ms of %d characters; it needs words, at most %d characters"
                            .formatted(kind, startMs, endMs, text.length(), MAX_CHARACTERS));
        }
    }

    /**
     * The line that shares most words with a text, as {@link ClipStore#searchTexts} compares words;
     * of equal ones the first, none where none shares any.
     */
    public static Optional<TextLine> nearest(List<TextLine> lines, String text) throws IOException {
        Set<String> wanted = WordSearch.words(text);
        TextLine nearest = null;
        long most = 0;
        for (TextLine line : lines) {
            long shared = WordSearch.words(line.text()).stream().filter(wanted::contains).count();
            if (shared > most) {
                most = shared;
                nearest = line;
            }
        }
        return Optional.ofNullable(nearest);
    }
}
