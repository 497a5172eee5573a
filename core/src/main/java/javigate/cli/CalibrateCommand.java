package javigate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import javigate.checkpoint.Calibration;
import javigate.checkpoint.Checkpoint;
import javigate.checkpoint.ModelFolders;
import javigate.data.ClipCache;
import javigate.data.Datasets;
import javigate.data.Manifest;
import javigate.data.SightSoundQueries;
import javigate.eval.RelevanceFigures;
import javigate.eval.RelevanceStudy;
import javigate.eval.Reliability;
import javigate.model.Relevance;
import javigate.model.RetrievalModel;
import javigate.report.RelevanceReport;
import javigate.train.Ranks;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code calibrate}: how a model's scores become a relevance. */
@Command(
        name = "calibrate",
        mixinStandardHelpOptions = true,
        description =
                "Fits how likely a hit is to match, and when nothing matches, to a model's scores on"
                        + " SightSound's val split, where both are known; keeps it in the model's"
                        + " folder, for search to tell.")
final class CalibrateCommand implements Callable<Integer> {

    private static final String FITTED_ON = "val";
    private static final String MEASURED_ON = "test";

    @Mixin private DeviceOption device = new DeviceOption();

    @Mixin private Caches caches = new Caches();

    @Option(
            names = "--data",
            defaultValue = "sightsound:1",
            description =
                    "SightSound: its folder, or sightsound:SEED[:TRAIN]. Default ${DEFAULT-VALUE}.")
    private String dataName = "sightsound:1";

    @Option(
            names = "--checkpoint",
            required = true,
            paramLabel = "MODEL",
            description = "Folder or name of the model; calibration.json is written there.")
    private String checkpoint = "";

    @Option(
            names = "--test",
            description = "Measure it on the test split too: to report, not to choose by.")
    private boolean test;

    @Option(
            names = "--report",
            paramLabel = "FILE.html",
            description = "Write a page with the reliability curves.")
    private @Nullable Path report;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "Draws the libraries (default ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    /** What {@code --json} prints. */
    private record Output(
            String model, Path file, Relevance relevance, Map<String, List<RelevanceFigures>> on) {}

    @Override
    public Integer call() throws Exception {
        device.start();
        Checkpoint model = ModelFolders.open(checkpoint);
        Path data = DataSources.find(dataName, Ranks.alone());
        if (test) {
            System.err.println(
                    "*** THE TEST SPLIT: figures to report, once. Choose by those on val. ***");
        }
        Map<String, List<RelevanceFigures>> figures = new LinkedHashMap<>();
        Relevance relevance;
        try (RetrievalModel loaded = model.load()) {
            RelevanceStudy fitted = study(loaded, data, FITTED_ON);
            relevance = fitted.fit();
            figures.put(FITTED_ON, fitted.measure(relevance));
            if (test) {
                figures.put(MEASURED_ON, study(loaded, data, MEASURED_ON).measure(relevance));
            }
        }
        Manifest manifest = Datasets.read(data, null, null, FITTED_ON);
        Path file =
                new Calibration(
                                model.fingerprint(),
                                relevance,
                                "%s, %s, libraries drawn with seed %d"
                                        .formatted(manifest.dataset(), FITTED_ON, seed),
                                manifest.sha256(),
                                figures(FITTED_ON, figures),
                                figures(MEASURED_ON, figures))
                        .save(model);
        if (json) {
            Json.print(new Output(model.name(), file, relevance, figures));
        } else {
            print(model.name(), relevance, figures);
            System.out.println("\nwritten: " + file);
        }
        if (report != null) {
            RelevanceReport.write(report, facts(model, manifest, relevance), figures);
            System.err.println("report: " + report);
        }
        return 0;
    }

    private RelevanceStudy study(RetrievalModel model, Path data, String split) throws IOException {
        SightSoundQueries queries = SightSoundQueries.read(data, split);
        Manifest manifest = Datasets.read(data, null, null, split).requireVideos();
        List<String> ids = manifest.items().stream().map(Manifest.Item::videoId).toList();
        if (!ids.equals(queries.videoIds())) {
            throw new IOException(
                    "%s: %s.csv does not list SightSound's clips; make the folder again"
                            .formatted(data, split));
        }
        try (ClipCache cache = caches.open(data, manifest, model.preprocessing(), split);
                Progress progress =
                        Progress.of(
                                "scoring, " + split,
                                queries.queries().size() + (long) cache.size())) {
            return RelevanceStudy.of(model, split, queries, cache, seed, progress::to);
        }
    }

    private static List<Calibration.Figures> figures(
            String split, Map<String, List<RelevanceFigures>> all) {
        return all.getOrDefault(split, List.of()).stream()
                .map(
                        of -> {
                            Map<String, Double> alarms = new LinkedHashMap<>();
                            of.falseAlarms().forEach((tier, a) -> alarms.put(tier, a.share()));
                            Reliability captions = of.captions();
                            return new Calibration.Figures(
                                    split,
                                    of.clips(),
                                    captions.ece(),
                                    captions.brier(),
                                    captions.brierOfConstant(),
                                    captions.auroc(),
                                    of.kept(),
                                    alarms);
                        })
                .toList();
    }

    private static Map<String, String> facts(
            Checkpoint model, Manifest manifest, Relevance relevance) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("model", model.name());
        facts.put("data", manifest.dataset());
        facts.put("fitted on", FITTED_ON);
        facts.put("SHA-256 of " + FITTED_ON, manifest.sha256());
        facts.put("relevance", equation(relevance));
        facts.put("nothing matches", nothing(relevance));
        facts.put("versions", "javigate " + Versions.describe());
        return facts;
    }

    private static String equation(Relevance r) {
        return String.format(
                Locale.ROOT,
                "1 / (1 + exp(-x)), x = %.2f + (%.2f score %+.2f) / ln(1 + clips) %+.2f mean score"
                        + " %+.2f distance to the best",
                r.intercept(),
                r.score(),
                -r.offset(),
                r.mean(),
                -r.behind());
    }

    private static String nothing(Relevance r) {
        return String.format(Locale.ROOT, "if the best hit's relevance is below %.3f", r.least());
    }

    private static void print(
            String model, Relevance relevance, Map<String, List<RelevanceFigures>> figures) {
        System.out.printf(
                "%s, fitted on %s%nrelevance: %s%nnothing matches: %s%n",
                model, FITTED_ON, equation(relevance), nothing(relevance));
        figures.forEach(CalibratePrinter::print);
    }
}
