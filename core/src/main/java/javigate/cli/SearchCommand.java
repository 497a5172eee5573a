package javigate.cli;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import javigate.search.Hit;
import javigate.search.Reranking;
import javigate.search.VideoLibrary;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code search TEXT}. */
@Command(
        name = "search",
        mixinStandardHelpOptions = true,
        description = "Finds the clips that fit a sentence best.")
final class SearchCommand implements Callable<Integer> {

    @Mixin private LibraryOptions library = new LibraryOptions();

    @Parameters(paramLabel = "TEXT", description = "What is seen and heard.")
    private String text = "";

    @Option(names = "-k", defaultValue = "10", description = "Hits (default ${DEFAULT-VALUE}).")
    private int k;

    @Option(names = "--explain", description = "Show frames, sound and gates of each hit.")
    private boolean explain;

    @Option(names = "--without-audio", description = "Compare clips as if none had an audio track.")
    private boolean withoutAudio;

    @Option(
            names = "--rerank-top",
            paramLabel = "K",
            defaultValue = "10%",
            converter = Top.Reader.class,
            description =
                    "Clips that a re-ranker looks at, a count or a share of all (default"
                            + " ${DEFAULT-VALUE}).")
    private Top top = new Top("10%", true, 10);

    @Option(
            names = "--rerank-ms",
            paramLabel = "MS",
            defaultValue = "2000",
            description =
                    "Milliseconds after which it begins with no more clips (default"
                            + " ${DEFAULT-VALUE}).")
    private int budgetMs;

    @Option(names = "--json", description = "Print JSON, with everything --explain shows.")
    private boolean json;

    private Reranking reranking() {
        return new Reranking(
                top.share() ? top.value() / 100 : 0,
                top.share() ? 0 : (int) top.value(),
                Duration.ofMillis(budgetMs));
    }

    @Override
    public Integer call() throws Exception {
        List<Hit> hits;
        try (VideoLibrary open =
                VideoLibrary.openToRead(
                        library.folder(), library.model(), library.rerankerIfThere())) {
            hits = open.search(text, k, !withoutAudio, reranking());
        }
        if (json) {
            Json.print(hits.stream().map(HitPrinter::fields).toList());
            return 0;
        }
        if (hits.isEmpty()) {
            System.out.println("the library " + library.folder() + " is empty; add videos first");
        }
        for (Hit hit : hits) {
            System.out.println(HitPrinter.line(hit));
            if (explain) {
                System.out.println(HitPrinter.explanation(hit));
            }
        }
        return 0;
    }
}
