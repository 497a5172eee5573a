package javigate.search;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javigate.index.VideoFile;

/** Finds videos and tells one from another. */
final class VideoFiles {

    private static final Set<String> ENDINGS =
            Set.of(
                    "mp4", "m4v", "mov", "mkv", "webm", "avi", "mpg", "mpeg", "ts", "m2ts", "mts",
                    "wmv", "asf", "flv", "ogv", "3gp", "mxf", "vob");

    /**
     * @param named files the caller named
     * @param found videos in folders the caller named, by name
     * @param passedOver other files in those folders
     */
    record Found(Set<Path> named, Set<Path> found, List<Path> passedOver) {}

    private VideoFiles() {}

    /** Sorts paths into files and what lies in folders; a path that does not exist is a file. */
    static Found find(List<Path> paths) throws IOException {
        Set<Path> named = new LinkedHashSet<>();
        Set<Path> found = new LinkedHashSet<>();
        List<Path> passedOver = new ArrayList<>();
        for (Path path : paths) {
            Path absolute = path.toAbsolutePath().normalize();
            if (!Files.isDirectory(absolute)) {
                named.add(absolute);
                continue;
            }
            try (var walk = Files.walk(absolute, FileVisitOption.FOLLOW_LINKS)) {
                walk.filter(Files::isRegularFile)
                        .sorted()
                        .forEach(
                                file -> {
                                    if (looksLikeVideo(file)) {
                                        found.add(file);
                                    } else {
                                        passedOver.add(file);
                                    }
                                });
            }
        }
        found.removeAll(named);
        return new Found(named, found, passedOver);
    }

    private static boolean looksLikeVideo(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1));
    }

    /** Size, time and hash of a file, read through once. */
    static VideoFile describe(Path file) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            long size = Files.size(file);
            long modifiedMs = Files.getLastModifiedTime(file).toMillis();
            try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
                in.transferTo(java.io.OutputStream.nullOutputStream());
            }
            return new VideoFile(
                    file.toString(), size, modifiedMs, HexFormat.of().formatHex(digest.digest()));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
