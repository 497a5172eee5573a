package javigate.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A table about many videos: JSON lines, CSV or Parquet with a column {@code video} (a path;
 * relative ones start from the table's folder) and any others, which mean what they mean in
 * {@linkplain Sidecars a video's own JSON}. Several rows of a video add up.
 */
public final class AboutTable {
    private static final String VIDEO = "video";

    private final Map<Path, AboutVideo> byVideo;

    private AboutTable(Map<Path, AboutVideo> byVideo) {
        this.byVideo = byVideo;
    }

    /**
     * Reads a table.
     *
     * @throws IOException if it cannot be understood; the message names file and line
     */
    public static AboutTable read(Path file) throws IOException {
        Map<Path, AboutVideo> byVideo = new LinkedHashMap<>();
        Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file);
        for (DataRows.Row row : DataRows.read(file, List.of(VIDEO), null)) {
            String where = file + " line " + row.number() + ": ";
            JsonNode video = row.fields().path(VIDEO);
            if (!video.isTextual() || video.asText().isBlank()) {
                throw new IOException(where + "no 'video', the path of a file");
            }
            ObjectNode others = row.fields().deepCopy();
            others.remove(VIDEO);
            try {
                byVideo.merge(
                        folder.resolve(video.asText()).normalize(),
                        AboutFields.read(others, where),
                        AboutVideo::and);
            } catch (InvalidPathException e) {
                throw new IOException(
                        where + "'" + video.asText() + "' cannot be the name of a file", e);
            }
        }
        return new AboutTable(byVideo);
    }

    /** What the table says of a video. */
    public Optional<AboutVideo> of(Path video) {
        return Optional.ofNullable(byVideo.get(video.toAbsolutePath().normalize()));
    }

    /** All videos it speaks of. */
    public Set<Path> videos() {
        return Set.copyOf(byVideo.keySet());
    }
}
