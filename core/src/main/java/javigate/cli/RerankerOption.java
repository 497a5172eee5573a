package javigate.cli;

import java.io.IOException;
import javigate.checkpoint.Checkpoint;
import javigate.checkpoint.ModelFolders;
import javigate.index.LibraryHeader;
import javigate.index.LibraryModel;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A library's second model. */
final class RerankerOption {

    @Option(
            names = "--rerank",
            paramLabel = "MODEL",
            description =
                    "A second model that looks at the best clips again (folder or name). A new"
                            + " library keeps what it needs of every clip. Default: the library's"
                            + " own, if it has one.")
    private @Nullable String reranker;

    /** {@link #of} for searching, which goes on without one that is not installed, and says so. */
    @Nullable Checkpoint ifThere(LibraryOptions library) throws IOException {
        try {
            return of(library);
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
    @Nullable Checkpoint of(LibraryOptions library) throws IOException {
        if (reranker != null) {
            return ModelFolders.open(reranker);
        }
        LibraryModel own = library.header().map(LibraryHeader::reranker).orElse(null);
        if (own == null
                || own.fingerprint().equals(library.header().orElseThrow().model().fingerprint())) {
            return null;
        }
        return ModelFolders.named(own.name())
                .orElseThrow(
                        () ->
                                new NotInstalledException(
                                        ("%s: the library's re-ranker %s is not installed; name its"
                                                        + " folder by --rerank")
                                                .formatted(library.folder(), own.name())));
    }
}
