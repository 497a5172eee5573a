package javigate.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Data sets that can be read, each told from the others by the files it is published with. */
public final class Datasets {

    private interface Reader {
        List<Manifest> read(Path folder, Path videos, @Nullable Path sounds) throws IOException;
    }

    /**
     * @param files any of them shows that a folder is laid out so
     */
    private record Layout(Reader reader, List<String> files) {}

    private static final List<Layout> LAYOUTS =
            List.of(
                    new Layout(MsrVtt::read, MsrVtt.files()),
                    new Layout(Vatex::read, List.of(Vatex.CAPTIONS)),
                    new Layout(Charades::read, Charades.files()),
                    new Layout(Lsmdc::read, Lsmdc.files()),
                    new Layout(MsrVtt::sightSound, List.of("kinds.csv")));

    private Datasets() {}

    /**
     * Reads all splits of a data set.
     *
     * @param data the folder with its lists and captions, or a plain manifest ({@code .jsonl},
     *     {@code .csv}, {@code .parquet})
     * @param videos folder of the videos; null for {@code videos} in the data's folder, or for a
     *     plain manifest the folder it lies in
     * @param sounds folder of {@code ID.wav}; null to take the videos' own sound
     * @return one manifest at least; their videos may be missing
     * @throws IOException if this is no data set, or a file of it is missing or malformed; the
     *     message names file and line
     */
    public static List<Manifest> read(Path data, @Nullable Path videos, @Nullable Path sounds)
            throws IOException {
        if (Files.isRegularFile(data)) {
            return List.of(PlainManifest.read(data, videos, sounds));
        }
        Path folder = videos == null ? data.resolve("videos") : videos;
        return of(data).reader().read(data, folder, sounds);
    }

    /**
     * Reads one split.
     *
     * @throws IOException as {@link #read(Path, Path, Path)}, or naming the splits there are
     */
    public static Manifest read(
            Path data, @Nullable Path videos, @Nullable Path sounds, String split)
            throws IOException {
        Path file = data;
        if (Files.isRegularFile(data)) { // the manifest of another split may lie beside it
            String name = String.valueOf(data.getFileName());
            Path beside = data.resolveSibling(split + name.substring(name.lastIndexOf('.')));
            file = name.contains(".") && Files.isRegularFile(beside) ? beside : data;
        }
        List<Manifest> splits = read(file, videos, sounds);
        for (Manifest manifest : splits) {
            if (manifest.split().equals(split)) {
                return manifest;
            }
        }
        throw new IOException(
                "%s: no split '%s'; there is %s"
                        .formatted(
                                data,
                                split,
                                splits.stream()
                                        .map(Manifest::split)
                                        .collect(Collectors.joining(", "))));
    }

    private static Layout of(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException(folder + ": no such file or folder");
        }
        for (Layout layout : LAYOUTS) {
            if (layout.files().stream().anyMatch(f -> Files.isRegularFile(folder.resolve(f)))) {
                return layout;
            }
        }
        String wanted =
                LAYOUTS.stream()
                        .flatMap(layout -> layout.files().stream())
                        .collect(Collectors.joining(", "));
        throw new IOException(
                folder
                        + ": no data set; looked for one of "
                        + wanted
                        + "; any other is read from a manifest, a .jsonl, .csv or .parquet file");
    }
}
