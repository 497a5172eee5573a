package javigate.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import javigate.checkpoint.Checkpoint;
import javigate.checkpoint.ModelFolders;
import javigate.data.Manifest;
import javigate.data.SightSound;
import javigate.eval.Retrieval;
import javigate.eval.RetrievalMetrics;
import javigate.eval.RetrievalScores;
import javigate.eval.ScoreMatrix;
import javigate.eval.TieRule;
import javigate.search.AddReport;
import javigate.search.Hit;
import javigate.search.VideoLibrary;
import javigate.server.HttpApi;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code demo}: clips, library, recall, a few searches, the page. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description =
                "Makes sample clips with sound, indexes them with the small model, shows how well it"
                        + " finds them, and opens the page.")
final class DemoCommand implements Callable<Integer> {

    @Mixin private DeviceOption device = new DeviceOption();

    private static final int SEARCHES = 3;

    @Option(
            names = "--dir",
            paramLabel = "FOLDER",
            description = "Where clips and library go. Default: a folder in the user's cache.")
    private @Nullable Path dir;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "Draws the clips and the searches (default ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--clips",
            defaultValue = "40",
            description = "Clips to make (default ${DEFAULT-VALUE}).")
    private int clips;

    @Option(names = "--no-serve", description = "Do not serve the page at the end.")
    private boolean noServe;

    @Option(
            names = "--port",
            defaultValue = "" + HttpApi.DEFAULT_PORT,
            description = "Port of the page, 0 for any free one (default ${DEFAULT-VALUE}).")
    private int port;

    @Option(names = "--model", paramLabel = "FOLDER", description = "Another model folder.")
    private @Nullable String model;

    @Option(
            names = "--json",
            description = "Print recall and searches as JSON; implies --no-serve.")
    private boolean json;

    /** Everything the demo measured, in the names of the JSON output. */
    private record Result(
            long seed,
            int clips,
            RetrievalMetrics textToVideo,
            RetrievalMetrics videoToText,
            RetrievalMetrics textToVideoWithoutSound,
            RetrievalMetrics videoToTextWithoutSound) {}

    @Override
    public Integer call() throws Exception {
        if (clips < 1 || clips > SightSound.MAX_CLIPS) {
            throw new Usage.WrongException(
                    "--clips %d: 1 to %d are possible".formatted(clips, SightSound.MAX_CLIPS));
        }
        device.start();
        Path folder = (dir == null ? defaultFolder() : dir).resolve("seed-" + seed + "-" + clips);
        Checkpoint checkpoint = model == null ? Checkpoint.shipped() : ModelFolders.open(model);
        say("Making " + clips + " clips that the model has never met in " + folder);
        makeClips(folder);
        Manifest manifest = Manifest.readSightSound(folder, "test");
        Path libraryFolder = folder.resolve("library-" + checkpoint.fingerprint().substring(0, 8));
        try (VideoLibrary library = VideoLibrary.open(libraryFolder, checkpoint)) {
            index(library, folder.resolve("videos"));
            RetrievalScores heard = scores(library, manifest, true);
            RetrievalScores muted = scores(library, manifest, false);
            Result result =
                    new Result(
                            seed,
                            manifest.items().size(),
                            heard.textToVideo(),
                            Objects.requireNonNull(heard.videoToText()),
                            muted.textToVideo(),
                            Objects.requireNonNull(muted.videoToText()));
            if (json) {
                Json.print(result);
                return 0;
            }
            print(result);
            searches(library, manifest);
        }
        if (!noServe) {
            System.out.println("\nNow search for yourself:");
            try (VideoLibrary library = VideoLibrary.openToRead(libraryFolder, checkpoint)) {
                ServeCommand.serve(
                        library, new HttpApi.Options("127.0.0.1", port, Optional.empty()), true);
            }
        }
        return 0;
    }

    private static Path defaultFolder() {
        String cache = System.getenv("XDG_CACHE_HOME");
        Path base =
                cache == null || cache.isBlank()
                        ? Path.of(System.getProperty("user.home"), ".cache")
                        : Path.of(cache);
        return base.resolve("javigate").resolve("demo");
    }

    private void say(String line) {
        if (!json) {
            System.out.println(line);
        }
    }

    private void makeClips(Path folder) throws IOException {
        Files.createDirectories(folder);
        try (Progress progress = Progress.of("making clips", clips)) {
            SightSound.generate(
                    folder,
                    new SightSound.Sizes(0, 0, clips),
                    seed,
                    (done, all) -> progress.to(done));
        }
    }

    private void index(VideoLibrary library, Path videos) throws IOException {
        AtomicInteger done = new AtomicInteger();
        try (Progress progress = Progress.of("indexing", clips)) {
            AddReport report =
                    library.add(List.of(videos), outcome -> progress.to(done.incrementAndGet()));
            say(report.indexed() + " clips indexed, " + report.skipped() + " already there");
            if (report.failed() > 0) {
                throw new IOException(report.outcomes() + ": a clip of the demo failed");
            }
        }
    }

    /** Metrics of every caption's scores with every clip, by searching the library. */
    private static RetrievalScores scores(
            VideoLibrary library, Manifest manifest, boolean withSound) throws IOException {
        int count = manifest.items().size();
        Map<String, Integer> columns = new HashMap<>();
        for (int i = 0; i < count; i++) {
            columns.put(name(manifest.items().get(i).file()), i);
        }
        double[][] scores = new double[count][count];
        for (int i = 0; i < count; i++) {
            String caption = manifest.items().get(i).captions().get(0);
            for (Hit hit : library.search(caption, count, withSound)) {
                Integer column = columns.get(name(hit.file()));
                if (column == null) {
                    throw new IOException(hit.file() + ": not a clip of this demo");
                }
                scores[i][column] = hit.score();
            }
        }
        return Retrieval.of(ScoreMatrix.square(scores), TieRule.OWN_LAST).scores();
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    private static void print(Result result) {
        System.out.println();
        System.out.printf(
                "%d clips, one caption each   R@1 /  R@5 / R@10   median rank%n", result.clips());
        print("text to video", result.textToVideo());
        print("  without sound", result.textToVideoWithoutSound());
        print("video to text", result.videoToText());
        print("  without sound", result.videoToTextWithoutSound());
    }

    private static void print(String name, RetrievalMetrics metrics) {
        System.out.printf("%-27s %s%n", name, EvalPrinter.row(metrics));
    }

    private void searches(VideoLibrary library, Manifest manifest) throws IOException {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        List<Manifest.Item> left = new ArrayList<>(manifest.items());
        for (int i = 0; i < SEARCHES && !left.isEmpty(); i++) {
            Manifest.Item item = left.remove(random.nextInt(left.size()));
            String caption = item.captions().get(0);
            List<Hit> hits = library.search(caption, manifest.items().size(), true);
            int rank = 0;
            for (Hit hit : hits) {
                if (name(hit.file()).equals(name(item.file()))) {
                    rank = hit.rank();
                }
            }
            System.out.printf(
                    "%n\"%s\"%n   (clip %s, sound: %s; its rank: %d of %d)%n",
                    caption, name(item.file()), item.kind(), rank, hits.size());
            for (Hit hit : hits.subList(0, Math.min(SEARCHES, hits.size()))) {
                System.out.println(HitPrinter.line(hit));
            }
            if (rank > 0) {
                System.out.println("   why " + name(item.file()) + ":");
                System.out.println(HitPrinter.explanation(hits.get(rank - 1)));
            }
        }
    }
}
