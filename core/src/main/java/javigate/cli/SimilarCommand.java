package javigate.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import javigate.index.ClipFilter;
import javigate.search.Likeness;
import javigate.search.SimilarClip;
import javigate.search.VideoLibrary;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code similar VIDEO}. */
@Command(
        name = "similar",
        mixinStandardHelpOptions = true,
        description = "Finds clips of other videos that look or sound like those of a video.")
final class SimilarCommand implements Callable<Integer> {

    /** Longer than any video. */
    private static final double MAX_SECONDS = 1e9;

    @Mixin private LibraryOptions library = new LibraryOptions();

    @Parameters(paramLabel = "VIDEO", description = "A video, in the library or not.")
    private Path video = Path.of("");

    @Option(
            names = "--at",
            paramLabel = "SECONDS",
            description = "Only the clip at this time of the video. Default: all of it.")
    private @Nullable Double at;

    @Option(
            names = "--by",
            paramLabel = "WHAT",
            defaultValue = "BOTH",
            description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}).")
    private Likeness likeness = Likeness.BOTH;

    @Option(names = "-k", defaultValue = "10", description = "Clips (default ${DEFAULT-VALUE}).")
    private int k;

    @Option(
            names = "--filter",
            paramLabel = "CONDITION",
            description = "Only clips for which it holds; see search --help.")
    private List<String> filters = List.of();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        Usage.requireCount(k);
        ClipFilter filter = Usage.of(() -> ClipFilter.parse(filters));
        if (at != null && !(at >= 0 && at < MAX_SECONDS)) {
            throw new Usage.WrongException("--at " + at + ": seconds from 0 are needed");
        }
        List<SimilarClip> clips;
        try (VideoLibrary open = VideoLibrary.openToRead(library.folder(), library.model())) {
            clips =
                    open.similar(
                            video, at == null ? null : Math.round(at * 1000), likeness, k, filter);
            if (clips.isEmpty()) {
                Libraries.sayUnknownNames(open, filter);
            }
        }
        if (json) {
            Json.print(clips);
            return 0;
        }
        if (clips.isEmpty()) {
            System.out.printf(
                    "nothing to compare with in %s%s%n",
                    library.folder(), filters.isEmpty() ? "" : " that passes the filter");
        }
        for (SimilarClip clip : clips) {
            System.out.printf(
                    Locale.ROOT,
                    "%2d. %.3f  %s  %s–%s (like %s)%n",
                    clip.rank(),
                    clip.score(),
                    Libraries.oneLine(clip.file()),
                    Libraries.time(clip.startMs()),
                    Libraries.time(clip.endMs()),
                    Libraries.time(clip.asked()));
        }
        return 0;
    }
}
