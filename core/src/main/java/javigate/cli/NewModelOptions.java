package javigate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import javigate.checkpoint.Assembly;
import javigate.checkpoint.Checkpoint;
import javigate.checkpoint.ForeignWeights;
import javigate.checkpoint.ModelFolders;
import javigate.model.avigate.AvigateConfig;
import javigate.model.clip.ClipTokenizer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where a new model goes, under which name, and how it is made. */
final class NewModelOptions {

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "Its name, for --model; default: what it is.")
    private @Nullable String name;

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            description =
                    "A new folder for it. Default: NAME in JAVIGATE_MODELS, else in"
                            + " ~/.local/share/javigate-models.")
    private @Nullable Path out;

    @Option(
            names = "--vocab",
            paramLabel = "FILE",
            description = "CLIP's vocabulary, where it does not lie beside the weights.")
    private @Nullable Path vocabulary;

    @Option(
            names = "--variant",
            defaultValue = "STANDARD",
            description =
                    "How AVIGATE computes: STANDARD (default), REFERENCE (the official code,"
                            + " quirks included) or PAPER.")
    private AvigateConfig.Variant variant = AvigateConfig.Variant.STANDARD;

    @Option(
            names = "--head-width",
            paramLabel = "N",
            description =
                    "Width of an attention head, where the weights' description does not tell;"
                            + " 64 in every published model.")
    private int headWidth = ForeignWeights.HEAD_WIDTH;

    @Option(names = "--half", description = "Store the weights as fp16.")
    private boolean half;

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    /**
     * Refuses options that would have no effect.
     *
     * @param why said after their names
     * @throws IllegalArgumentException naming those of {@code names} that were given
     */
    void refuse(String why, String... names) {
        var given = Objects.requireNonNull(command).commandLine().getParseResult();
        List<String> useless = Arrays.stream(names).filter(given::hasMatchedOption).toList();
        if (!useless.isEmpty()) {
            throw new IllegalArgumentException(String.join(", ", useless) + " " + why);
        }
    }

    @Nullable Path vocabulary() {
        return vocabulary;
    }

    boolean half() {
        return half;
    }

    int headWidth() {
        return headWidth;
    }

    boolean json() {
        return json;
    }

    /** The folder for the new model; known to be free before any work is done. */
    Path folder(String defaultName) throws IOException {
        Path folder = out != null ? out : ModelFolders.folder(name == null ? defaultName : name);
        Assembly.requireFree(folder);
        return folder;
    }

    /**
     * A new folder of the user's choice, known to be free.
     *
     * @param what needs one
     */
    Path outFor(String what) throws IOException {
        if (out == null) {
            throw new IllegalArgumentException(
                    what + " is no model of javigate's; name a folder for it by --out");
        }
        Assembly.requireFree(out);
        return out;
    }

    /** How a model is made of which nothing is drawn. */
    Assembly.Options assembly() {
        return new Assembly.Options(variant, 0, headWidth, 0, _ -> {});
    }

    /**
     * How the model is made.
     *
     * @param seed of what is drawn
     * @param drawing a bar of the values drawn
     */
    Assembly.Options assembly(long seed, int audioFrames, Progress drawing) {
        return new Assembly.Options(variant, seed, headWidth, audioFrames, drawing::add);
    }

    /** Writes the model and says so. */
    void save(Assembly assembly, Path folder, ClipTokenizer tokenizer, List<String> origin)
            throws IOException {
        String called = name == null ? String.valueOf(folder.getFileName()) : name;
        Checkpoint saved;
        long bytes = assembly.weights().parameterCount() * (half ? 2 : 4);
        try (Progress writing = Progress.ofBytes("writing", 0, bytes)) {
            saved = assembly.save(folder, called, tokenizer, half, origin, writing::add);
        }
        ModelSummary summary = ModelSummary.of(saved);
        if (json) {
            Json.print(summary.fields());
            return;
        }
        System.out.printf(
                Locale.ROOT,
                "%s: %s, %,d parameters%n",
                saved.folder(),
                saved.architecture(),
                summary.parts().total());
        origin.forEach(line -> System.out.println("  " + line));
        assembly.notes().forEach(line -> System.out.println("  " + line));
        String use = out == null ? called : saved.folder().toString();
        System.out.println("next: ./javigate add --model " + use + " --library FOLDER PATH…");
    }
}
