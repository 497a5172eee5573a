package javigate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import javigate.checkpoint.Checkpoint;
import javigate.checkpoint.ModelFolders;
import javigate.index.LibraryHeader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which library, embedded by which model. */
final class LibraryOptions {

    @Mixin private DeviceOption device = new DeviceOption();

    @Mixin private LibraryFolderOption library = new LibraryFolderOption();

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            description =
                    "Model folder, or the name of an installed one. Default: the library's own, for a new library the small model that ships.")
    private @Nullable String model;

    Path folder() {
        return library.folder();
    }

    /** What the library says of itself; empty where there is none yet. */
    Optional<LibraryHeader> header() throws IOException {
        return library.header();
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
}
