package javigate.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import javigate.search.RankedText;
import javigate.search.TextsFile;
import javigate.search.VideoLibrary;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rank VIDEO --texts FILE}. */
@Command(
        name = "rank",
        mixinStandardHelpOptions = true,
        description = "Orders texts by how well they fit a video.")
final class RankCommand implements Callable<Integer> {

    @Mixin private LibraryOptions library = new LibraryOptions();

    @Parameters(paramLabel = "VIDEO", description = "A video, in the library or not.")
    private Path video = Path.of("");

    @Option(
            names = "--texts",
            required = true,
            paramLabel = "FILE",
            description = "Texts, one a line.")
    private Path texts = Path.of("");

    @Option(names = "-k", defaultValue = "10", description = "Texts (default ${DEFAULT-VALUE}).")
    private int k;

    @Option(names = "--without-audio", description = "As if the video had no audio track.")
    private boolean withoutAudio;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        Usage.requireCount(k);
        List<RankedText> ranked;
        try (VideoLibrary open = VideoLibrary.openToRead(library.folder(), library.model())) {
            List<String> all = TextsFile.read(texts);
            Libraries.sayUnread(open, all);
            ranked = open.rank(video, all, !withoutAudio);
        }
        List<RankedText> best = ranked.subList(0, Math.min(k, ranked.size()));
        if (json) {
            Json.print(best);
            return 0;
        }
        for (RankedText text : best) {
            System.out.printf(
                    Locale.ROOT,
                    "%2d. %.3f  %s  (%s–%s)%n",
                    text.rank(),
                    text.score(),
                    Libraries.oneLine(text.text()),
                    Libraries.time(text.startMs()),
                    Libraries.time(text.endMs()));
        }
        return 0;
    }
}
