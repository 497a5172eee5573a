package javigate.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Anybody's data: rows of {@code video} (a path), {@code captions} (a text, or a list of texts
 * where the format has lists), and optionally {@code start} and {@code end} (seconds). Rows of the
 * same stretch of the same video are one clip with several captions. Other fields are not looked
 * at. A file is one split, named like it.
 */
final class PlainManifest {

    /** The fields of a row. */
    static final List<String> FIELDS = List.of("video", "captions", "start", "end");

    /** Longest video, in seconds: more than a year, and no milliseconds overflow. */
    private static final double MAX_SECONDS = 1e8;

    private record Stretch(String video, long startMs, long endMs) {
        /** The video, with the stretch as a media fragment where it is not all of it. */
        String id() {
            if (startMs == 0 && endMs == Long.MAX_VALUE) {
                return video;
            }
            String end = endMs == Long.MAX_VALUE ? "" : "," + seconds(endMs);
            return video + "#t=" + seconds(startMs) + end;
        }

        private static String seconds(long ms) {
            return String.format(Locale.ROOT, "%d.%03d", ms / 1000, ms % 1000);
        }
    }

    private record Clip(int row, List<String> captions) {}

    private PlainManifest() {}

    /**
     * Reads a manifest.
     *
     * @param videos what relative paths start from; null for the manifest's folder
     * @param sounds folder with NAME.wav for NAME.mp4; null to take the videos' own sound
     */
    static Manifest read(Path file, @Nullable Path videos, @Nullable Path sounds)
            throws IOException {
        Path own = file.toAbsolutePath().getParent();
        Path folder = videos != null ? videos : own == null ? file : own;
        VideoFolder.requireFolders(folder, sounds);
        Map<Stretch, Clip> clips = new LinkedHashMap<>();
        for (DataRows.Row row : DataRows.read(file, List.of("video", "captions"), FIELDS)) {
            String where = file + " line " + row.number() + ": ";
            clips.computeIfAbsent(
                            stretch(row.fields(), where),
                            _ -> new Clip(row.number(), new ArrayList<>()))
                    .captions()
                    .addAll(captions(row.fields(), where));
        }
        String split = VideoFolder.stem(file);
        SplitBuilder builder = new SplitBuilder(file);
        for (Map.Entry<Stretch, Clip> clip : clips.entrySet()) {
            Stretch stretch = clip.getKey();
            String where = builder.listed(stretch.id(), clip.getValue().row());
            List<String> captions = builder.kept(stretch.id(), clip.getValue().captions());
            if (!captions.isEmpty()) {
                Path video = resolve(folder, stretch.video(), where);
                Path sound =
                        sounds == null ? null : sounds.resolve(VideoFolder.stem(video) + ".wav");
                builder.add(
                        new Manifest.Item(
                                stretch.id(),
                                video,
                                stretch.startMs(),
                                stretch.endMs(),
                                sound,
                                captions,
                                List.of(),
                                "",
                                ""));
            }
        }
        return builder.build(String.valueOf(file.getFileName()), split, Layouts.role(split), 0);
    }

    private static Stretch stretch(JsonNode fields, String where) throws IOException {
        JsonNode video = fields.path("video");
        if (!video.isTextual() || video.asText().isBlank()) {
            throw new IOException(where + "no 'video', the path of a file");
        }
        long startMs = ms(fields.path("start"), "start", 0, where);
        long endMs = ms(fields.path("end"), "end", Long.MAX_VALUE, where);
        if (endMs <= startMs) {
            throw new IOException(
                    "%sthe clip ends at %d ms, not after its start at %d ms"
                            .formatted(where, endMs, startMs));
        }
        return new Stretch(video.asText(), startMs, endMs);
    }

    private static long ms(JsonNode value, String name, long absent, String where)
            throws IOException {
        if (value.isMissingNode()
                || value.isNull()
                || (value.isTextual() && value.asText().isBlank())) {
            return absent;
        }
        try {
            double seconds = Double.parseDouble(value.asText());
            if (seconds >= 0 && seconds <= MAX_SECONDS) {
                return Math.round(seconds * 1000);
            }
        } catch (NumberFormatException _) {
            // Told below, as a number out of range is.
        }
        throw new IOException(
                "%s%s %s; it is a number of seconds, 0 to %.0f"
                        .formatted(where, name, value, MAX_SECONDS));
    }

    private static List<String> captions(JsonNode fields, String where) throws IOException {
        JsonNode captions = fields.path("captions");
        List<String> texts = new ArrayList<>();
        if (captions.isTextual()) {
            texts.add(captions.asText());
        } else if (captions.isArray()) {
            for (JsonNode caption : captions) {
                if (!caption.isTextual()) {
                    throw new IOException(where + "a caption is no text but " + caption);
                }
                texts.add(caption.asText());
            }
        } else {
            throw new IOException(where + "no 'captions', a text or a list of texts");
        }
        return texts;
    }

    private static Path resolve(Path folder, String video, String where) throws IOException {
        try {
            return folder.resolve(video);
        } catch (InvalidPathException e) {
            throw new IOException(where + "'" + video + "' cannot be the name of a file", e);
        }
    }
}
