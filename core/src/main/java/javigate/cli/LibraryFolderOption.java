package javigate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import javigate.index.ClipStore;
import javigate.index.LibraryHeader;
import javigate.index.LuceneClipStore;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which library. */
final class LibraryFolderOption {

    @Option(
            names = "--library",
            paramLabel = "FOLDER",
            description =
                    "Library folder. Default: JAVIGATE_LIBRARY, else ~/.local/share/javigate.")
    private @Nullable Path library;

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

    /** What the library says of itself; empty where there is none yet. */
    Optional<LibraryHeader> header() throws IOException {
        if (!LuceneClipStore.isLibrary(folder())) {
            return Optional.empty();
        }
        try (ClipStore store = LuceneClipStore.openToRead(folder(), null)) {
            return Optional.of(store.header());
        }
    }
}
