package javigate.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import javigate.checkpoint.Checkpoint;
import javigate.checkpoint.ModelFolders;
import javigate.data.ClipCache;
import javigate.data.Datasets;
import javigate.data.Manifest;
import javigate.model.Preprocessing;
import javigate.study.Study;
import javigate.study.StudyConfig;
import javigate.train.Features;
import javigate.train.Ranks;
import javigate.train.TrainConfig;
import javigate.train.TrainRun;
import javigate.train.Trainer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ablate}: a table of variants over seeds. */
@Command(
        name = "ablate",
        mixinStandardHelpOptions = true,
        description =
                "Trains and evaluates every variant of a study with every seed, and prints its tables."
                        + " What is there already is kept: run it again to go on.")
final class AblateCommand implements Callable<Integer> {

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private DeviceOption device = new DeviceOption();

    @Mixin private Caches caches = new Caches();

    @Option(names = "--config", required = true, description = "Study (JSON).")
    private Path file = Path.of("");

    @Option(
            names = "--data",
            description =
                    "Data folder, or sightsound:SEED[:TRAIN]. Default: the base configuration's.")
    private @Nullable String data;

    @Option(
            names = "--init",
            description = "Model all trainings start from. Default: the base configuration's.")
    private @Nullable String init;

    @Option(names = "--cells", description = "Folder of finished cells. Default: runs/NAME/cells.")
    private @Nullable Path cells;

    @Option(
            names = "--processes",
            defaultValue = "1",
            description = "Work on so many cells at a time, each in a process of its own.")
    private int processes = 1;

    @Option(names = "--table", description = "Print the tables of what is there, train nothing.")
    private boolean tableOnly;

    @Override
    public Integer call() throws Exception {
        StudyConfig config = StudyConfig.load(file);
        Path baseFile = file.resolveSibling(config.base());
        TrainConfig base = TrainConfig.load(baseFile);
        Path work = Path.of("runs", config.name());
        Study study = new Study(config, base, cells == null ? work.resolve("cells") : cells, work);
        if (!tableOnly) {
            if (processes > 1 && System.getenv("WORLD_SIZE") == null) {
                Path _ = place(base, baseFile); // made once, not by each
                int code =
                        LocalProcesses.run(
                                processes,
                                spec.root().commandLine().getParseResult().originalArgs());
                if (code != 0) {
                    return code;
                }
            } else {
                LocalProcesses.endWithParent();
                device.start();
                train(study, config, base, baseFile);
            }
        }
        if (System.getenv("WORLD_SIZE") == null) {
            System.out.print(study.markdown());
        }
        return 0;
    }

    private Path place(TrainConfig base, Path baseFile) throws IOException {
        String source = data == null ? base.data() : data;
        if (source == null) {
            throw new IOException(baseFile + ": a study needs the key data, or --data");
        }
        return DataSources.find(source, Ranks.alone());
    }

    private void train(Study study, StudyConfig config, TrainConfig base, Path baseFile)
            throws IOException {
        String model = init == null ? base.init() : init;
        if (model == null) {
            throw new IOException(baseFile + ": a study needs the key init, or --init");
        }
        if (model.endsWith(".json")) {
            model = TrainCommand.defaultOut(baseFile.resolveSibling(model)).toString();
            if (!Files.isDirectory(Path.of(model))) {
                throw new IOException(
                        "%s: not trained yet; first: ./javigate train --config %s"
                                .formatted(model, baseFile.resolveSibling(base.init() + "")));
            }
        }
        Checkpoint from = ModelFolders.open(model);
        Path place = place(base, baseFile);
        Preprocessing inputs = base.inputs(from.preprocessing());
        Manifest train =
                Datasets.read(place, null, null, base.split()).withoutMissing(System.err::println);
        Manifest val = Datasets.read(place, null, null, base.selection()).requireVideos();
        Manifest test = Datasets.read(place, null, null, config.split()).requireVideos();
        try (ClipCache trainCache = caches.open(place, train, inputs, "train");
                ClipCache valCache = caches.open(place, val, inputs, "val");
                ClipCache testCache = caches.open(place, test, inputs, config.split());
                Shown shown = new Shown()) {
            study.run(
                    new Study.Material(
                            from,
                            new TrainRun.Clips(train, trainCache),
                            new TrainRun.Clips(val, valCache),
                            new TrainRun.Clips(test, testCache),
                            new Features(
                                    Caches.folder(place).resolve("features"),
                                    Features.DEFAULT_LIMIT_BYTES,
                                    Ranks.alone(),
                                    shown.training)),
                    shown);
        }
    }

    /** A line per cell, a bar while it trains. */
    private static final class Shown implements Study.Listener, AutoCloseable {
        private final TrainProgress training = new TrainProgress(true);

        @Override
        public void cell(String variant, long seed, int done, int all) {
            training.note(
                    String.format(
                            Locale.ROOT,
                            "%d of %d done; now %s, seed %d",
                            done,
                            all,
                            variant,
                            seed));
        }

        @Override
        public void preparing(String what, int done, int clips) {
            training.preparing(what, done, clips);
        }

        @Override
        public void note(String text) {
            training.note(text);
        }

        @Override
        public void step(Trainer.Step step) {
            training.step(step);
        }

        @Override
        public void epoch(int epoch, double meanLoss, double validation, double best) {}

        @Override
        public void close() {
            training.close();
        }
    }
}
