package javigate.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import javigate.index.LuceneClipStore;
import javigate.search.exchange.ExportManifest;
import javigate.search.exchange.LibraryExport;
import javigate.search.exchange.NpyType;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code export FOLDER}. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = {
            "Writes the library as npy, Parquet and JSON lines.",
            "The embeddings as npy, what is known of the clips as Parquet and JSON lines, in parts of",
            "10,000 clips, as clip-retrieval and embedding-reader have them.",
            "Needs no model; others may write to the library meanwhile."
        })
final class ExportCommand implements Callable<Integer> {

    @Mixin private LibraryFolderOption library = new LibraryFolderOption();

    @Parameters(
            paramLabel = "FOLDER",
            description = "Where to; not there yet, or empty. Has its name only once complete.")
    private Path folder = Path.of("");

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description =
                    "Type of the embeddings: ${COMPLETION-CANDIDATES}. Default: the library's own,"
                            + " in which nothing is lost.")
    private @Nullable NpyType format;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        ExportManifest written;
        try (LuceneClipStore store = LuceneClipStore.openToRead(library.folder(), null);
                Progress progress = Progress.of("exporting", store.count())) {
            written =
                    LibraryExport.write(
                            store, folder, format, LibraryExport.PART_CLIPS, progress::to);
        }
        if (json) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("folder", folder.toString());
            result.put("videos", written.videos());
            result.put("clips", written.clips());
            result.put("format", written.vectors().name().toLowerCase(Locale.ROOT));
            result.put("parts", written.parts().size());
            result.put("bytes", written.bytes());
            Json.print(result);
        } else {
            System.out.printf(
                    "exported %d clips of %d videos as %s to %s, %s%n",
                    written.clips(),
                    written.videos(),
                    written.vectors(),
                    folder,
                    Libraries.bytes(written.bytes()));
        }
        return 0;
    }
}
