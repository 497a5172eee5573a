package javigate.cli;

import java.io.IOException;
import java.nio.file.Path;
import javigate.checkpoint.Checkpoint;
import javigate.checkpoint.ModelFolders;
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
                    "Model folder, or the name of an installed one. Default: the small model that ships with javigate.")
    private @Nullable String model;

    Path folder() {
        if (library != null) {
            return library;
        }
        String configured = System.getenv("JAVIGATE_LIBRARY");
        return configured == null || configured.isBlank()
                ? Path.of(System.getProperty("user.home"), ".local", "share", "javigate")
                : Path.of(configured);
    }

    Checkpoint model() throws IOException {
        device.start();
        return model == null ? Checkpoint.shipped() : ModelFolders.open(model);
    }
}
