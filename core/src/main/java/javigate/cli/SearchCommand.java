package javigate.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Stack;
import java.util.concurrent.Callable;
import javigate.index.ClipFilter;
import javigate.search.Hit;
import javigate.search.Reranking;
import javigate.search.SearchAnswer;
import javigate.search.SearchOptions;
import javigate.search.TextQuery;
import javigate.search.TextsFile;
import javigate.search.VideoLibrary;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code search TEXT}. */
@Command(
        name = "search",
        mixinStandardHelpOptions = true,
        description = "Finds the clips that fit a sentence best.")
final class SearchCommand implements Callable<Integer> {

    private static final int NEAREST = 1000;

    /** The word behind {@code --approximate} is its N only if it is a number: else it is TEXT. */
    static final class OptionalCount implements IParameterPreprocessor {
        @Override
        public boolean preprocess(
                Stack<String> args, CommandSpec command, ArgSpec option, Map<String, Object> info) {
            boolean attached = "=".equals(info.get("separator")); // --approximate=N
            if (!attached && (args.isEmpty() || !args.peek().matches("[0-9]+"))) {
                args.push("" + NEAREST);
            }
            return false;
        }
    }

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private LibraryOptions library = new LibraryOptions();
    @Mixin private RerankerOption reranker = new RerankerOption();

    @Parameters(
            paramLabel = "TEXT",
            description =
                    "What is seen and heard. -word or -\"several words\" asks for less of it; word^2"
                            + " or \"several words\"^0.5 weighs it. After -- if it begins with -.")
    private String text = "";

    @Option(
            names = "-k",
            defaultValue = "10",
            description = "Videos, or clips with --by-clip (default ${DEFAULT-VALUE}).")
    private int k;

    @Option(
            names = "--by-clip",
            description = "The best clips, however many of them are of one video.")
    private boolean byClip;

    @Option(
            names = "--filter",
            paramLabel = "CONDITION",
            description =
                    "Only clips for which it holds, as often as you like: duration>60 (seconds),"
                            + " date>=2024-05-01, folder=~/Videos, video=~/a.mp4, has-audio=true,"
                            + " tag=holiday, or any name of the metadata; = != < <= > >=.")
    private List<String> filters = List.of();

    @Option(
            names = "--words",
            description =
                    "Look for the words in captions, subtitles and notes too, and join both"
                            + " rankings.")
    private boolean words;

    @Option(
            names = "--approximate",
            paramLabel = "N",
            arity = "0..1",
            fallbackValue = "" + NEAREST,
            preprocessor = OptionalCount.class,
            description =
                    "Compare in full only the N clips (default ${FALLBACK-VALUE}) whose mean frames"
                            + " are nearest. For very large libraries; see check --recall.")
    private @Nullable Integer candidates;

    @Option(names = "--explain", description = "Show frames, sound and gates of each hit.")
    private boolean explain;

    @Option(names = "--without-audio", description = "Compare clips as if none had an audio track.")
    private boolean withoutAudio;

    @Option(
            names = "--bank",
            paramLabel = "FILE",
            description =
                    "Texts, one a line, that clips are compared with too: those that fit many of"
                            + " them are held down (QB-Norm). Some hundred queries others asked.")
    private @Nullable Path bank;

    @Option(
            names = "--log",
            paramLabel = "FILE",
            description = "Append the query to FILE, for --bank.")
    private @Nullable Path log;

    @Option(
            names = "--rerank-top",
            paramLabel = "K",
            defaultValue = "10%",
            converter = Top.Reader.class,
            description =
                    "Clips that a re-ranker looks at, a count or a share of all (default"
                            + " ${DEFAULT-VALUE}), but no fewer than -k says.")
    private Top top = new Top("10%", true, 10);

    @Option(
            names = "--rerank-ms",
            paramLabel = "MS",
            defaultValue = "2000",
            description =
                    "Milliseconds after which it begins with no more clips (default"
                            + " ${DEFAULT-VALUE}); the first 16 are looked at in any case.")
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
        List<String> others = bank == null ? List.of() : TextsFile.read(bank);
        TextQuery query = Usage.of(() -> TextQuery.parse(text));
        if (candidates != null && candidates < 1) {
            throw new Usage.WrongException("--approximate " + candidates + " is below 1");
        }
        SearchOptions options =
                Usage.of(
                        () ->
                                new SearchOptions(
                                        k,
                                        !withoutAudio,
                                        ClipFilter.parse(filters),
                                        !byClip,
                                        words,
                                        candidates == null ? 0 : candidates,
                                        others,
                                        reranking()));
        SearchAnswer answer;
        long clips;
        try (VideoLibrary open =
                VideoLibrary.openToRead(
                        library.folder(), library.model(), reranker.ifThere(library))) {
            List<String> unused = Given.of(spec, "--rerank-top", "--rerank-ms");
            if (!unused.isEmpty() && !open.reranks()) {
                System.err.println(
                        "not used, as nothing looks at the clips again (--rerank names a model): "
                                + String.join(", ", unused));
            }
            Libraries.sayUnread(open, query.texts());
            answer = open.search(query, options);
            clips = open.clipCount();
            if (answer.hits().isEmpty()) {
                Libraries.sayUnknownNames(open, options.filter());
            }
        }
        if (log != null) {
            TextsFile.append(log, text);
        }
        if (json) {
            answer.nothing().ifPresent(System.err::println);
            Json.print(answer.hits().stream().map(HitPrinter::fields).toList());
            return 0;
        }
        if (query.terms().size() > 1) {
            System.out.println("asked for " + query);
        }
        if (candidates != null) {
            System.out.printf(
                    "approximate: the %d clips with the nearest mean frames, of %d%n",
                    Math.min(candidates, answer.compared()), answer.compared());
        }
        if (clips == 0) {
            System.out.println("the library " + library.folder() + " is empty; add videos first");
        } else if (answer.hits().isEmpty()) {
            System.out.printf("none of %d clips passes the filter%n", clips);
        }
        answer.nothing().ifPresent(System.out::println);
        for (List<Hit> video : byClip ? single(answer) : answer.byVideo()) {
            for (Hit hit : explain ? video : video.subList(0, 1)) {
                System.out.println(HitPrinter.line(hit));
                if (explain) {
                    System.out.println(HitPrinter.explanation(hit));
                }
            }
            if (!explain && video.size() > 1) {
                System.out.println(HitPrinter.more(video.subList(1, video.size())));
            }
        }
        return 0;
    }

    private static List<List<Hit>> single(SearchAnswer answer) {
        return answer.hits().stream().map(List::of).toList();
    }
}
