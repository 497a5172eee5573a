package javigate.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javigate.data.ClipCache;
import javigate.data.Manifest;
import javigate.media.WorkerVideoReader;
import javigate.model.Preprocessing;
import picocli.CommandLine.Option;

/** Opens the decoded clips of a data set, showing progress where they are decoded first. */
final class Caches {

    @Option(
            names = "--cache-gb",
            defaultValue = "50",
            description =
                    "Most gigabytes of decoded clips kept in the data's folder cache; those unused"
                            + " for longest are removed. Default ${DEFAULT-VALUE}.")
    private double limitGb = 50;

    ClipCache open(Path data, Manifest manifest, Preprocessing preprocessing, String split)
            throws IOException {
        if (!(limitGb > 0)) {
            throw new IllegalArgumentException("--cache-gb " + limitGb + "; it must be above 0");
        }
        ClipCache cache = decoded(data, manifest, preprocessing, split);
        try {
            tellOfDamage(cache, manifest, split);
        } catch (RuntimeException e) {
            cache.close();
            throw e;
        }
        return cache;
    }

    private ClipCache decoded(
            Path data, Manifest manifest, Preprocessing preprocessing, String split)
            throws IOException {
        List<WorkerVideoReader> readers = readers();
        try (Progress progress = Progress.of("decoding " + split, manifest.items().size())) {
            return ClipCache.open(
                    folder(data),
                    manifest.items(),
                    preprocessing,
                    readers,
                    Math.round(limitGb * 1e9),
                    progress::to);
        } finally {
            readers.forEach(WorkerVideoReader::close);
        }
    }

    /** A figure over clips of which a part is lost is another figure. */
    private static void tellOfDamage(ClipCache cache, Manifest manifest, String split) {
        String first = "";
        int damaged = 0;
        for (int i = 0; i < cache.size(); i++) {
            List<String> notes = cache.notes(i);
            if (!notes.isEmpty()) {
                first = damaged == 0 ? manifest.items().get(i).file() + ": " + notes : first;
                damaged++;
            }
        }
        if (damaged > 0) {
            System.err.printf(
                    "%s: %d of %d clips are damaged and are taken as far as they can be decoded; the"
                            + " first is %s%n",
                    split, damaged, cache.size(), first);
        }
    }

    /** Where what is decoded and computed of a data set is kept: beside its lists. */
    static Path folder(Path data) {
        return (Files.isDirectory(data) ? data : data.resolveSibling("")).resolve("cache");
    }

    /** A decoder for each processor, to be closed. */
    static List<WorkerVideoReader> readers() {
        List<WorkerVideoReader> readers = new ArrayList<>();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            readers.add(new WorkerVideoReader(WorkerVideoReader.Options.DEFAULT));
        }
        return readers;
    }
}
