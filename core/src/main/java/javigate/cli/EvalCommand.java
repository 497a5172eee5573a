package javigate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import javigate.checkpoint.Checkpoint;
import javigate.checkpoint.ModelFolders;
import javigate.data.ClipCache;
import javigate.data.Datasets;
import javigate.data.Manifest;
import javigate.eval.AudioCoverage;
import javigate.eval.Bootstrap;
import javigate.eval.Evaluation;
import javigate.eval.Normalisation;
import javigate.eval.ScoreMatrix;
import javigate.eval.TieRule;
import javigate.model.RetrievalModel;
import javigate.report.EvalReport;
import javigate.train.Ranks;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code eval}: a model on a split. */
@Command(
        name = "eval",
        mixinStandardHelpOptions = true,
        description =
                "Evaluates a model on a split: recall and ranks with the clips' sound and"
                        + " without, per kind of clip, with 95 %% intervals.")
final class EvalCommand implements Callable<Integer> {

    private static final int RESAMPLES = 2000;

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

    @Mixin private Caches caches = new Caches();

    @Mixin private EvalReportOptions report = new EvalReportOptions();

    @Mixin private EvalRerankOptions rerank = new EvalRerankOptions();

    @Option(
            names = "--data",
            required = true,
            description =
                    "Folder of a data set (MSR-VTT, VATEX, Charades, LSMDC, SightSound), a manifest"
                            + " (jsonl, csv, parquet), or sightsound:SEED[:TRAIN].")
    private String dataName = "";

    @Option(
            names = "--videos",
            description = "Folder of the videos. Default: videos in the data's folder.")
    private @Nullable Path videos;

    @Option(
            names = "--audio-folder",
            description = "Folder with the sound as ID.wav. Default: the videos' own sound.")
    private @Nullable Path audioFolder;

    @Option(names = "--checkpoint", description = "Model folder. Default: the one that ships.")
    private @Nullable String checkpoint;

    @Option(
            names = "--split",
            defaultValue = "val",
            description =
                    "train, val or test; default ${DEFAULT-VALUE}. The test split is for reporting,"
                            + " not for choosing.")
    private String split = "val";

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
        Path data = DataSources.find(dataName, Ranks.alone());
        Manifest manifest = Datasets.read(data, videos, audioFolder, split).requireVideos();
        List<String> bank = norms.contains(Normalisation.QB) ? bank(data) : List.of();
        Evaluation.Settings settings = new Evaluation.Settings(ties, norms, bank);
        if (manifest.role() == Manifest.Role.TEST) {
            System.err.println(
                    "*** THE TEST SPLIT: figures to report, once. Choose models, epochs and"
                            + " settings by --split val. ***");
        }
        Map<String, Checkpoint> besides = report.open();
        Map<String, Checkpoint> firsts = rerank.open();
        Evaluation evaluation = evaluate(from, data, manifest, settings);
        Bootstrap bootstrap = new Bootstrap(RESAMPLES, seed);
        List<EvalRerankOptions.Row> reranked =
                firsts.isEmpty()
                        ? List.of()
                        : reranked(evaluation, firsts, data, manifest, bootstrap);
        if (json) {
            Json.print(output(from.name(), evaluation, bootstrap, reranked));
        } else {
            System.out.printf(
                    "%s on %s%nsplit: %s, %d clips, %d captions%nsound: %s%nties: %s%n%n",
                    from.name(),
                    data,
                    splitWords(manifest),
                    manifest.items().size(),
                    evaluation.captions().size(),
                    words(evaluation.audio()),
                    words(ties));
            print(evaluation, bootstrap);
            if (!reranked.isEmpty()) {
                EvalRerankOptions.print(from.name(), reranked);
            }
        }
        Path file = report.file();
        if (file != null) {
            Map<String, Evaluation> others = new LinkedHashMap<>();
            Evaluation.Settings raw = new Evaluation.Settings(ties, List.of(), List.of());
            for (Map.Entry<String, Checkpoint> other : besides.entrySet()) {
                others.put(other.getKey(), evaluate(other.getValue(), data, manifest, raw));
            }
            try (ClipCache cache = caches.open(data, manifest, from.preprocessing(), split)) {
                new EvalReport(facts(from, evaluation, besides), evaluation, others, bootstrap)
                        .write(file, cache, from.preprocessing().imageSize());
            }
            System.err.println("report: " + file);
        }
        return 0;
    }

    private List<EvalRerankOptions.Row> reranked(
            Evaluation evaluation,
            Map<String, Checkpoint> firsts,
            Path data,
            Manifest manifest,
            Bootstrap bootstrap)
            throws IOException {
        Map<String, ScoreMatrix> stages = new LinkedHashMap<>();
        Evaluation.Settings raw = new Evaluation.Settings(ties, List.of(), List.of());
        for (Map.Entry<String, Checkpoint> first : firsts.entrySet()) {
            stages.put(
                    first.getKey() + ", pooled",
                    evaluate(first.getValue(), data, manifest, raw).pooled());
        }
        stages.put("own frames, pooled", evaluation.pooled());
        return rerank.rows(evaluation, stages, ties, bootstrap);
    }

    private Evaluation evaluate(
            Checkpoint from, Path data, Manifest manifest, Evaluation.Settings settings)
            throws IOException {
        try (RetrievalModel model = from.load();
                ClipCache cache = caches.open(data, manifest, model.preprocessing(), split);
                Progress progress =
                        Progress.of(
                                "embedding, " + from.name(),
                                cache.size() + (long) settings.bank().size())) {
            return Evaluation.of(model, manifest, cache, settings, progress::to);
        }
    }

    /** The head of the report. */
    private Map<String, String> facts(
            Checkpoint from, Evaluation evaluation, Map<String, Checkpoint> besides) {
        Manifest manifest = evaluation.manifest();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("model", from.name());
        facts.put("data", manifest.dataset());
        facts.put("split", splitWords(manifest));
        facts.put(
                "queries",
                "%d captions of %d clips"
                        .formatted(evaluation.captions().size(), manifest.items().size()));
        facts.put("SHA-256 of the split", manifest.sha256());
        facts.put("sound", words(evaluation.audio()));
        facts.put("ties", words(ties));
        facts.put(
                "intervals",
                "95 %%, percentile bootstrap over clips, %d resamples, seed %d"
                        .formatted(RESAMPLES, seed));
        besides.forEach((name, model) -> facts.put("beside, " + name, model.name()));
        facts.put("versions", "javigate " + Versions.describe());
        facts.put("command", report.commandLine());
        return facts;
    }

    private String splitWords(Manifest manifest) {
        return manifest.role() == Manifest.Role.TEST
                ? split + " (to report, not to choose by)"
                : split;
    }

    /** The captions of the first training split. */
    private List<String> bank(Path data) throws IOException {
        for (Manifest training : Datasets.read(data, videos, audioFolder)) {
            if (training.role() == Manifest.Role.TRAINING && !training.split().equals(split)) {
                return training.items().stream().flatMap(item -> item.captions().stream()).toList();
            }
        }
        throw new IOException(
                data
                        + ": --norm qb compares with the captions of a training split, and there is none"
                        + " besides these queries; evaluate another split, or leave qb out");
    }

    private static String words(TieRule ties) {
        return switch (ties) {
            case OWN_LAST -> "of tied clips a query's own counts last";
            case OFFICIAL_SQUARE -> "as the official code, one rank for each tied clip";
            case OFFICIAL_MULTI -> "as the official code, of tied clips a query's own counts first";
        };
    }

    private static String words(@Nullable AudioCoverage audio) {
        return audio == null
                ? "the model does not listen"
                : String.format(
                        Locale.ROOT,
                        "in %d of %d clips (%.1f %%), %d silent, %d without a track",
                        audio.sounding(),
                        audio.clips(),
                        100.0 * audio.sounding() / audio.clips(),
                        audio.silent(),
                        audio.absent());
    }

    private void print(Evaluation evaluation, Bootstrap bootstrap) {
        Evaluation.Table raw = evaluation.table(evaluation.raw(), bootstrap);
        EvalPrinter.figures(raw);
        System.out.printf(
                "%n95 %% intervals: percentile bootstrap over clips, %d resamples, seed %d%n",
                RESAMPLES, seed);
        EvalPrinter.intervals(raw);
        System.out.println("\nWhat the sound adds: 95 % intervals of the paired differences");
        EvalPrinter.differences(evaluation.soundAdds(bootstrap));
        evaluation
                .postProcessed()
                .forEach(
                        (norm, ranks) -> {
                            System.out.printf(
                                    "%npost-processed, %s: %s%n%s%n",
                                    norm.argument(), norm.uses(), norm.form());
                            Evaluation.Table table = evaluation.table(ranks, bootstrap);
                            EvalPrinter.figures(table);
                            EvalPrinter.intervals(table);
                        });
    }

    private EvalFigures.Output output(
            String model,
            Evaluation evaluation,
            Bootstrap bootstrap,
            List<EvalRerankOptions.Row> reranked) {
        Map<String, EvalFigures.PostProcessed> postProcessed = new LinkedHashMap<>();
        evaluation
                .postProcessed()
                .forEach(
                        (norm, ranks) ->
                                postProcessed.put(
                                        norm.argument(),
                                        new EvalFigures.PostProcessed(
                                                norm.form(),
                                                norm.uses(),
                                                EvalFigures.of(
                                                        evaluation.table(ranks, bootstrap)))));
        return new EvalFigures.Output(
                model,
                split,
                evaluation.manifest().items().size(),
                evaluation.captions().size(),
                evaluation.audio(),
                EvalFigures.of(evaluation.table(evaluation.raw(), bootstrap)),
                evaluation.soundAdds(bootstrap),
                ties.argument(),
                RESAMPLES,
                seed,
                postProcessed,
                reranked);
    }
}
