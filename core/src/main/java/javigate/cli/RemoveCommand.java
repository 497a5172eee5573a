package javigate.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import javigate.index.ClipStore;
import javigate.index.LuceneClipStore;
import javigate.search.VideoLibrary;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
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

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        Libraries.requireExisting(library.folder());
        List<Path> all = new ArrayList<>();
        List<Path> unknown = new ArrayList<>();
        try (ClipStore store = LuceneClipStore.openToWrite(library.folder(), null)) {
            for (Path path : paths) {
                List<Path> removed = VideoLibrary.remove(store, path);
                all.addAll(removed);
                if (removed.isEmpty()) {
                    unknown.add(path);
                }
                if (!json) {
                    removed.forEach(
                            video -> System.out.println("removed  " + Libraries.oneLine(video)));
                }
            }
        }
        if (json) {
            Json.print(Map.of("removed", all, "unknown", unknown));
        }
        unknown.forEach(
                path ->
                        System.err.println(
                                "javigate: %s: not in the library %s; see ls"
                                        .formatted(Libraries.oneLine(path), library.folder())));
        return unknown.isEmpty() ? 0 : 1;
    }
}
