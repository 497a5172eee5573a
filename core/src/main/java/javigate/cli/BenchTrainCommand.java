package javigate.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import javigate.checkpoint.ModelFolders;
import javigate.data.ClipCache;
import javigate.data.Datasets;
import javigate.data.Manifest;
import javigate.train.Features;
import javigate.train.Ranks;
import javigate.train.StepBench;
import javigate.train.TrainConfig;
import javigate.train.TrainRun;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench train}: a training step beside the same step on data in memory, and Python's. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description =
                "Times training steps with their data loaded, on data in memory, and in Python's torch"
                        + " (where python3 has it), in turns.")
final class BenchTrainCommand implements Callable<Integer> {

    @Mixin private Caches caches = new Caches();

    @Option(names = "--config", required = true, description = "Training (JSON), stage AVIGATE.")
    private Path file = Path.of("");

    @Option(
            names = "--data",
            required = true,
            description = "Data folder, or sightsound:SEED[:TRAIN].")
    private String data = "";

    @Option(names = "--init", required = true, description = "Model to start from.")
    private String init = "";

    @Option(names = "--steps", defaultValue = "5", description = "Steps of each turn.")
    private int steps = 5;

    @Option(names = "--rounds", defaultValue = "7", description = "Turns of each.")
    private int rounds = 7;

    @Option(
            names = "--peer",
            defaultValue = "benchmarks/peers/train_step.py",
            description = "The peer's script. Default ${DEFAULT-VALUE}.")
    private Path peer = Path.of("");

    @Option(names = "--python", defaultValue = "python3", description = "A Python with torch.")
    private String python = "python3";

    /** The peer's process: a line with a number of steps in, a line of JSON out. */
    private record Peer(Process process, BufferedWriter in, BufferedReader out, double loss) {

        static @Nullable Peer start(String python, Path script, Path file) throws IOException {
            Process process =
                    new ProcessBuilder(python, script.toString(), file.toString())
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            BufferedReader out = process.inputReader();
            String first = out.readLine();
            if (first == null) {
                return null;
            }
            JsonNode json = new ObjectMapper().readTree(first);
            System.out.println("peer: Python's torch " + json.path("torch").asText());
            return new Peer(process, process.outputWriter(), out, json.path("loss").asDouble());
        }

        double[] times(int steps) throws IOException {
            in.write(steps + "\n");
            in.flush();
            String line = out.readLine();
            if (line == null) {
                throw new IOException("the peer ended; its message is above");
            }
            List<Double> times = new ArrayList<>();
            new ObjectMapper().readTree(line).path("times").forEach(t -> times.add(t.asDouble()));
            return times.stream().mapToDouble(Double::doubleValue).toArray();
        }
    }

    @Override
    public Integer call() throws Exception {
        TrainConfig config = TrainConfig.load(file);
        Path place = DataSources.find(data, Ranks.alone());
        Manifest train = Datasets.read(place, null, null, config.split());
        Manifest val = Datasets.read(place, null, null, config.selection());
        TrainRun.Start start = TrainRun.Start.of(config, ModelFolders.open(init), train);
        Path exchange = Files.createTempFile("javigate-step", ".safetensors");
        try (ClipCache trainCache = caches.open(place, train, start.preprocessing(), "train");
                ClipCache valCache = caches.open(place, val, start.preprocessing(), "val");
                TrainProgress progress = new TrainProgress(true);
                StepBench bench =
                        new StepBench(
                                new TrainRun(
                                        config,
                                        start,
                                        new TrainRun.Clips(train, trainCache),
                                        new TrainRun.Clips(val, valCache),
                                        "",
                                        new Features(
                                                Caches.folder(place).resolve("features"),
                                                Features.DEFAULT_LIMIT_BYTES,
                                                Ranks.alone(),
                                                progress)))) {
            bench.write(exchange);
            measure(bench, Peer.start(python, peer, exchange));
        } finally {
            Files.deleteIfExists(exchange);
        }
        return 0;
    }

    private void measure(StepBench bench, @Nullable Peer other) throws IOException {
        if (other == null) {
            System.out.println(python + " has no torch or not run " + peer + ": no peer");
        } else {
            System.out.printf(
                    Locale.ROOT, "first loss: %.6f, the peer's %.6f%n", bench.loss(), other.loss());
        }
        List<double[]> loaded = new ArrayList<>();
        List<double[]> cached = new ArrayList<>();
        List<double[]> peers = new ArrayList<>();
        for (int round = 0; round <= rounds; round++) { // the first is to warm up
            double[] withData = bench.loaded(steps);
            double[] inMemory = bench.cached(steps);
            double[] peerTimes = other == null ? new double[0] : other.times(steps);
            if (round > 0) {
                loaded.add(withData);
                cached.add(inMemory);
                peers.add(peerTimes);
            }
        }
        double inMemory = median(cached);
        System.out.printf("%d steps of %d pairs each, medians:%n", rounds * steps, bench.batch());
        row("data loaded beside the step", median(loaded), inMemory);
        row("the same step on data in memory", inMemory, inMemory);
        if (other != null) {
            row("Python's torch, data in memory", median(peers), inMemory);
            other.in().close();
            other.process().destroy();
        }
    }

    private static void row(String what, double ms, double inMemory) {
        System.out.printf(Locale.ROOT, "  %-34s %8.1f ms   %.2f%n", what, ms, ms / inMemory);
    }

    private static double median(List<double[]> runs) {
        double[] all = runs.stream().flatMapToDouble(java.util.Arrays::stream).sorted().toArray();
        int n = all.length;
        return n == 0 ? Double.NaN : (all[(n - 1) / 2] + all[n / 2]) / 2;
    }
}
