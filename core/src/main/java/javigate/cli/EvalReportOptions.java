package javigate.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javigate.checkpoint.Checkpoint;
import javigate.checkpoint.ModelFolders;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The report of an evaluation: where it goes, and which models stand beside the one evaluated. */
final class EvalReportOptions {

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(
            names = "--report",
            paramLabel = "FILE.html",
            description =
                    "Write a page with tables, charts and pictures, in one file of some megabytes.")
    private @Nullable Path file;

    @Option(
            names = "--beside",
            paramLabel = "NAME=MODEL",
            description =
                    "In the report, show what this model finds too (folder or name); may come more"
                            + " than once.")
    private Map<String, String> beside = new LinkedHashMap<>();

    /** Where the report goes; null if none is wanted. */
    @Nullable Path file() {
        return file;
    }

    /**
     * The models beside, by name.
     *
     * @throws IOException if there is no such model, or no place for the report; before the work,
     *     not after it
     */
    Map<String, Checkpoint> open() throws IOException {
        if (file == null) {
            if (!beside.isEmpty()) {
                throw new IllegalArgumentException(
                        "--beside is for the report; name its file by --report");
            }
            return Map.of();
        }
        Path folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file) || folder == null || !Files.isDirectory(folder)) {
            throw new IOException(
                    file + ": --report takes the name of a file, in a folder that is there");
        }
        Map<String, Checkpoint> models = new LinkedHashMap<>();
        for (Map.Entry<String, String> model : beside.entrySet()) {
            models.put(model.getKey(), ModelFolders.open(model.getValue()));
        }
        return models;
    }

    /** What was typed, as a shell takes it. */
    String commandLine() {
        if (command == null) {
            throw new IllegalStateException("not parsed yet");
        }
        List<String> words = command.root().commandLine().getParseResult().originalArgs();
        return Stream.concat(Stream.of(command.root().name()), words.stream())
                .map(
                        word ->
                                word.matches("[\\w./:=,@%+-]+")
                                        ? word
                                        : "'" + word.replace("'", "'\\''") + "'")
                .collect(Collectors.joining(" "));
    }
}
