package javigate.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import javigate.checkpoint.Checkpoint;
import javigate.checkpoint.ModelFolders;
import javigate.data.ClipCache;
import javigate.data.Datasets;
import javigate.data.Manifest;
import javigate.tensor.Weights;
import javigate.train.Features;
import javigate.train.Ranks;
import javigate.train.RunFolder;
import javigate.train.TrainConfig;
import javigate.train.TrainRun;
import javigate.train.Trainer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code train}: one stage, and those it starts from. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description = "Trains a model by a configuration and writes a model folder.")
final class TrainCommand implements Callable<Integer> {

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private DeviceOption device = new DeviceOption();

    @Mixin private Caches caches = new Caches();

    @Option(names = "--config", required = true, description = "Configuration (JSON).")
    private Path config = Path.of("");

    @Option(
            names = "--data",
            description =
                    "Data folder, or sightsound:SEED[:TRAIN], which is made where it is missing, of so"
                            + " many TRAIN clips (2000). Default: the configuration's.")
    private @Nullable String data;

    @Option(
            names = "--videos",
            description = "Folder of the videos. Default: videos in the data's.")
    private @Nullable Path videos;

    @Option(
            names = "--audio-folder",
            description = "Folder of ID.wav files. Default: the videos' own sound.")
    private @Nullable Path sounds;

    @Option(
            names = "--out",
            description = "Model folder to write. Default: runs/ and the configuration's name.")
    private @Nullable Path out;

    @Option(
            names = "--init",
            description =
                    "Model to start from: folder or installed name. Default: the configuration's.")
    private @Nullable String init;

    @Option(names = "--resume", description = "Go on with a run that was interrupted.")
    private boolean resume;

    @Option(
            names = "--save-every",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description =
                    "Least time between two saved states, of which --resume takes up the last."
                            + " Default ${DEFAULT-VALUE}.")
    private int saveEvery = 60;

    @Option(
            names = "--processes",
            defaultValue = "1",
            description = "Share every batch among so many processes on this machine.")
    private int processes = 1;

    @Option(names = "--half", description = "Store the weights as fp16.")
    private boolean half;

    @Override
    public Integer call() throws Exception {
        if (processes > 1 && System.getenv("WORLD_SIZE") == null) {
            return LocalProcesses.run(
                    processes, spec.root().commandLine().getParseResult().originalArgs());
        }
        LocalProcesses.endWithParent();
        device.start();
        try (Ranks ranks = Ranks.join(System.getenv())) {
            Checkpoint saved = train(config, data, out, init, ranks, true);
            if (ranks.first()) {
                System.out.println(saved.folder());
            }
        }
        return 0;
    }

    /** Trains a stage; the ones before it first, where it names them and they are not there. */
    private Checkpoint train(
            Path file,
            @Nullable String dataName,
            @Nullable Path folder,
            @Nullable String from,
            Ranks ranks,
            boolean last)
            throws IOException {
        TrainConfig settings = TrainConfig.load(file);
        Path target = folder == null ? defaultOut(file) : folder;
        requireOurs(target);
        if (Checkpoint.isModel(target)) {
            throw new IOException(target + ": holds a model already; choose another --out");
        }
        String source = dataName == null ? settings.data() : dataName;
        if (source == null) {
            throw new IOException(file + ": no key data; name the data by --data");
        }
        Path place = DataSources.find(source, ranks);
        String initial = from == null ? settings.init() : from;
        if (initial != null && initial.endsWith(".json")) {
            initial = trained(file.resolveSibling(initial), source, ranks).toString();
        }
        return run(settings, file, place, source, target, initial, ranks, last);
    }

    /** What is there must be a run's, or nothing. */
    private static void requireOurs(Path target) throws IOException {
        if (!Files.exists(target) || Files.isDirectory(target.resolve("training"))) {
            return;
        }
        try (var files = Files.newDirectoryStream(target)) {
            if (files.iterator().hasNext() && !Checkpoint.isModel(target)) {
                throw new IOException(
                        target + ": holds other files; choose another --out, or an empty folder");
            }
        }
    }

    /** The folder of a model that a configuration makes; trained now unless it is there. */
    private Path trained(Path file, String source, Ranks ranks) throws IOException {
        String own = TrainConfig.load(file).data();
        Path target = defaultOut(file);
        if (!source.equals(own)) { // another data set, another model
            target =
                    target.resolveSibling(
                            target.getFileName() + "-" + source.replaceAll("[^A-Za-z0-9]+", "-"));
        }
        if (!Checkpoint.isModel(target)) {
            if (ranks.first()) {
                System.err.println(file + " comes first: " + target);
            }
            Checkpoint _ = train(file, source, target, null, ranks, false);
        }
        return target;
    }

    static Path defaultOut(Path file) {
        String name = String.valueOf(file.getFileName());
        return Path.of(
                "runs", name.endsWith(".json") ? name.substring(0, name.length() - 5) : name);
    }

    private Checkpoint run(
            TrainConfig settings,
            Path file,
            Path place,
            String source,
            Path target,
            @Nullable String initial,
            Ranks ranks,
            boolean last)
            throws IOException {
        Manifest train =
                Datasets.read(place, videos, sounds, settings.split())
                        .withoutMissing(ranks.first() ? System.err::println : _ -> {});
        Manifest val = Datasets.read(place, videos, sounds, settings.selection()).requireVideos();
        try (RunFolder folder =
                        ranks.first()
                                ? RunFolder.open(target, Duration.ofSeconds(saveEvery), resume)
                                : RunFolder.follow(target);
                TrainProgress progress = new TrainProgress(ranks.first())) {
            progress.note(
                    "the best epoch is chosen on "
                            + settings.selection()
                            + (val.role() == Manifest.Role.TEST
                                    ? " — THE TEST SPLIT: its figures are no estimate any more"
                                    : ""));
            TrainRun.Start start =
                    TrainRun.Start.of(
                            settings, initial == null ? null : ModelFolders.open(initial), train);
            Checkpoint saved;
            try (Weights _ = start.weights();
                    ClipCache trainCache =
                            caches.open(place, train, start.preprocessing(), "train");
                    ClipCache valCache =
                            caches.open(place, val, start.preprocessing(), settings.selection())) {
                Features features =
                        new Features(
                                Caches.folder(place).resolve("features"),
                                Features.DEFAULT_LIMIT_BYTES,
                                ranks,
                                progress);
                TrainRun run =
                        new TrainRun(
                                settings,
                                start,
                                new TrainRun.Clips(train, trainCache),
                                new TrainRun.Clips(val, valCache),
                                train.sha256() + val.sha256(),
                                features);
                Trainer.Result result = Trainer.run(run, folder, progress);
                try (Weights weights = result.weights()) {
                    saved =
                            ranks.first()
                                    ? Checkpoint.save(
                                            target,
                                            settings.name(),
                                            start.model(),
                                            start.preprocessing(),
                                            start.tokenizer(),
                                            weights,
                                            half && last,
                                            card(settings, file, source, initial, run, result))
                                    : null;
                }
                progress.note(
                        String.format(
                                Locale.ROOT,
                                "%.1f %% on %s after epoch %d",
                                result.validation(),
                                settings.selection(),
                                result.epoch()));
            }
            ranks.barrier();
            if (ranks.first()) {
                folder.finish();
            }
            return saved == null ? Checkpoint.open(target) : saved;
        }
    }

    private static String card(
            TrainConfig settings,
            Path file,
            String source,
            @Nullable String initial,
            TrainRun run,
            Trainer.Result result)
            throws IOException {
        return """
        # %s

        Stage %s, seed %d, best validation %.1f %% at epoch %d; %,d parameters trained.

        ```
        ./javigate train --config %s --data %s%s
        ```

        javigate %s, data %s, started from %s.

        Configuration:

        ```json
        %s
        ```
        """
                .formatted(
                        settings.name(),
                        settings.stage(),
                        settings.seed(),
                        result.validation(),
                        result.epoch(),
                        result.trained(),
                        file,
                        source,
                        initial == null ? "" : " --init " + initial,
                        Versions.describe(),
                        run.dataHash(),
                        run.start().fingerprint().isEmpty()
                                ? "nothing"
                                : run.start().fingerprint().substring(0, 16),
                        Files.readString(file).strip());
    }
}
