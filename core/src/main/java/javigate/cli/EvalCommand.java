package javigate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import javigate.checkpoint.Checkpoint;
import javigate.checkpoint.ModelFolders;
import javigate.data.ClipCache;
import javigate.data.Manifest;
import javigate.eval.Bootstrap;
import javigate.eval.Evaluation;
import javigate.eval.Normalisation;
import javigate.eval.TieRule;
import javigate.model.RetrievalModel;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code eval}: a model on a SightSound split. */
@Command(
        name = "eval",
        mixinStandardHelpOptions = true,
        description =
                "Evaluates a model on a SightSound split: recall and ranks with the clips' sound and"
                        + " without, per kind of clip, with 95 %% intervals.")
final class EvalCommand implements Callable<Integer> {

    private static final int RESAMPLES = 2000;

    private static final String BANK_SPLIT = "train";

    private static final class TieNames extends EnumNames<TieRule> {
        TieNames() {
            super(TieRule.values(), TieRule::argument);
        }
    }

    private static final class NormNames extends EnumNames<Normalisation> {
        NormNames() {
            super(Normalisation.values(), Normalisation::argument);
        }
    }

    @Mixin private DeviceOption device = new DeviceOption();

    @Option(names = "--data", required = true, description = "SightSound folder.")
    private Path data = Path.of("");

    @Option(names = "--checkpoint", description = "Model folder. Default: the one that ships.")
    private @Nullable String checkpoint;

    @Option(names = "--split", defaultValue = "test", description = "Default ${DEFAULT-VALUE}.")
    private String split = "test";

    @Option(
            names = "--norm",
            split = ",",
            paramLabel = "NORM",
            converter = NormNames.class,
            completionCandidates = NormNames.class,
            description =
                    "Post-process the scores too, a table each: ${COMPLETION-CANDIDATES}. QB-Norm"
                            + " reads the captions of the training split.")
    private List<Normalisation> norms = List.of();

    @Option(
            names = "--ties",
            paramLabel = "RULE",
            defaultValue = "own-last",
            converter = TieNames.class,
            completionCandidates = TieNames.class,
            description =
                    "Where a query's own clip ranks among tied ones: ${COMPLETION-CANDIDATES}."
                            + " Default ${DEFAULT-VALUE}.")
    private TieRule ties = TieRule.OWN_LAST;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "Draws the resamples of the intervals (default ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        device.start();
        Checkpoint from = checkpoint == null ? Checkpoint.shipped() : ModelFolders.open(checkpoint);
        Manifest manifest = Manifest.readSightSound(data, split);
        List<String> bank = norms.contains(Normalisation.QB) ? bank() : List.of();
        Evaluation.Settings settings =
                new Evaluation.Settings(ties, norms, bank, new Bootstrap(RESAMPLES, seed));
        Evaluation evaluation;
        try (RetrievalModel model = from.load();
                ClipCache cache = Caches.open(data, manifest, model.preprocessing(), split);
                Progress progress = Progress.of("embedding", cache.size() + (long) bank.size())) {
            evaluation = Evaluation.of(model, manifest, cache, settings, progress::to);
        }
        if (json) {
            Json.print(output(evaluation));
        } else {
            System.out.printf(
                    "%s on %s %s: one caption per clip; ties: %s%n",
                    from.name(), data, split, words(ties));
            print(evaluation);
        }
        return 0;
    }

    /** Captions that are no test queries. */
    private List<String> bank() throws IOException {
        if (split.equals(BANK_SPLIT)) {
            throw new IOException(
                    "--norm qb compares with the captions of the training split, which are the"
                            + " queries of --split train; evaluate another split");
        }
        return Manifest.readSightSound(data, BANK_SPLIT).items().stream()
                .flatMap(item -> item.captions().stream())
                .toList();
    }

    private static String words(TieRule ties) {
        return switch (ties) {
            case OWN_LAST -> "of tied clips a query's own counts last";
            case OFFICIAL_SQUARE -> "as the official code, one rank for each tied clip";
            case OFFICIAL_MULTI -> "as the official code, of tied clips a query's own counts first";
        };
    }

    private void print(Evaluation evaluation) {
        EvalPrinter.figures(evaluation.raw());
        System.out.printf(
                "%n95 %% intervals: percentile bootstrap over queries, %d resamples, seed %d%n",
                RESAMPLES, seed);
        EvalPrinter.intervals(evaluation.raw());
        System.out.println("\nWhat the sound adds: 95 % intervals of the paired differences");
        EvalPrinter.differences(evaluation.soundAdds());
        evaluation
                .postProcessed()
                .forEach(
                        (norm, tables) -> {
                            System.out.printf(
                                    "%npost-processed, %s: %s%n%s%n",
                                    norm.argument(), norm.uses(), norm.form());
                            EvalPrinter.figures(tables);
                            EvalPrinter.intervals(tables);
                        });
    }

    private EvalFigures.Output output(Evaluation evaluation) {
        Map<String, EvalFigures.PostProcessed> postProcessed = new LinkedHashMap<>();
        evaluation
                .postProcessed()
                .forEach(
                        (norm, tables) ->
                                postProcessed.put(
                                        norm.argument(),
                                        new EvalFigures.PostProcessed(
                                                norm.form(), norm.uses(), EvalFigures.of(tables))));
        return new EvalFigures.Output(
                EvalFigures.of(evaluation.raw()),
                evaluation.soundAdds(),
                ties.argument(),
                RESAMPLES,
                seed,
                postProcessed);
    }
}
