package javigate.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import javigate.data.Datasets;
import javigate.data.Manifest;
import javigate.data.SplitCheck;
import javigate.media.WorkerVideoReader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code data check}. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description =
                "Reads a data set and a little of each of its clips and tells what is missing,"
                        + " corrupt or without sound. Exit code 1 if a clip is missing or corrupt.")
final class DataCheckCommand implements Callable<Integer> {

    private static final int SHOWN = 5;

    @Option(
            names = "--data",
            required = true,
            description =
                    "Folder of MSR-VTT, VATEX, Charades, LSMDC or SightSound (see docs/DATA.md), or"
                            + " a manifest: .jsonl, .csv or .parquet.")
    private Path data = Path.of("");

    @Option(
            names = "--videos",
            description =
                    "Folder of the videos. Default: videos in the data's folder; for a manifest, the"
                            + " folder it lies in.")
    private @Nullable Path videos;

    @Option(
            names = "--audio-folder",
            description = "Folder with the sound as ID.wav. Default: the videos' own sound.")
    private @Nullable Path audioFolder;

    @Option(names = "--split", description = "Only this one. Default: all.")
    private @Nullable String split;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        List<Manifest> splits =
                split == null
                        ? Datasets.read(data, videos, audioFolder)
                        : List.of(Datasets.read(data, videos, audioFolder, split));
        List<SplitCheck> checks;
        List<WorkerVideoReader> readers = Caches.readers();
        try (Progress progress = Progress.of("reading", SplitCheck.distinctClips(splits))) {
            checks = SplitCheck.of(splits, readers, progress::to);
        } finally {
            readers.forEach(WorkerVideoReader::close);
        }
        if (json) {
            Json.print(checks);
        } else {
            print(checks);
        }
        return checks.stream().allMatch(SplitCheck::good) ? 0 : 1;
    }

    private void print(List<SplitCheck> checks) {
        System.out.printf("%s: %s%n", checks.getFirst().dataset(), data);
        System.out.println(
                "split       for          clips  found missing corrupt damaged no sound  silent"
                        + " captions (per clip)");
        for (SplitCheck check : checks) {
            SplitCheck.Captions captions = check.captions();
            System.out.printf(
                    Locale.ROOT,
                    "%-11s %-10s %7d %6d %7d %7d %7d %8d %7d %8d (%d to %d, median %d)%n",
                    check.split(),
                    check.role().name().toLowerCase(Locale.ROOT),
                    check.clips(),
                    check.found(),
                    check.missing().size(),
                    check.corrupt().size(),
                    check.damaged().size(),
                    check.withoutAudio().size(),
                    check.silent(),
                    captions.total(),
                    captions.least(),
                    captions.most(),
                    captions.median());
        }
        for (SplitCheck check : checks) {
            Manifest.LeftOut left = check.leftOut();
            System.out.printf(
                    "%n%s: sha256 %s%n  captions: %d duplicate; left out: %d empty, %d of clips the"
                            + " list does not name; %d listed clips have none%n",
                    check.split(),
                    check.sha256(),
                    check.captions().duplicates(),
                    left.emptyCaptions(),
                    left.captionsOfOthers(),
                    left.withoutCaptions().size());
            print("missing", check.missing());
            print("corrupt", check.corrupt());
            print("damaged", check.damaged());
            print("without sound", check.withoutAudio());
            print("without captions", left.withoutCaptions());
        }
    }

    private static void print(String title, List<String> lines) {
        lines.stream().limit(SHOWN).forEach(line -> System.out.println("  " + title + ": " + line));
        if (lines.size() > SHOWN) {
            System.out.printf("  %s: %d more; --json lists all%n", title, lines.size() - SHOWN);
        }
    }
}
