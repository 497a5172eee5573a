package javigate.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The models installed for a user, a folder each: {@code JAVIGATE_MODELS}, else {@code
 * ~/.local/share/javigate-models}.
 */
public final class ModelFolders {

    /** The model that ships with javigate. */
    public static final String SHIPPED = "javigate-small";

    private ModelFolders() {}

    /** The folder of folders; it need not exist. */
    public static Path home() {
        @Nullable String configured = System.getenv("JAVIGATE_MODELS");
        return configured == null || configured.isBlank()
                ? Path.of(System.getProperty("user.home"), ".local", "share", "javigate-models")
                : Path.of(configured);
    }

    /**
     * Where javigate keeps what can be made again: {@code XDG_CACHE_HOME} or {@code ~/.cache}, and
     * javigate's folder in it; it need not exist.
     */
    public static Path cache() {
        return Fingerprints.userCache();
    }

    /**
     * Where a model of this name is installed.
     *
     * @throws IllegalArgumentException if the name is no plain file name
     */
    public static Path folder(String name) {
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")) {
            throw new IllegalArgumentException(
                    "model name \"%s\"; letters, digits, dot, dash, underscore, at most 100"
                            .formatted(name));
        }
        return home().resolve(name);
    }

    /**
     * Opens a model by its folder, or by the name it is installed under.
     *
     * @throws IOException if there is none, naming what is installed
     */
    public static Checkpoint open(String nameOrFolder) throws IOException {
        if (Files.isDirectory(Path.of(nameOrFolder))) {
            return Checkpoint.open(Path.of(nameOrFolder));
        }
        return named(nameOrFolder)
                .orElseThrow(
                        () ->
                                new IOException(
                                        ("%s: no such model folder, nor a model installed; see"
                                                        + " ./javigate model list")
                                                .formatted(nameOrFolder)));
    }

    /** The model installed under a name, if there is one. */
    public static Optional<Checkpoint> named(String name) throws IOException {
        if (name.equals(SHIPPED)) {
            return Optional.of(Checkpoint.shipped());
        }
        for (Path folder : installed()) {
            if (folder.getFileName().toString().equals(name)) {
                return Optional.of(Checkpoint.open(folder));
            }
        }
        return Optional.empty();
    }

    /** Whether {@link #open} would find a model by this name, or a model's folder there. */
    public static boolean isModel(String nameOrFolder) throws IOException {
        return Checkpoint.isModel(Path.of(nameOrFolder)) || named(nameOrFolder).isPresent();
    }

    /** The folders of installed models, by name. */
    public static List<Path> installed() throws IOException {
        List<Path> folders = new ArrayList<>();
        if (Files.isDirectory(home())) {
            try (Stream<Path> entries = Files.list(home())) {
                for (Path folder : entries.sorted().toList()) {
                    boolean beingWritten = folder.getFileName().toString().startsWith(".");
                    if (!beingWritten && Checkpoint.isModel(folder)) {
                        folders.add(folder);
                    }
                }
            }
        }
        return folders;
    }
}
