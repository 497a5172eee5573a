package javigate.index;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What people have said of a clip. The model never sees it; {@link ClipFilter filters} and
 * {@linkplain ClipStore#searchTexts word search} do.
 *
 * @param metadata values by name, at most {@value #MAX_NAMES} names of letters, digits, {@code _ .
 *     -} (at most 64), values of at most {@value #MAX_VALUE} characters; tags under {@link #TAG}
 * @param texts captions, subtitles and notes
 * @param source SHA-256 of what all this was read from, to know when that changes; empty for
 *     nothing
 */
public record Description(Map<String, List<String>> metadata, List<TextLine> texts, String source) {
    /** Of a clip of which nothing is said. */
    public static final Description NONE = new Description(Map.of(), List.of(), "");

    /** The name of tags among the metadata. */
    public static final String TAG = "tag";

    /** Most names of a clip. */
    public static final int MAX_NAMES = 100;

    /** Longest value, characters. */
    public static final int MAX_VALUE = 1000;

    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}_.-]{1,64}");

    /**
     * Checks the ranges above; copies, with the names in order.
     *
     * @throws IllegalArgumentException naming what is out of range
     */
    public Description {
        if (source == null) { // as JSON may have it
            throw new IllegalArgumentException("no source of what is said of a clip");
        }
        texts = List.copyOf(texts);
        if (metadata.size() > MAX_NAMES) {
            throw new IllegalArgumentException(
                    "%d names of metadata; at most %d are kept"
                            .formatted(metadata.size(), MAX_NAMES));
        }
        Map<String, List<String>> sorted = new TreeMap<>();
        metadata.forEach(
                (name, values) -> {
                    requireName(name);
                    for (String value : values) {
                        if (value.length() > MAX_VALUE) {
                            throw new IllegalArgumentException(
                                    "metadata %s: a value of %d characters; at most %d are kept (longer texts are captions or notes)"
                                            .formatted(name, value.length(), MAX_VALUE));
                        }
                    }
                    sorted.put(name, List.copyOf(values));
                });
        metadata = java.util.Collections.unmodifiableMap(sorted);
    }

    /** Whether metadata may have this name and these values. */
    public static boolean canKeep(String name, List<String> values) {
        return NAME.matcher(name).matches()
                && values.stream().allMatch(value -> value.length() <= MAX_VALUE);
    }

    /**
     * Lets names pass that metadata can have.
     *
     * @throws IllegalArgumentException for any other
     */
    static void requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "\"%s\" names no metadata; names are of letters, digits, _ . and -, at most 64"
                            .formatted(name));
        }
    }
}
