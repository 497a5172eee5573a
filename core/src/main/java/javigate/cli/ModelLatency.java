package javigate.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleSupplier;
import javigate.checkpoint.ModelPreset;
import javigate.index.Scope;
import javigate.index.SearchBench;
import javigate.index.VectorFormat;
import javigate.train.ScoreBench;

/**
 * One query against 1,000 stored clips, model by model (AVIGATE, Table 6): the others by the
 * network, on clips made ready for it; AVIGATE by a library's search, which needs no network.
 *
 * @param times measurements of each
 */
record ModelLatency(int times, long seed) {

    private static final int CLIPS = 1000;
    private static final int WARM_UP = 2000;
    private static final int HITS = 10;

    /** Similarity and text encoding on an RTX 3090, as the paper has them, ms. */
    private static final double PAPER_TEXT_MS = 9.74;

    private static final long LEAST_NANOS = 1_000_000_000;

    private record Row(String name, double ms, long bytes, double readingMs, double paperMs) {}

    void print() throws IOException {
        List<Row> rows = new ArrayList<>();
        double rate;
        try (ScoreBench.Reading reading = new ScoreBench.Reading()) {
            rate = median(20, reading::bytesPerMs);
        }
        double textMs = Double.NaN;
        for (ModelPreset preset :
                List.of(ModelPreset.CLIP4CLIP_B32, ModelPreset.XPOOL_B32, ModelPreset.TEFAL_B32)) {
            try (Progress _ = Progress.of("making " + preset.argument(), 1);
                    ScoreBench bench = new ScoreBench(preset, CLIPS, seed)) {
                double _ = median(5, bench::similarity);
                double ms = median(times, bench::similarity);
                textMs = median(times, bench::textEncoding);
                long bytes = bench.bytesRead();
                rows.add(new Row(preset.argument(), ms, bytes, bytes / rate, paper(preset)));
            }
        }
        rows.add(avigate(rate));
        System.out.printf(
                Locale.ROOT,
                "one query, %,d clips, %d processors; memory read at %.1f GB/s; medians of %d or more,"
                        + " for a second or more%n%n",
                CLIPS,
                Runtime.getRuntime().availableProcessors(),
                rate / 1e6,
                times);
        System.out.println(
                "| model | similarity ms | bytes read | reading them, ms | ratio | with text, ms |"
                        + " paper (RTX 3090) ms | with text |");
        System.out.println("|---|---|---|---|---|---|---|---|");
        for (Row row : rows) {
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %.3f | %,d | %.3f | %.2f | %.2f | %.2f | %.2f |%n",
                    row.name,
                    row.ms,
                    row.bytes,
                    row.readingMs,
                    row.ms / row.readingMs,
                    row.ms + textMs,
                    row.paperMs,
                    row.paperMs + PAPER_TEXT_MS);
        }
    }

    private static double paper(ModelPreset preset) {
        return switch (preset) {
            case CLIP4CLIP_B32 -> 0.02;
            case XPOOL_B32 -> 56.57;
            case TEFAL_B32 -> 130.83;
            default -> 0.16;
        };
    }

    private Row avigate(double rate) throws IOException {
        Path folder = Files.createTempDirectory("javigate-search");
        try (SearchBench bench =
                new SearchBench(
                        folder.resolve("library"), VectorFormat.DEFAULT, CLIPS, seed, _ -> {})) {
            float[] query = bench.query(7);
            DoubleSupplier search =
                    () -> {
                        try {
                            long begin = System.nanoTime();
                            var _ = bench.store().search(query, HITS, Scope.ALL);
                            return (System.nanoTime() - begin) / 1e6;
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    };
            double _ = median(WARM_UP, search);
            long bytes = bench.readAll();
            return new Row(
                    "avigate-b32, by a library", median(times, search), bytes, bytes / rate, 0.16);
        } finally {
            BenchSearchCommand.delete(folder);
        }
    }

    /** Of so many turns at least, and of a second's: short ones are many. */
    private static double median(int times, DoubleSupplier measured) {
        List<Double> values = new ArrayList<>();
        long end = System.nanoTime() + LEAST_NANOS;
        while (values.size() < times || System.nanoTime() < end) {
            values.add(measured.getAsDouble());
        }
        Collections.sort(values);
        int count = values.size();
        return (values.get((count - 1) / 2) + values.get(count / 2)) / 2;
    }
}
