package javigate.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.regex.Pattern;
import javigate.index.ClipFilter;
import javigate.search.VideoLibrary;

/** What the verbs of the library share. */
final class Libraries {

    private static final Pattern STEERING =
            Pattern.compile(
                    "[\\p{Cc}\\x{61c}\\x{200e}\\x{200f}\\x{2028}-\\x{202e}\\x{2066}-\\x{2069}]");

    private Libraries() {}

    /** Refuses a folder that holds no library, so that a mistyped name makes none. */
    static void requireExisting(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException(folder + ": no library there; javigate add makes one");
        }
    }

    /** Says which names of a filter that no clip passes are unknown. */
    static void sayUnknownNames(VideoLibrary library, ClipFilter filter) throws IOException {
        SortedSet<String> known = library.metadataNames();
        for (ClipFilter.Condition condition : filter.conditions()) {
            String name = condition.name();
            if (!known.contains(name) && !ClipFilter.OWN_NAMES.contains(name)) {
                System.err.printf(
                        "nothing is said of the videos under \"%s\", only under: %s%n",
                        name, known.isEmpty() ? "nothing at all" : String.join(", ", known));
            }
        }
    }

    /** Says what of texts a model does not read, being too long for it. */
    static void sayUnread(VideoLibrary library, List<String> texts) {
        for (String rest : library.unread(texts)) {
            System.err.printf("longer than the model reads, left out: \"%s\"%n", oneLine(rest));
        }
    }

    /**
     * What others wrote (names of files, captions), as one line that cannot steer a terminal:
     * control characters, and those that turn the direction of writing, are written as in Java.
     */
    static String oneLine(Object text) {
        return STEERING.matcher(text.toString())
                .replaceAll(found -> String.format("\\\\u%04x", (int) found.group().charAt(0)));
    }

    /** What we or a library wrote in several lines as one, by {@link #oneLine}. */
    static String joined(String text) {
        return oneLine(text.strip().replaceAll("\\s*\\R\\s*", " "));
    }

    /** Milliseconds as minutes, seconds and tenths: 1:23.4. */
    static String time(long ms) {
        return String.format(Locale.ROOT, "%d:%02d.%d", ms / 60_000, ms / 1000 % 60, ms / 100 % 10);
    }

    /** Bytes as people read them: 12.3 MB. */
    static String bytes(long bytes) {
        return bytes < 1_000_000
                ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3)
                : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }
}
