package javigate.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import javigate.data.AboutTable;
import javigate.index.VectorFormat;
import javigate.search.AddReport;
import javigate.search.VideoLibrary;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code add PATH…}. */
@Command(
        name = "add",
        mixinStandardHelpOptions = true,
        description =
                "Adds videos to the library. Each is stored for good as soon as its line appears;"
                        + " unchanged ones are skipped.")
final class AddCommand implements Callable<Integer> {

    @Mixin private LibraryOptions library = new LibraryOptions();
    @Mixin private RerankerOption reranker = new RerankerOption();

    @Parameters(arity = "1..*", paramLabel = "PATH", description = "Video files and folders.")
    private List<Path> paths = List.of();

    @Option(
            names = "--vectors",
            paramLabel = "FORMAT",
            defaultValue = "F16",
            description =
                    "How a new library keeps its vectors: ${COMPLETION-CANDIDATES} (default"
                            + " ${DEFAULT-VALUE}). Search is exact in each; an existing library"
                            + " keeps its own.")
    private VectorFormat vectors = VectorFormat.DEFAULT;

    @Option(
            names = "--meta",
            paramLabel = "FILE",
            description =
                    "A table (.jsonl, .csv, .parquet) of what is known of the videos: a column"
                            + " video, and any of captions, notes, tags and whatever else"
                            + " (search --filter NAME=VALUE); several rows of a video add up."
                            + " Files beside a video are read in any case: film.json, film.srt,"
                            + " film.en.vtt.")
    private @Nullable Path meta;

    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        AtomicInteger done = new AtomicInteger();
        AddReport report;
        AboutTable table = meta == null ? null : AboutTable.read(meta);
        try (VideoLibrary open =
                        VideoLibrary.open(
                                library.folder(), library.model(), reranker.of(library), vectors);
                Progress progress = Progress.of("adding", VideoLibrary.count(paths))) {
            report =
                    open.add(
                            paths,
                            table,
                            outcome -> {
                                if (!json) {
                                    print(outcome);
                                }
                                progress.to(done.incrementAndGet());
                            });
        }
        if (table != null) {
            long unknown = table.videos().size() - outcomes(report, table);
            if (unknown > 0) {
                System.err.printf(
                        "%s tells of %d videos that are not among those given%n", meta, unknown);
            }
        }
        if (json) {
            printJson(report);
        } else {
            printSummary(report);
        }
        return report.failedANamedFile() ? 1 : 0;
    }

    private static long outcomes(AddReport report, AboutTable table) {
        return report.outcomes().stream()
                .filter(outcome -> table.of(outcome.file()).isPresent())
                .count();
    }

    private static synchronized void print(AddReport.Outcome outcome) {
        switch (outcome) {
            case AddReport.Indexed done -> {
                String clips = done.clips() == 1 ? "1 clip" : done.clips() + " clips";
                say("indexed  " + done.file() + " (" + clips + ")" + notes(done.notes()));
            }
            case AddReport.Described described ->
                    say(
                            "updated  "
                                    + described.file()
                                    + " (what is said of it)"
                                    + notes(described.notes()));
            case AddReport.Skipped skipped -> say("skipped  " + skipped.file() + " (unchanged)");
            case AddReport.Failed failed -> say("failed   " + failed.reason());
        }
        System.out.flush();
    }

    private static void say(String line) {
        System.out.println(Libraries.oneLine(line));
    }

    private static String notes(List<String> notes) {
        return notes.isEmpty() ? "" : "; " + String.join("; ", notes);
    }

    private static void printSummary(AddReport report) {
        String described = report.described() == 0 ? "" : ", " + report.described() + " updated";
        System.out.printf(
                "%d indexed%s, %d skipped, %d failed%n",
                report.indexed(), described, report.skipped(), report.failed());
        if (report.outcomes().isEmpty()) {
            System.out.println(
                    "no video there: in folders only names such as a.mp4, a.mkv and a.webm count;"
                            + " name others one by one");
        }
        if (!report.passedOver().isEmpty()) {
            System.out.printf(
                    "passed over, no video by its name: %s%s%n",
                    Libraries.oneLine(report.passedOver().get(0)),
                    report.passedOver().size() > 1
                            ? " and " + (report.passedOver().size() - 1) + " more"
                            : "");
        }
    }

    private static void printJson(AddReport report) throws JsonProcessingException {
        List<Map<String, Object>> files = new ArrayList<>();
        for (AddReport.Outcome outcome : report.outcomes()) {
            Map<String, Object> file = new LinkedHashMap<>();
            file.put("file", outcome.file().toString());
            switch (outcome) {
                case AddReport.Indexed done -> {
                    file.put("outcome", "indexed");
                    file.put("clips", done.clips());
                    file.put("notes", done.notes());
                }
                case AddReport.Described done -> {
                    file.put("outcome", "updated");
                    file.put("clips", done.clips());
                    file.put("notes", done.notes());
                }
                case AddReport.Skipped _ -> file.put("outcome", "skipped");
                case AddReport.Failed failed -> {
                    file.put("outcome", "failed");
                    file.put("reason", failed.reason());
                }
            }
            files.add(file);
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("indexed", report.indexed());
        result.put("updated", report.described());
        result.put("skipped", report.skipped());
        result.put("failed", report.failed());
        result.put("files", files);
        result.put("passedOver", report.passedOver().stream().map(Path::toString).toList());
        Json.print(result);
    }
}
