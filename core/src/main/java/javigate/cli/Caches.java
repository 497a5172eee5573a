package javigate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javigate.data.ClipCache;
import javigate.data.Manifest;
import javigate.media.WorkerVideoReader;
import javigate.model.Preprocessing;

/** Opens the decoded clips of a data set, showing progress where they are decoded first. */
final class Caches {

    private Caches() {}

    static ClipCache open(Path data, Manifest manifest, Preprocessing preprocessing, String split)
            throws IOException {
        List<WorkerVideoReader> readers = new ArrayList<>();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            readers.add(new WorkerVideoReader(WorkerVideoReader.Options.DEFAULT));
        }
        try (Progress progress = Progress.of("decoding " + split, manifest.items().size())) {
            return ClipCache.open(
                    data.resolve("cache"), manifest.items(), preprocessing, readers, progress::to);
        } finally {
            readers.forEach(WorkerVideoReader::close);
        }
    }
}
