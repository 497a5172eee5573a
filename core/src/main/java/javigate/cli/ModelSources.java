package javigate.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javigate.checkpoint.Checkpoint;
import javigate.checkpoint.ForeignWeights;
import javigate.checkpoint.hub.HubModels;
import javigate.checkpoint.hub.HubSettings;
import javigate.model.clip.ClipTokenizer;
import org.jspecify.annotations.Nullable;

/** Weights and vocabularies as the command line names them: by path, or as pulled from a hub. */
final class ModelSources {

    private ModelSources() {}

    /** The hub's cache of this user. */
    static HubModels hub() {
        return new HubModels(
                HubSettings.fromEnvironment(
                        System.getenv(), Path.of(System.getProperty("user.home"))));
    }

    /**
     * A file or folder by its path, or a pulled model by its name.
     *
     * @throws IOException if there is neither
     */
    static Path find(String source) throws IOException {
        Path path = Path.of(source);
        if (Files.exists(path)) {
            return path;
        }
        boolean name = source.matches("[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?");
        Optional<Path> pulled = Optional.empty();
        if (name && (source.contains("/") || HubModels.isPreset(source))) {
            pulled = hub().cached(source, "main");
        }
        return pulled.orElseThrow(
                () ->
                        new IOException(
                                "%s: no such file or folder%s"
                                        .formatted(
                                                source,
                                                name
                                                        ? ", nor pulled yet (./javigate model pull "
                                                                + source
                                                                + ")"
                                                        : "")));
    }

    /**
     * The vocabulary for a text tower: the one named, else the one that lies with the weights.
     *
     * @param size ids of the text tower
     * @throws IOException if there is none, or it is of another size
     */
    static ClipTokenizer tokenizer(@Nullable Path vocabulary, ForeignWeights source, int size)
            throws IOException {
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

    /** A line for the model card. */
    static String origin(String part, ForeignWeights source) throws IOException {
        List<String> words = new ArrayList<>();
        words.add(part + ": " + source.form().label());
        words.add(String.valueOf(source.path().getFileName()));
        words.add("SHA-256 " + source.sha256());
        return String.join(", ", words);
    }
}
