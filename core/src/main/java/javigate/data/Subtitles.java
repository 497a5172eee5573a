package javigate.data;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.charfilter.HTMLStripCharFilter;

/**
 * Subtitles in SubRip (.srt) and WebVTT (.vtt, W3C): blocks of lines between blank lines; a block
 * with a line {@code 00:01:02,500 --> 00:01:04,000} holds the words below that line.
 */
final class Subtitles {
    private static final String TIME = "(?:(\\d{1,3}):)?(\\d{1,2}):(\\d{1,2})[.,](\\d{1,3})";
    private static final Pattern CUE =
            Pattern.compile("\\s*" + TIME + "\\s*-->\\s*" + TIME + "(\\s.*)?");

    /** Markup of either format, and SubRip's positions. */
    private static final Pattern MARKUP = Pattern.compile("<[^<>]*>|\\{\\\\[^{}]*}");

    /** A character that WebVTT writes by its name or number, as an ampersand. */
    private static final Pattern REFERENCE =
            Pattern.compile("&(?:[A-Za-z]{2,31}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});");

    private Subtitles() {}

    /**
     * @param file for messages
     * @throws IOException if there is no cue at all, or one ends before it starts
     */
    static List<AboutVideo.Subtitle> read(Path file, String text) throws IOException {
        List<AboutVideo.Subtitle> cues = new ArrayList<>();
        String[] lines = text.split("\r\n|\n|\r", -1);
        for (int i = 0; i < lines.length; i++) {
            Matcher cue = CUE.matcher(lines[i]);
            if (!cue.matches()) {
                continue;
            }
            int number = i + 1;
            StringBuilder words = new StringBuilder();
            for (; i + 1 < lines.length && !lines[i + 1].isBlank(); i++) {
                words.append(lines[i + 1]).append(' ');
            }
            long startMs = ms(cue, 1);
            long endMs = ms(cue, 5);
            if (endMs < startMs) {
                throw new IOException(
                        "%s line %d: it ends at %d ms, before its start at %d ms"
                                .formatted(file, number, endMs, startMs));
            }
            String plain = MARKUP.matcher(words).replaceAll("");
            plain = REFERENCE.matcher(plain).replaceAll(Subtitles::decoded).strip();
            if (!plain.isEmpty()) {
                cues.add(new AboutVideo.Subtitle(startMs, endMs, plain));
            }
        }
        if (cues.isEmpty() && !text.isBlank() && !text.startsWith("WEBVTT")) {
            throw new IOException(
                    file
                            + ": no subtitle in it; a line like 00:01:02,500 --> 00:01:04,000 begins one");
        }
        cues.sort(Comparator.comparingLong(AboutVideo.Subtitle::startMs));
        return cues;
    }

    private static long ms(Matcher cue, int group) {
        String hours = cue.group(group);
        String fraction = (cue.group(group + 3) + "00").substring(0, 3);
        return ((hours == null ? 0 : Long.parseLong(hours)) * 3600
                                + Long.parseLong(cue.group(group + 1)) * 60
                                + Long.parseLong(cue.group(group + 2)))
                        * 1000
                + Long.parseLong(fraction);
    }

    /** Of a {@link #REFERENCE}: what is no such name stays, what is no visible character goes. */
    private static String decoded(MatchResult reference) {
        StringWriter decoded = new StringWriter();
        try (HTMLStripCharFilter reader =
                new HTMLStripCharFilter(new StringReader(reference.group()))) {
            reader.transferTo(decoded);
        } catch (IOException e) { // none is read from a string
            throw new UncheckedIOException(e);
        }
        return Matcher.quoteReplacement(decoded.toString().replaceAll("\\p{Cntrl}", " "));
    }
}
