package javigate.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javigate.checkpoint.Checkpoint;
import javigate.checkpoint.ForeignWeights;
import javigate.checkpoint.ModelFolders;
import javigate.checkpoint.hub.HubModels;
import javigate.checkpoint.hub.HubSettings;
import javigate.model.clip.ClipTokenizer;
import org.jspecify.annotations.Nullable;

/** Weights and vocabularies as the command line names them: by path, as installed or as pulled. */
final class ModelSources {

    private static final Pattern HUB_NAME =
            Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*");

    private ModelSources() {}

    /** The hub's cache of this user. */
    static HubModels hub() {
        return new HubModels(
                HubSettings.fromEnvironment(
                        System.getenv(), Path.of(System.getProperty("user.home"))));
    }

    /**
     * A file or folder by its path, an installed or a pulled model by its name.
     *
     * @throws IOException if there is none
     */
    static Path find(String source) throws IOException {
        Path path = Path.of(source);
        if (Files.exists(path)) {
            return path;
        }
        Optional<Checkpoint> installed = ModelFolders.named(source);
        if (installed.isPresent()) {
            return installed.get().folder();
        }
        boolean onHub = HubModels.isPreset(source) || HUB_NAME.matcher(source).matches();
        Optional<Path> pulled = onHub ? hub().cached(source, "main") : Optional.empty();
        return pulled.orElseThrow(
                () ->
                        new IOException(
                                "%s: no such file or folder, nor %s"
                                        .formatted(
                                                source,
                                                onHub
                                                        ? "pulled yet (./javigate model pull "
                                                                + source
                                                                + ")"
                                                        : "a model installed (see ./javigate model"
                                                                + " list)")));
    }

    /** The last part of a source's path or name, of characters that a model's name may have. */
    static String plainName(String source) {
        String plain =
                lastPart(Path.of(source))
                        .replaceAll("[^A-Za-z0-9_-]", "-")
                        .replaceFirst("^[_-]+", "");
        return plain.isEmpty() ? "model" : plain.substring(0, Math.min(plain.length(), 80));
    }

    /** The last part of a path; empty for the root. */
    private static String lastPart(Path path) {
        Path last = path.toAbsolutePath().normalize().getFileName();
        return last == null ? "" : last.toString();
    }

    /**
     * The vocabulary for a text tower: the one named, else the one that lies with the weights. A
     * model of ours keeps its own, which may leave ids of the text tower unused.
     *
     * @param size ids of the text tower
     * @throws IOException if there is none, or it is of another size
     */
    static ClipTokenizer tokenizer(@Nullable Path vocabulary, ForeignWeights source, int size)
            throws IOException {
        Checkpoint own = source.own();
        if (vocabulary == null && own != null) {
            return own.tokenizer();
        }
        Path place = vocabulary == null ? folderOf(source.path()) : vocabulary;
        if (vocabulary == null && !ClipTokenizer.isIn(place)) {
            throw new IOException(
                    ("%s: no vocabulary beside the weights; name CLIP's by --vocab (vocab.json with"
                                    + " merges.txt, tokenizer.json, or bpe_simple_vocab_16e6.txt.gz)")
                            .formatted(source.path()));
        }
        ClipTokenizer tokenizer = ClipTokenizer.load(place);
        if (tokenizer.size() != size) {
            throw new IOException(
                    "%s: %d ids; the text tower of %s has %d"
                            .formatted(place, tokenizer.size(), source.path(), size));
        }
        return tokenizer;
    }

    /**
     * For a model of chance any vocabulary does that fits: the small model's, unless one is named.
     */
    static ClipTokenizer anyTokenizer(@Nullable Path vocabulary, List<String> origin)
            throws IOException {
        if (vocabulary != null) {
            return ClipTokenizer.load(vocabulary);
        }
        origin.add("the vocabulary is the small model's; --vocab names CLIP's");
        return Checkpoint.shipped().tokenizer();
    }

    private static Path folderOf(Path path) {
        Path absolute = path.toAbsolutePath();
        Path parent = absolute.getParent();
        return Files.isDirectory(absolute) || parent == null ? absolute : parent;
    }

    /**
     * A line for the model card.
     *
     * @param named the source as the command line has it
     */
    static String origin(String part, String named, ForeignWeights source) throws IOException {
        String last = lastPart(source.path());
        boolean byPath = Files.exists(Path.of(named)) || last.equals(named);
        List<String> words = new ArrayList<>();
        words.add(part + ": " + source.form().label());
        words.add(byPath ? last : named + " at " + last);
        words.add("SHA-256 " + source.sha256());
        return String.join(", ", words);
    }
}
