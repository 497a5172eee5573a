package javigate.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javigate.tensor.Sha256;

/**
 * The files beside a video that say something of it. Of {@code film.mp4}: {@code film.json} or
 * {@code film.mp4.json} with captions, notes, tags and metadata, and subtitles in {@code film.srt},
 * {@code film.vtt}, also with a language, as in {@code film.en.srt}.
 *
 * @param about what they say
 * @param sha256 of their names and contents, empty when there are none
 */
public record Sidecars(AboutVideo about, String sha256) {
    /** A longer one is refused. */
    private static final long MAX_BYTES = 16 << 20;

    /**
     * Reads them.
     *
     * @throws IOException if one cannot be understood; the message names file and line
     */
    public static Sidecars of(Path video) throws IOException {
        AboutVideo about = AboutVideo.NOTHING;
        StringBuilder hashes = new StringBuilder();
        for (Path file : files(video)) {
            if (Files.size(file) > MAX_BYTES) {
                throw new IOException(
                        "%s: %d bytes; what is said of a video may have at most %d"
                                .formatted(file, Files.size(file), MAX_BYTES));
            }
            String name = name(file);
            String text = TextFile.read(file);
            hashes.append(name).append('\0').append(Sha256.of(text)).append('\n');
            about =
                    about.and(
                            name.endsWith(".json")
                                    ? AboutFields.read(JsonFile.read(file), file + ": ")
                                    : AboutVideo.NOTHING.withSubtitles(Subtitles.read(file, text)));
        }
        return new Sidecars(about, hashes.isEmpty() ? "" : Sha256.of(hashes.toString()));
    }

    private static List<Path> files(Path video) throws IOException {
        Path folder = video.toAbsolutePath().getParent();
        String stem = VideoFolder.stem(video).toLowerCase(Locale.ROOT);
        String json = name(video) + ".json";
        List<Path> files = new ArrayList<>();
        if (folder == null) {
            return files;
        }
        try (Stream<Path> beside = Files.list(folder)) {
            beside.filter(
                            file -> {
                                String name = name(file);
                                return name.equals(stem + ".json")
                                        || name.equals(json)
                                        || (name.startsWith(stem + ".")
                                                && isSubtitles(name.substring(stem.length() + 1)));
                            })
                    .filter(Files::isRegularFile)
                    .sorted(Comparator.comparing(Sidecars::name))
                    .forEach(files::add);
        }
        return files;
    }

    /** The name's rest: an ending, perhaps with a language. */
    private static boolean isSubtitles(String rest) {
        return rest.matches("([a-z]{2,3}(-[a-z0-9]+)?\\.)?(srt|vtt)");
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    }
}
