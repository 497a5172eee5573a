package javigate.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import javigate.index.LuceneClipStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code compact}. */
@Command(
        name = "compact",
        mixinStandardHelpOptions = true,
        description =
                "Gives back the space of what was removed or replaced, and brings clips that an older"
                        + " javigate wrote up to date. Searching goes on meanwhile.")
final class CompactCommand implements Callable<Integer> {

    @Mixin private LibraryFolderOption library = new LibraryFolderOption();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        Libraries.requireExisting(library.folder());
        long before;
        long after;
        long clips;
        try (LuceneClipStore store = LuceneClipStore.openToWrite(library.folder(), null)) {
            before = store.bytes();
            clips = store.count();
            try (Progress progress = Progress.of("bringing videos up to date", -1)) {
                store.compact(
                        done -> {
                            progress.max(done.of());
                            progress.to(done.done());
                        });
            }
            after = store.bytes();
        }
        if (json) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("library", library.folder().toString());
            result.put("clips", clips);
            result.put("bytesBefore", before);
            result.put("bytesAfter", after);
            Json.print(result);
        } else {
            System.out.printf(
                    "%s: %d clips, %s before, %s now%n",
                    library.folder(), clips, Libraries.bytes(before), Libraries.bytes(after));
        }
        return 0;
    }
}
