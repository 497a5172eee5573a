package javigate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import javigate.checkpoint.Checkpoint;
import javigate.checkpoint.ModelFolders;
import javigate.index.ClipStore;
import javigate.index.LibraryHeader;
import javigate.index.LibraryModel;
import javigate.index.LuceneClipStore;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which library, embedded by which model. */
final class LibraryOptions {

    @Mixin private DeviceOption device = new DeviceOption();

    @Option(
            names = "--library",
            paramLabel = "FOLDER",
            description =
                    "Library folder. Default: JAVIGATE_LIBRARY, else ~/.local/share/javigate.")
    private @Nullable Path library;

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            description =
                    "Model folder, or the name of an installed one. Default: the library's own, for a new library the small model that ships.")
    private @Nullable String model;

    @Option(
            names = "--rerank",
            paramLabel = "MODEL",
            description =
                    "A second model that looks at the best clips again (folder or name). A new"
                            + " library keeps what it needs of every clip. Default: the library's"
                            + " own, if it has one.")
    private @Nullable String reranker;

    Path folder() {
        return folder(library);
    }

    /** The folder named, else the default one. */
    static Path folder(@Nullable Path named) {
        if (named != null) {
            return named;
        }
        String configured = System.getenv("JAVIGATE_LIBRARY");
        return configured == null || configured.isBlank()
                ? Path.of(System.getProperty("user.home"), ".local", "share", "javigate")
                : Path.of(configured);
    }

    Checkpoint model() throws IOException {
        device.start();
        return model == null ? ownModel() : ModelFolders.open(model);
    }

    /** The model an existing library was made with, where it is installed; else the small one. */
    private Checkpoint ownModel() throws IOException {
        Optional<LibraryHeader> header = header();
        Optional<Checkpoint> own =
                header.isPresent()
                        ? ModelFolders.named(header.get().model().name())
                        : Optional.empty();
        return own.isPresent() ? own.get() : Checkpoint.shipped();
    }

    private Optional<LibraryHeader> header() throws IOException {
        if (!LuceneClipStore.isLibrary(folder())) {
            return Optional.empty();
        }
        try (ClipStore store = LuceneClipStore.openToRead(folder(), null)) {
            return Optional.of(store.header());
        }
    }

    /** The same for searching, which goes on without one that is not installed, and says so. */
    @Nullable Checkpoint rerankerIfThere() throws IOException {
        try {
            return reranker();
        } catch (NotInstalledException e) {
            System.err.println(e.getMessage() + "; searching without it");
            return null;
        }
    }

    private static final class NotInstalledException extends IOException {
        private static final long serialVersionUID = 1;

        NotInstalledException(String message) {
            super(message);
        }
    }

    /**
     * The re-ranker named, else the library's own where it is a second model; null for none.
     *
     * @throws IOException if the library's own is not installed
     */
    @Nullable Checkpoint reranker() throws IOException {
        if (reranker != null) {
            return ModelFolders.open(reranker);
        }
        LibraryModel own = header().map(LibraryHeader::reranker).orElse(null);
        if (own == null || own.fingerprint().equals(header().orElseThrow().model().fingerprint())) {
            return null;
        }
        return ModelFolders.named(own.name())
                .orElseThrow(
                        () ->
                                new NotInstalledException(
                                        ("%s: the library's re-ranker %s is not installed; name its"
                                                        + " folder by --rerank")
                                                .formatted(folder(), own.name())));
    }
}
