package javigate.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import javigate.checkpoint.Architecture;
import javigate.checkpoint.Checkpoint;
import javigate.checkpoint.ModelFolders;
import javigate.data.ClipCache;
import javigate.data.Manifest;
import javigate.model.Preprocessing;
import javigate.model.avigate.AvigateConfig;
import javigate.model.clip.ClipTokenizer;
import javigate.tensor.Weights;
import javigate.train.TrainConfig;
import javigate.train.Trainer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code train}: one stage of the recipe. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description = "Trains one stage on a SightSound folder and writes a model folder.")
final class TrainCommand implements Callable<Integer> {

    @Mixin private DeviceOption device = new DeviceOption();

    @Option(names = "--config", required = true, description = "Configuration (JSON).")
    private Path config = Path.of("");

    @Option(names = "--data", required = true, description = "SightSound folder.")
    private Path data = Path.of("");

    @Option(names = "--out", required = true, description = "Model folder to write.")
    private Path out = Path.of("");

    @Option(names = "--init", description = "Model folder to start from.")
    private @Nullable String init;

    @Option(names = "--half", description = "Store the weights as fp16.")
    private boolean half;

    @Override
    public Integer call() throws Exception {
        device.start();
        TrainConfig settings = TrainConfig.load(config);
        Files.createDirectories(out);
        if (!Files.isWritable(out)) {
            throw new IOException(out + ": no permission to write there; choose another --out");
        }
        Manifest train = Manifest.readSightSound(data, "train");
        Manifest val = Manifest.readSightSound(data, "val");
        Start start = start(settings, train);
        try (ClipCache trainCache = Caches.open(data, train, start.preprocessing(), "train");
                ClipCache valCache = Caches.open(data, val, start.preprocessing(), "val");
                TrainProgress progress = new TrainProgress()) {
            Trainer.Result result =
                    Trainer.run(
                            settings,
                            start.model(),
                            start.preprocessing(),
                            start.tokenizer(),
                            start.weights(),
                            train,
                            trainCache,
                            val,
                            valCache,
                            progress);
            Checkpoint saved =
                    Checkpoint.save(
                            out,
                            settings.name(),
                            new Architecture.Avigate(start.model()),
                            start.preprocessing(),
                            start.tokenizer(),
                            result.weights(),
                            half,
                            card(settings, result));
            System.out.println(
                    String.format(
                            Locale.ROOT,
                            "%s: %.1f %% on val after epoch %d",
                            saved.folder(),
                            result.validation(),
                            result.epoch()));
        }
        return 0;
    }

    private record Start(
            AvigateConfig model,
            Preprocessing preprocessing,
            ClipTokenizer tokenizer,
            Weights weights) {}

    private Start start(TrainConfig settings, Manifest train) throws IOException {
        if (settings.stage() == TrainConfig.Stage.CLIP) {
            AvigateConfig model = Objects.requireNonNull(settings.model());
            List<String> captions = new ArrayList<>();
            for (Manifest.Item item : train.items()) {
                captions.addAll(item.captions());
                captions.addAll(item.sightCaptions());
            }
            return new Start(
                    model,
                    Objects.requireNonNull(settings.preprocessing()),
                    ClipTokenizer.learn(captions, settings.vocabularySize()),
                    new Weights());
        }
        if (init == null) {
            throw new IOException(
                    "stage "
                            + settings.stage()
                            + " starts from a model: give its folder by --init");
        }
        Checkpoint from = ModelFolders.open(init);
        AvigateConfig own = from.avigateFor("train");
        AvigateConfig model = settings.model() == null ? own : settings.model();
        try (Weights weights = from.weights()) {
            return new Start(
                    model,
                    from.preprocessing(),
                    from.tokenizer(),
                    Trainer.startingWeights(settings.stage(), model, weights));
        }
    }

    private String card(TrainConfig settings, Trainer.Result result) throws IOException {
        return """
        # %s

        Stage %s, seed %d, best validation %.1f %% at epoch %d.

        ```
        ./javigate train --config %s --data %s%s
        ```

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
                        config,
                        data,
                        init == null ? "" : " --init " + init,
                        Files.readString(config).strip());
    }
}
