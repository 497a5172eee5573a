package javigate.data;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where the videos of a data set lie, and how an id becomes a file. */
final class VideoFolder {

    /** Preferred where several files of a folder tree have one id, in this order. */
    private static final List<String> ENDINGS =
            List.of("mp4", "webm", "mkv", "avi", "mov", "m4v", "flv", "3gp");

    /** Beside the videos, but never one. */
    private static final List<String> OTHERS = List.of("wav", "txt", "csv", "json", "srt", "part");

    private final Path folder;
    private final @Nullable Path sounds;
    private final Function<String, @Nullable Path> lookUp;

    private VideoFolder(
            Path folder, @Nullable Path sounds, Function<String, @Nullable Path> lookUp) {
        this.folder = folder;
        this.sounds = sounds;
        this.lookUp = lookUp;
    }

    /** {@code ID.ending} in the folder itself, the first of the endings that exists. */
    static VideoFolder flat(Path folder, @Nullable Path sounds, String... endings)
            throws IOException {
        requireFolders(folder, sounds);
        return new VideoFolder(
                folder,
                sounds,
                id ->
                        Stream.of(endings)
                                .map(ending -> folder.resolve(id + "." + ending))
                                .filter(Files::isRegularFile)
                                .findFirst()
                                .orElse(null));
    }

    /** {@code ID.anything} anywhere below the folder, as the published readers walk it. */
    static VideoFolder tree(Path folder, @Nullable Path sounds) throws IOException {
        requireFolders(folder, sounds);
        Map<String, Path> byId = new HashMap<>();
        try (Stream<Path> files = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            files.filter(Files::isRegularFile)
                    .filter(file -> !OTHERS.contains(ending(file)))
                    .sorted(
                            Comparator.comparingInt(VideoFolder::preference)
                                    .thenComparing(Comparator.naturalOrder()))
                    .forEach(file -> byId.putIfAbsent(stem(file), file));
        }
        return new VideoFolder(folder, sounds, byId::get);
    }

    /**
     * @param id from a list
     * @param where names the list's line, for the message
     * @return the video, or where it would be ({@code ID.mp4}) if it is missing
     */
    Path video(String id, String where) throws IOException {
        try {
            Path found = lookUp.apply(id);
            return found == null ? folder.resolve(id + ".mp4") : found;
        } catch (InvalidPathException e) {
            throw new IOException(where + "'" + id + "' cannot be the name of a file", e);
        }
    }

    /** {@code ID.wav} in the folder of sounds, null where there is no such folder. */
    @Nullable Path sound(String id) {
        return sounds == null ? null : sounds.resolve(id + ".wav");
    }

    /** A file's name without its last ending; ids hold dots themselves. */
    static String stem(Path file) {
        String name = String.valueOf(file.getFileName());
        int dot = name.lastIndexOf('.');
        return dot <= 0 ? name : name.substring(0, dot);
    }

    private static String ending(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private static int preference(Path file) {
        int at = ENDINGS.indexOf(ending(file));
        return at < 0 ? ENDINGS.size() : at;
    }

    static void requireFolders(Path videos, @Nullable Path sounds) throws IOException {
        if (!Files.isDirectory(videos)) {
            throw new IOException(
                    videos
                            + ": no such folder, and the videos are looked for there; --videos names"
                            + " another");
        }
        if (sounds != null && !Files.isDirectory(sounds)) {
            throw new IOException(
                    sounds
                            + ": no such folder; --audio-folder names the one with ID.wav, without"
                            + " it the videos' own sound is taken");
        }
    }
}
