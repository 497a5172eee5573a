package javigate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import javigate.index.ClipStore;
import javigate.index.LuceneClipStore;
import javigate.search.VideoLibrary;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code rm PATH…}. */
@Command(
        name = "rm",
        mixinStandardHelpOptions = true,
        description = "Forgets videos; the files themselves are not touched.")
final class RemoveCommand implements Callable<Integer> {

    @Mixin private LibraryFolderOption library = new LibraryFolderOption();

    @Parameters(
            arity = "1..*",
            paramLabel = "PATH",
            description = "Videos as ls shows them, or folders whose videos are meant.")
    private List<Path> paths = List.of();

    @Override
    public Integer call() throws Exception {
        Libraries.requireExisting(library.folder());
        try (ClipStore store = LuceneClipStore.openToWrite(library.folder(), null)) {
            for (Path path : paths) {
                List<Path> removed = VideoLibrary.remove(store, path);
                if (removed.isEmpty()) {
                    throw new IOException(
                            path + ": not in the library " + library.folder() + "; see ls");
                }
                removed.forEach(video -> System.out.println("removed  " + video));
            }
        }
        return 0;
    }
}
