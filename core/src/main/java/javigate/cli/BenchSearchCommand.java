package javigate.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import javigate.index.Scope;
import javigate.index.SearchBench;
import javigate.index.SearchResult;
import javigate.index.VectorFormat;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench search}: the exact search beside this machine's memory, NumPy and faiss. */
@Command(
        name = "search",
        mixinStandardHelpOptions = true,
        description =
                "Times the exact search of a library of made-up clips, what reading the same bytes takes"
                        + " alone, and NumPy and faiss (where python3 has them), in turns.")
final class BenchSearchCommand implements Callable<Integer> {
    private static final int BATCH = 32;
    private static final int HITS = 10;

    /** A search among 1,000 videos on an RTX 3090, as the paper states it. */
    private static final double PAPER_MS = 0.16;

    private static final int PAPER_CLIPS = 1000;

    /** What stays free on the disk at least. */
    private static final long SPARE_BYTES = 15L << 30;

    /** The peers hold all vectors as floats, one of them twice. */
    private static final long MOST_PEER_BYTES = 4L << 30;

    @Option(names = "--clips", defaultValue = "100000", description = "Default ${DEFAULT-VALUE}.")
    private int clips = 100_000;

    @Option(
            names = "--format",
            defaultValue = "f16",
            completionCandidates = FormatNames.class,
            converter = FormatNames.class,
            description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
    private VectorFormat format = VectorFormat.DEFAULT;

    @Option(
            names = "--queries",
            defaultValue = "5",
            description = "Single queries of each turn. Default ${DEFAULT-VALUE}.")
    private int queries = 5;

    @Option(names = "--rounds", defaultValue = "7", description = "Turns of each.")
    private int rounds = 7;

    @Option(names = "--seed", defaultValue = "1", description = "Default ${DEFAULT-VALUE}.")
    private long seed = 1;

    @Option(names = "--dir", description = "Where the library is made. Default: temporary files.")
    private @Nullable Path parent;

    @Option(
            names = "--peer",
            defaultValue = "benchmarks/peers/search.py",
            description = "The peers' script. Default ${DEFAULT-VALUE}.")
    private Path peer = Path.of("");

    @Option(names = "--python", defaultValue = "python3", description = "A Python with NumPy.")
    private String python = "python3";

    private static final class FormatNames extends EnumNames<VectorFormat> {
        FormatNames() {
            super(VectorFormat.values(), f -> f.name().toLowerCase(Locale.ROOT));
        }
    }

    private interface Timed {
        void run() throws IOException;
    }

    @Option(
            names = "--models",
            description =
                    "Instead: one query against 1,000 clips of each compared model of the papers'"
                            + " size, with random weights (needs 12 GB of memory).")
    private boolean models;

    @Override
    public Integer call() throws Exception {
        if (models) {
            new ModelLatency(Math.max(1, rounds * queries), seed).print();
            return 0;
        }
        long bytes = clips * format.storedBytes(SearchBench.FRAMES, SearchBench.WIDTH);
        long peerBytes = 4L * clips * SearchBench.FRAMES * SearchBench.WIDTH;
        boolean withPeers = peerBytes <= MOST_PEER_BYTES;
        Path folder =
                parent == null
                        ? Files.createTempDirectory("javigate-search")
                        : Files.createTempDirectory(parent, "javigate-search");
        try {
            // Merging writes parts of up to 5 GB anew before the old ones go.
            long needed = bytes + Math.min(bytes, 10L << 30) + (withPeers ? peerBytes : 0);
            checkSpace(folder, needed);
            try (Progress progress = Progress.of("clips", clips);
                    SearchBench bench =
                            new SearchBench(
                                    folder.resolve("library"), format, clips, seed, progress::to)) {
                SearchPeers peers = withPeers ? peers(bench, folder) : null;
                if (!withPeers) {
                    System.out.println("no peers: they would need the vectors as floats in memory");
                }
                measure(bench, peers);
            }
        } finally {
            delete(folder);
        }
        return 0;
    }

    private static void checkSpace(Path folder, long needed) throws IOException {
        FileStore disk = Files.getFileStore(folder);
        if (disk.getUsableSpace() - needed < SPARE_BYTES) {
            throw new IOException(
                    String.format(
                            Locale.ROOT,
                            "%s: %.1f GB free; the benchmark needs %.1f GB and leaves 16 GB; choose"
                                    + " fewer --clips or another --dir",
                            folder,
                            disk.getUsableSpace() / 1e9,
                            needed / 1e9));
        }
    }

    private @Nullable SearchPeers peers(SearchBench bench, Path folder) throws IOException {
        try (DataOutputStream out =
                new DataOutputStream(
                        new BufferedOutputStream(
                                Files.newOutputStream(folder.resolve("frames.npy")), 1 << 20))) {
            bench.writeNpy(out);
        }
        StringBuilder texts = new StringBuilder();
        for (int q = 0; q < BATCH; q++) {
            texts.append(Arrays.toString(query(bench, q))).append('\n');
        }
        Files.writeString(folder.resolve("queries.jsonl"), texts);
        SearchPeers peers = SearchPeers.start(python, peer, folder);
        if (peers == null) {
            System.out.println(python + " has no NumPy or did not run " + peer + ": no peers");
            return null;
        }
        System.out.println("peers: " + peers.about().path("versions").asText());
        for (int q = 0; q < BATCH; q++) {
            JsonNode theirs = peers.about().path("best").path(q);
            double ours = bench.store().search(query(bench, q), 1, Scope.ALL).hits().get(0).score();
            if (Math.abs(theirs.asDouble() - ours) > 1e-3) {
                throw new IOException(
                        "query " + q + ": best score " + ours + ", NumPy's " + theirs.asDouble());
            }
        }
        return peers;
    }

    private float[] query(SearchBench bench, int number) {
        return bench.query((int) (number * 7919L % clips));
    }

    private void measure(SearchBench bench, @Nullable SearchPeers peers) throws IOException {
        List<float[]> texts = new ArrayList<>();
        for (int q = 0; q < BATCH; q++) {
            texts.add(query(bench, q));
        }
        Map<String, List<Double>> times = new LinkedHashMap<>();
        long[] bytes = new long[1];
        for (int round = -2; round < rounds; round++) { // the first two are to warm up
            Map<String, List<Double>> into = round < 0 ? new LinkedHashMap<>() : times;
            int count = round < 0 ? Math.max(queries, 200_000 / clips) : queries;
            for (int q = 0; q < count; q++) {
                int number = Math.floorMod(round * queries + q, BATCH);
                time(into, "bytes read and summed", 1, () -> bytes[0] = bench.readAll());
                time(
                        into,
                        "one query",
                        1,
                        () -> check(bench.store().search(texts.get(number), HITS, Scope.ALL)));
            }
            for (int q = 0; q < (round < 0 ? count : 1); q++) {
                time(
                        into,
                        "a query in a batch of " + BATCH,
                        BATCH,
                        () ->
                                bench.store()
                                        .searchBatch(texts, HITS, Scope.ALL)
                                        .forEach(BenchSearchCommand::check));
            }
            if (peers != null) {
                peers.times(queries)
                        .forEach(
                                (name, values) ->
                                        into.computeIfAbsent(name, _ -> new ArrayList<>())
                                                .addAll(Arrays.stream(values).boxed().toList()));
            }
        }
        if (peers != null) {
            peers.stop();
        }
        print(times, bytes[0]);
    }

    private static void check(SearchResult result) {
        if (result.hits().isEmpty()) {
            throw new IllegalStateException("a search found nothing");
        }
    }

    private static void time(Map<String, List<Double>> times, String what, int queries, Timed timed)
            throws IOException {
        long start = System.nanoTime();
        timed.run();
        double ms = (System.nanoTime() - start) / 1e6 / queries;
        times.computeIfAbsent(what, _ -> new ArrayList<>()).add(ms);
    }

    private void print(Map<String, List<Double>> times, long bytes) throws IOException {
        System.out.printf(
                Locale.ROOT,
                "%,d clips of %d x %d, %s: %,d bytes read (%,d a clip), %d processors%n",
                clips,
                SearchBench.FRAMES,
                SearchBench.WIDTH,
                format.name().toLowerCase(Locale.ROOT),
                bytes,
                bytes / clips,
                Runtime.getRuntime().availableProcessors());
        double limit = median(times.values().iterator().next());
        System.out.printf("%n| %-34s | median ms | least ms | ratio |%n", "per query");
        System.out.println("|---|---|---|---|");
        times.forEach(
                (what, values) ->
                        System.out.printf(
                                Locale.ROOT,
                                "| %-34s | %9.3f | %8.3f | %5.2f |%n",
                                what,
                                median(values),
                                values.stream().mapToDouble(v -> v).min().orElse(Double.NaN),
                                median(values) / limit));
        if (clips == PAPER_CLIPS) {
            System.out.printf(
                    Locale.ROOT,
                    "| %-34s | %9.3f |          | %5.2f |%n",
                    "the paper, RTX 3090",
                    PAPER_MS,
                    PAPER_MS / limit);
        }
        System.out.printf("%nheap at most %d MB%s%n", heapMb(), processMemory());
    }

    private static long heapMb() {
        return Runtime.getRuntime().maxMemory() >> 20;
    }

    /** What the process holds besides mapped files, where the system says so. */
    private static String processMemory() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return "";
        }
        StringBuilder memory = new StringBuilder();
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith("RssAnon") || line.startsWith("RssFile")) {
                memory.append(", ").append(line.replaceAll("\\s+", " "));
            }
        }
        return memory.toString();
    }

    private static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(v -> v).sorted().toArray();
        int n = sorted.length;
        return n == 0 ? Double.NaN : (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
