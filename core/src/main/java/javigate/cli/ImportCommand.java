package javigate.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import javigate.search.exchange.ExportManifest;
import javigate.search.exchange.LibraryImport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code import FOLDER}. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description = {
            "Reads what export wrote into a library of the same model, made if there is none.",
            "Hashes are checked first; videos that are there unchanged are skipped, others of the",
            "same path replaced. Needs no model."
        })
final class ImportCommand implements Callable<Integer> {

    @Mixin private LibraryFolderOption library = new LibraryFolderOption();

    @Parameters(paramLabel = "FOLDER", description = "An exported library.")
    private Path folder = Path.of("");

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        ExportManifest manifest = ExportManifest.read(folder);
        LibraryImport.Report report;
        try (Follower follower = new Follower(manifest)) {
            report = LibraryImport.run(folder, manifest, library.folder(), follower);
        }
        if (json) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("library", library.folder().toString());
            result.put("added", report.added());
            result.put("replaced", report.replaced());
            result.put("unchanged", report.unchanged());
            result.put("clips", report.clips());
            Json.print(result);
        } else {
            System.out.printf(
                    "%s: %d videos added, %d replaced, %d unchanged%n",
                    library.folder(), report.added(), report.replaced(), report.unchanged());
        }
        return 0;
    }

    private static final class Follower implements LibraryImport.Listener, AutoCloseable {
        private final ExportManifest manifest;
        private final Progress hashing;
        private @Nullable Progress importing;

        Follower(ExportManifest manifest) {
            this.manifest = manifest;
            hashing = Progress.ofBytes("checking hashes", 0, manifest.bytes());
        }

        @Override
        public void hashed(long bytes) {
            hashing.add(bytes);
        }

        @Override
        public void imported(long clips) {
            if (importing == null) {
                hashing.close();
                importing = Progress.of("importing", manifest.clips());
            }
            importing.to(clips);
        }

        @Override
        public void close() {
            hashing.close();
            if (importing != null) {
                importing.close();
            }
        }
    }
}
