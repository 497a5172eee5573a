package javigate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import javigate.checkpoint.Checkpoint;
import javigate.checkpoint.ModelFolders;
import javigate.index.ClipStore;
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
        Optional<Checkpoint> own = Optional.empty();
        if (LuceneClipStore.isLibrary(folder())) {
            try (ClipStore store = LuceneClipStore.openToRead(folder(), null)) {
                own = ModelFolders.named(store.header().model().name());
            }
        }
        return own.isPresent() ? own.get() : Checkpoint.shipped();
    }
}
