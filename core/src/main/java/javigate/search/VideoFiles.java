package javigate.search;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import javigate.data.Sidecars;
import javigate.index.AbsolutePath;
import javigate.index.VideoFile;
import javigate.tensor.Sha256;

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
     * @param unreadable files and folders that could not be looked at
     */
    record Found(
            Set<Path> named,
            Set<Path> found,
            List<Path> passedOver,
            List<AddReport.Failed> unreadable) {

        /** All files to add, those that were named first. */
        List<Path> all() {
            List<Path> all = new ArrayList<>(named);
            all.addAll(found);
            return all;
        }
    }

    private VideoFiles() {}

    /** Sorts paths into files and what lies in folders; a path that does not exist is a file. */
    static Found find(List<Path> paths) throws IOException {
        Set<Path> named = new LinkedHashSet<>();
        Set<Path> found = new TreeSet<>();
        List<Path> passedOver = new ArrayList<>();
        List<AddReport.Failed> unreadable = new ArrayList<>();
        for (Path path : paths) {
            Path absolute = named(path);
            if (!Files.isDirectory(absolute)) {
                named.add(absolute);
                continue;
            }
            Files.walkFileTree(
                    absolute,
                    EnumSet.of(FileVisitOption.FOLLOW_LINKS),
                    Integer.MAX_VALUE,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult visitFile(
                                Path file, BasicFileAttributes attributes) {
                            boolean video = looksLikeVideo(file);
                            if (video && attributes.isRegularFile()) {
                                found.add(file);
                            } else if (video && attributes.isSymbolicLink()) { // else: its target
                                unreadable.add(
                                        new AddReport.Failed(
                                                file,
                                                file + ": a link that cannot be followed",
                                                false));
                            } else {
                                passedOver.add(file);
                            }
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFileFailed(Path file, IOException e) {
                            String why =
                                    switch (e) {
                                        case AccessDeniedException _ -> "no permission to read it";
                                        case FileSystemLoopException _ ->
                                                "a link back to a folder above it";
                                        default -> e.toString();
                                    };
                            unreadable.add(
                                    new AddReport.Failed(
                                            file, file + ": " + why, file.equals(absolute)));
                            return FileVisitResult.CONTINUE;
                        }
                    });
        }
        found.removeAll(named);
        Set<Path> owners = new HashSet<>();
        found.forEach(v -> Sidecars.owners(v).forEach(o -> owners.add(v.resolveSibling(o))));
        passedOver.removeIf(
                file ->
                        Sidecars.possibleOwners(file).stream()
                                .anyMatch(owner -> owners.contains(file.resolveSibling(owner))));
        Collections.sort(passedOver);
        return new Found(named, found, passedOver, unreadable);
    }

    /**
     * A path as the library has it.
     *
     * @throws IllegalArgumentException if it is empty: most likely a variable without a value
     */
    static Path named(Path path) {
        if (path.toString().isEmpty()) {
            throw new IllegalArgumentException(
                    "\"\" names no file and no folder; the folder one is in is .");
        }
        return AbsolutePath.of(path);
    }

    private static boolean looksLikeVideo(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1));
    }

    /** Size, time and hash of a file, read through once. */
    static VideoFile describe(Path file) throws IOException {
        long size = Files.size(file);
        long modifiedMs = Files.getLastModifiedTime(file).toMillis();
        return new VideoFile(file.toString(), size, modifiedMs, Sha256.of(file, _ -> {}));
    }
}
