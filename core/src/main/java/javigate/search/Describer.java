package javigate.search;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javigate.data.AboutTable;
import javigate.data.AboutVideo;
import javigate.data.Sidecars;
import javigate.index.ClipFilter;
import javigate.index.Description;
import javigate.index.StoredClip;
import javigate.index.TextLine;
import javigate.tensor.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * What is said of a video, by the files beside it and by a table, as its clips keep it. Subtitles
 * belong to the clips they are shown in; all else to every clip of the video.
 */
final class Describer {
    /** Of a video of which nothing is said. */
    static final Describer NOTHING = new Describer(AboutVideo.NOTHING, "", List.of());

    /** What is said of a video cannot be taken; the message says why and what to do. */
    static final class DescriptionException extends IOException {
        private static final long serialVersionUID = 1L;

        DescriptionException(String message) {
            super(message);
        }
    }

    /** Ends a note of something said that could not be kept. */
    private static final String NOT_KEPT = " (said of it, but not kept)";

    private static final String SEPARATOR = "/";

    private final AboutVideo about;
    private final String source;
    private final List<String> problems;

    private Describer(AboutVideo about, String source, List<String> problems) {
        this.about = about;
        this.source = source;
        this.problems = problems;
    }

    /**
     * Reads what is said of a video now.
     *
     * @param table null for none
     * @throws IOException naming the file that cannot be understood
     */
    static Describer of(Path video, Sidecars.Folders folders, @Nullable AboutTable table)
            throws IOException {
        return of(video, Sidecars.of(video, folders), table, List.of());
    }

    /**
     * The same where some of the files beside a video cannot be understood, and are noted: the
     * video and the others are worth more than they.
     */
    static Describer readable(Path video, Sidecars.Folders folders, @Nullable AboutTable table) {
        List<String> notes = new ArrayList<>();
        Sidecars beside = new Sidecars(AboutVideo.NOTHING, "");
        try {
            beside = Sidecars.readable(video, folders, e -> notes.add(note(e, video)));
        } catch (IOException e) {
            notes.add(note(e, video));
        }
        return of(video, beside, table, notes);
    }

    private static Describer of(
            Path video, Sidecars beside, @Nullable AboutTable table, List<String> notes) {
        Optional<AboutVideo> said = table == null ? Optional.empty() : table.of(video);
        String tableSource = said.map(all -> Sha256.of(all.toString())).orElse("");
        String source =
                beside.sha256().isEmpty() && tableSource.isEmpty()
                        ? ""
                        : beside.sha256() + SEPARATOR + tableSource;
        AboutVideo all = said.map(more -> beside.about().and(more)).orElse(beside.about());
        return kept(all, source, notes);
    }

    /** What clips are told of such files, which are named without their folder. */
    static String note(IOException problem, Path video) {
        Path folder = video.toAbsolutePath().getParent();
        String message = reason(problem);
        String named =
                folder == null
                        ? message
                        : message.replace(folder + folder.getFileSystem().getSeparator(), "");
        return named + NOT_KEPT;
    }

    /**
     * Why files beside a video cannot be taken; where it is not permitted, Java says only which.
     */
    static String reason(IOException problem) {
        String message = String.valueOf(problem.getMessage());
        return problem instanceof AccessDeniedException
                ? message + ": no permission to read it"
                : message;
    }

    /** The same of a video that ends then: no clip has the subtitles that begin later. */
    Describer endingAt(long endMs) {
        List<AboutVideo.Subtitle> before =
                about.subtitles().stream().filter(cue -> cue.startMs() < endMs).toList();
        int later = about.subtitles().size() - before.size();
        if (later == 0) {
            return this;
        }
        List<String> more = new ArrayList<>(problems);
        more.add(
                String.format(
                                Locale.ROOT,
                                "%d of %d subtitles, after its end at %.1f s",
                                later,
                                about.subtitles().size(),
                                endMs / 1e3)
                        + NOT_KEPT);
        return new Describer(
                new AboutVideo(
                        about.metadata(), about.captions(), about.notes(), before, List.of()),
                source,
                more);
    }

    /** What of it cannot be kept. */
    List<String> problems() {
        return problems;
    }

    /** What the library can keep, and a note of the rest after those there are already. */
    private static Describer kept(AboutVideo about, String source, List<String> noted) {
        List<String> left = new ArrayList<>();
        about.passedOver().forEach(name -> left.add(name + ", no text, number or truth value"));
        Map<String, List<String>> metadata = new LinkedHashMap<>();
        about.metadata()
                .forEach(
                        (name, values) -> {
                            if (ClipFilter.OWN_NAMES.contains(name)) {
                                left.add(name + ", known of the video itself");
                            } else if (metadata.size() == Description.MAX_NAMES) {
                                left.add(name + ", after " + Description.MAX_NAMES + " others");
                            } else if (!Description.canKeep(name, values)) {
                                left.add(name + ", its name or a value too long or not allowed");
                            } else {
                                metadata.put(name, values);
                            }
                        });
        // Every clip of a video has its captions and notes, so their total is limited.
        List<String> captions = shortOnes(about.captions(), "captions", left);
        List<String> notes = shortOnes(about.notes(), "notes", left);
        List<AboutVideo.Subtitle> subtitles =
                about.subtitles().stream()
                        .filter(cue -> cue.text().length() <= TextLine.MAX_CHARACTERS)
                        .toList();
        if (subtitles.size() < about.subtitles().size()) {
            left.add("subtitles of more than " + TextLine.MAX_CHARACTERS + " characters");
        }
        List<String> problems = new ArrayList<>(noted);
        if (!left.isEmpty()) {
            problems.add(String.join("; ", left) + NOT_KEPT);
        }
        return new Describer(
                new AboutVideo(metadata, captions, notes, subtitles, List.of()), source, problems);
    }

    /** The first texts, up to a total length. */
    private static List<String> shortOnes(List<String> texts, String name, List<String> left) {
        List<String> kept = new ArrayList<>();
        int characters = 0;
        for (String text : texts) {
            characters += text.length();
            if (characters <= TextLine.MAX_CHARACTERS) {
                kept.add(text);
            }
        }
        if (kept.size() < texts.size()) {
            left.add("%s beyond %d characters in all".formatted(name, TextLine.MAX_CHARACTERS));
        }
        return kept;
    }

    /**
     * Whether the library has it all already. What a table said is kept until another table says
     * something.
     *
     * @param stored {@link Description#source} of the video's clips
     * @param changed whether the video itself did, so that its clips are made anew
     * @param table whether there is a table now, which says nothing of the video
     * @throws DescriptionException if what a table had said would be lost
     */
    boolean isIn(String stored, Path video, boolean changed, boolean table)
            throws DescriptionException {
        String[] old = (stored + SEPARATOR).split(SEPARATOR, -1);
        String[] now = (source + SEPARATOR).split(SEPARATOR, -1);
        if (!now[1].isEmpty() || old[1].isEmpty()) {
            return stored.equals(source);
        }
        if (changed || !old[0].equals(now[0])) {
            throw new DescriptionException(
                    "%s: %s, and a table (--meta) told of it too; %s so that nothing is lost"
                            .formatted(
                                    video,
                                    changed ? "it changed" : "the files beside it changed",
                                    table
                                            ? "give it a row in this one, or javigate rm it first,"
                                            : "give the table again"));
        }
        return true;
    }

    /** The clip with what is said of it now. */
    StoredClip describe(StoredClip clip) {
        List<String> notes =
                new ArrayList<>(
                        clip.notes().stream().filter(note -> !note.endsWith(NOT_KEPT)).toList());
        notes.addAll(problems);
        return clip.withDescription(of(clip.startMs(), clip.endMs()), notes);
    }

    private Description of(long startMs, long endMs) {
        List<TextLine> texts = new ArrayList<>();
        about.captions().forEach(t -> texts.add(line(TextLine.Kind.CAPTION, startMs, endMs, t)));
        about.notes().forEach(t -> texts.add(line(TextLine.Kind.NOTE, startMs, endMs, t)));
        for (AboutVideo.Subtitle cue : about.subtitles()) {
            boolean within =
                    cue.endMs() > startMs || cue.startMs() == startMs; // some have no length
            if (cue.startMs() < endMs && within) {
                texts.add(line(TextLine.Kind.SUBTITLE, cue.startMs(), cue.endMs(), cue.text()));
            }
        }
        return new Description(about.metadata(), texts, source);
    }

    private static TextLine line(TextLine.Kind kind, long startMs, long endMs, String text) {
        return new TextLine(kind, startMs, endMs, text);
    }
}
