package javigate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javigate.search.LibraryCheck;
import javigate.search.RecallCheck;
import javigate.search.TextsFile;
import javigate.search.VideoLibrary;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code check}. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = {
            "Checks the library: every byte, record and video's file.",
            "Bytes are held against their checksums, every video's file against the size and SHA-256",
            "it had when it was embedded. Needs no model, changes nothing, and can run while another",
            "process writes. Exit code 1 if anything is wrong."
        })
final class CheckCommand implements Callable<Integer> {

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private LibraryOptions library = new LibraryOptions();

    @Option(names = "--no-files", description = "Leave the videos' files alone.")
    private boolean noFiles;

    @Option(
            names = "--recall",
            description =
                    "Measure instead what search --approximate would miss here, by number of"
                            + " candidates: on the library's captions, else on frames of its clips.")
    private boolean recall;

    @Option(
            names = "--texts",
            paramLabel = "FILE",
            description = "For --recall: queries to measure by, one a line.")
    private @Nullable Path texts;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        List<String> unused =
                recall
                        ? Given.of(spec, "--no-files")
                        : Given.of(spec, "--model", "--device", "--texts");
        if (!unused.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    (recall ? "not with --recall: " : "only with --recall: ")
                            + String.join(", ", unused));
        }
        if (recall) {
            printRecall();
            return 0;
        }
        List<LibraryCheck.Problem> problems = new ArrayList<>();
        LibraryCheck.Report report;
        try (Follower follower = new Follower(json ? problems::add : CheckCommand::print)) {
            report = LibraryCheck.run(library.folder(), !noFiles, follower);
        }
        if (json) {
            printJson(report, problems);
        } else {
            System.out.println(summary(report));
        }
        return report.isClean() ? 0 : 1;
    }

    private void printRecall() throws IOException {
        RecallCheck.Report report;
        try (VideoLibrary open = VideoLibrary.openToRead(library.folder(), library.model())) {
            report = open.recall(texts == null ? List.of() : TextsFile.read(texts));
        }
        if (json) {
            Json.print(report);
            return;
        }
        String by =
                switch (report.source()) {
                    case TEXTS -> "texts of " + texts;
                    case CAPTIONS -> "captions of the library";
                    case FRAMES ->
                            "single frames of its clips (texts are farther away: give some by"
                                    + " --texts)";
                };
        System.out.printf("%d clips; %d queries: %s%n", report.clips(), report.queries(), by);
        if (report.rows().isEmpty()) {
            System.out.println("too few clips to miss any");
        } else {
            System.out.printf("%10s  %9s  %9s%n", "candidates", "recall@10", "all found");
        }
        for (RecallCheck.Row row : report.rows()) {
            System.out.printf(
                    Locale.ROOT,
                    "%10d  %7.1f %%  %7.1f %%%n",
                    row.candidates(),
                    100 * row.recall(),
                    100 * row.exactShare());
        }
    }

    private static void print(LibraryCheck.Problem problem) {
        System.out.printf(
                "%-10s  %s%n",
                name(problem.kind()), Libraries.oneLine(problem.path() + ": " + problem.detail()));
    }

    private static String name(LibraryCheck.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private String summary(LibraryCheck.Report report) {
        String found =
                report.isClean()
                        ? "nothing wrong"
                        : report.problems().entrySet().stream()
                                .map(kind -> kind.getValue() + " " + name(kind.getKey()))
                                .collect(Collectors.joining(", "));
        return "%s: %d videos, %d clips%s: %s"
                .formatted(
                        library.folder(),
                        report.videos(),
                        report.clips(),
                        noFiles ? "" : ", " + report.files() + " files as embedded",
                        found);
    }

    private void printJson(LibraryCheck.Report report, List<LibraryCheck.Problem> problems)
            throws IOException {
        List<Map<String, String>> lines = new ArrayList<>();
        for (LibraryCheck.Problem problem : problems) {
            Map<String, String> line = new LinkedHashMap<>();
            line.put("kind", name(problem.kind()));
            line.put("path", problem.path());
            line.put("detail", problem.detail());
            lines.add(line);
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("library", library.folder().toString());
        result.put("clean", report.isClean());
        result.put("videos", report.videos());
        result.put("clips", report.clips());
        if (!noFiles) {
            result.put("filesAsEmbedded", report.files());
        }
        result.put("problems", lines);
        Json.print(result);
    }

    /** Problems, and a bar for each step. */
    private static final class Follower implements LibraryCheck.Listener, AutoCloseable {
        private final Consumer<LibraryCheck.Problem> problems;
        private @Nullable Progress records;
        private @Nullable Progress files;

        Follower(Consumer<LibraryCheck.Problem> problems) {
            this.problems = problems;
        }

        @Override
        public void found(LibraryCheck.Problem problem) {
            problems.accept(problem);
        }

        @Override
        public void readClips(long done, long of) {
            if (records == null) {
                records = Progress.of("reading records", of);
            }
            records.to(done);
        }

        @Override
        public void readFiles(long doneBytes, long ofBytes) {
            if (files == null) {
                close();
                files = Progress.ofBytes("hashing files", 0, ofBytes);
            }
            files.to(doneBytes);
        }

        @Override
        public void close() {
            if (records != null) {
                records.close();
                records = null;
            }
            if (files != null) {
                files.close();
            }
        }
    }
}
