package javigate.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javigate.tensor.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * The files beside a video that say something of it. Of {@code film.mp4}: {@code film.json} or
 * {@code film.mp4.json} with captions, notes, tags and metadata, and subtitles in {@code film.srt},
 * {@code film.vtt}, also with a language, as in {@code film.en.srt}.
 *
 * @param about what they say
 * @param sha256 of their names and contents, empty when there are none
 */
public record Sidecars(AboutVideo about, String sha256) {
    private static final Pattern SIDECAR =
            Pattern.compile(
                    "(?<stem>.+?)(?<language>\\.[a-z]{2,3}(-[a-z0-9]+)?)?\\.(?<ending>json|srt|vtt)");

    /** A longer one is refused. */
    private static final long MAX_BYTES = 16 << 20;

    /**
     * Reads them.
     *
     * @param folders remembers what lies where
     * @throws IOException if one cannot be understood; the message names file and line
     */
    public static Sidecars of(Path video, Folders folders) throws IOException {
        return read(video, folders, null);
    }

    /**
     * Reads those that can be understood.
     *
     * @param broken told of the others
     * @throws IOException if the folder cannot be read
     */
    public static Sidecars readable(Path video, Folders folders, Consumer<IOException> broken)
            throws IOException {
        return read(video, folders, broken);
    }

    private static Sidecars read(
            Path video, Folders folders, @Nullable Consumer<IOException> broken)
            throws IOException {
        AboutVideo about = AboutVideo.NOTHING;
        StringBuilder hashes = new StringBuilder();
        for (Path file : folders.beside(video)) {
            try {
                if (Files.size(file) > MAX_BYTES) {
                    throw new IOException(
                            "%s: %d bytes; what is said of a video may have at most %d"
                                    .formatted(file, Files.size(file), MAX_BYTES));
                }
                String name = name(file);
                String text = TextFile.read(file);
                about =
                        about.and(
                                name.endsWith(".json")
                                        ? AboutFields.read(JsonFile.read(file), file + ": ")
                                        : AboutVideo.NOTHING.withSubtitles(
                                                Subtitles.read(file, text)));
                hashes.append(name).append('\0').append(Sha256.of(text)).append('\n');
            } catch (IOException e) {
                if (broken == null) {
                    throw e;
                }
                broken.accept(e);
            }
        }
        return new Sidecars(about, hashes.isEmpty() ? "" : Sha256.of(hashes.toString()));
    }

    /** What the files of folders belong to, each folder looked at once. For several threads. */
    public static final class Folders {
        private final Map<Path, Map<String, List<Path>>> folders = new ConcurrentHashMap<>();

        /** The files beside a video, by name. */
        private List<Path> beside(Path video) throws IOException {
            Path folder = video.toAbsolutePath().getParent();
            if (folder == null) {
                return List.of();
            }
            Map<String, List<Path>> byOwner = folders.get(folder);
            if (byOwner == null) {
                byOwner = look(folder);
                folders.put(folder, byOwner);
            }
            String stem = VideoFolder.stem(video);
            Map<String, Path> files = new TreeMap<>();
            for (String owner : owners(video)) {
                for (Path file : byOwner.getOrDefault(owner, List.of())) {
                    // Of two that differ only in case, the one written as the video.
                    boolean own = String.valueOf(file.getFileName()).startsWith(stem);
                    files.merge(name(file), file, (other, _) -> own ? file : other);
                }
            }
            return List.copyOf(files.values());
        }

        private static Map<String, List<Path>> look(Path folder) throws IOException {
            List<Path> sidecars = new ArrayList<>();
            Set<String> others = new HashSet<>(); // what the folder's other files are called
            try (Stream<Path> files = Files.list(folder).filter(Files::isRegularFile).sorted()) {
                files.forEach(
                        file -> {
                            if (possibleOwners(file).isEmpty()) {
                                others.addAll(owners(file));
                            } else {
                                sidecars.add(file);
                            }
                        });
            }
            Map<String, List<Path>> byOwner = new HashMap<>();
            for (Path file : sidecars) {
                List<String> owners = possibleOwners(file);
                // trip.day.srt is of trip.day.mp4, where there is one, and not of trip.mp4.
                for (String owner :
                        others.contains(owners.getFirst()) ? owners.subList(0, 1) : owners) {
                    byOwner.computeIfAbsent(owner, _ -> new ArrayList<>()).add(file);
                }
            }
            return byOwner;
        }
    }

    /** Names by which files beside a video call it: its name, and that without its ending. */
    public static List<String> owners(Path video) {
        return List.of(VideoFolder.stem(video).toLowerCase(Locale.ROOT), name(video));
    }

    /** What a file may be beside of, as of {@link #owners}; nothing for files of other kinds. */
    public static List<String> possibleOwners(Path file) {
        Matcher parts = SIDECAR.matcher(name(file));
        if (!parts.matches()) {
            return List.of();
        }
        String whole =
                parts.group("stem") + Objects.requireNonNullElse(parts.group("language"), "");
        return parts.group("language") == null || parts.group("ending").equals("json")
                ? List.of(whole)
                : List.of(whole, parts.group("stem"));
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    }
}
