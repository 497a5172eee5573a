package javigate.search;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import javigate.index.LibraryException;
import javigate.index.LibrarySnapshot;
import javigate.index.LuceneClipStore;
import javigate.index.StoredVideo;
import javigate.index.VideoFile;
import javigate.tensor.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * Looks for what is wrong with a library, while others may be changing it: its own bytes, its
 * records, the files of its videos. Needs no model; changes nothing.
 */
public final class LibraryCheck {

    /** What can be wrong. */
    public enum Kind {
        /** A file of the library has other bytes than were written; nothing else is checked. */
        DAMAGED,
        /** A record does not read back as what could have been stored. */
        RECORD,
        /** A video's file is not there. */
        MISSING,
        /** A video's file has another size or hash than when it was embedded. */
        CHANGED,
        /** A video's file cannot be read. */
        UNREADABLE
    }

    /**
     * One thing that is wrong.
     *
     * @param path of the video, or of the library
     * @param detail one line
     */
    public record Problem(Kind kind, String path, String detail) {}

    /**
     * What was looked at and found.
     *
     * @param videos of the library
     * @param clips of these
     * @param files that were read, all their bytes
     * @param problems by kind; kinds without any are left out
     */
    public record Report(long videos, long clips, long files, Map<Kind, Long> problems) {
        /** Whether nothing is wrong. */
        public boolean isClean() {
            return problems.isEmpty();
        }
    }

    /** Follows a check. */
    public interface Listener {
        /** Something is wrong. */
        void found(Problem problem);

        /** So many of the clips are read. */
        void readClips(long done, long of);

        /** So many of the bytes of the videos' files are read. */
        void readFiles(long doneBytes, long ofBytes);
    }

    private final Path folder;
    private final LuceneClipStore store;
    private final Listener listener;
    private final Map<Kind, Long> problems = new EnumMap<>(Kind.class);
    private long videos;
    private long clips;
    private long files;
    private long fileBytes;
    private long doneBytes;

    private LibraryCheck(Path folder, LuceneClipStore store, Listener listener) {
        this.folder = folder;
        this.store = store;
        this.listener = listener;
    }

    /**
     * Checks a library.
     *
     * @param withFiles whether the videos' files are read too
     * @throws LibraryException if it cannot be opened for another reason than damage
     */
    public static Report run(Path folder, boolean withFiles, Listener listener) throws IOException {
        try (LuceneClipStore store = LuceneClipStore.openToRead(folder, null)) {
            return new LibraryCheck(folder, store, listener).run(withFiles);
        } catch (LibraryException e) {
            if (!e.isOfDamage()) {
                throw e;
            }
            String detail = String.valueOf(e.getMessage());
            listener.found(new Problem(Kind.DAMAGED, folder.toString(), detail));
            return new Report(0, 0, 0, Map.of(Kind.DAMAGED, 1L));
        }
    }

    private Report run(boolean withFiles) throws IOException {
        try {
            store.verify();
            eachVideo(this::checkRecords);
            if (withFiles) {
                eachVideo(video -> checkFile(video.file(), false));
            }
        } catch (LibraryException e) {
            if (!e.isOfDamage()) {
                throw e;
            }
            report(Kind.DAMAGED, folder.toString(), String.valueOf(e.getMessage()));
        }
        return new Report(videos, clips, files, problems);
    }

    private interface Step {
        void of(LibrarySnapshot video) throws IOException;
    }

    private void eachVideo(Step step) throws IOException {
        try (LibrarySnapshot snapshot = store.snapshot()) {
            while (snapshot.nextVideo()) {
                step.of(snapshot);
            }
        }
    }

    private void report(Kind kind, String path, String detail) {
        problems.merge(kind, 1L, Long::sum);
        listener.found(new Problem(kind, path, detail));
    }

    private void checkRecords(LibrarySnapshot video) throws IOException {
        VideoFile file = video.file();
        video.problems().forEach(problem -> report(Kind.RECORD, file.path(), problem));
        videos++;
        clips += video.segments();
        fileBytes += file.sizeBytes();
        listener.readClips(clips, video.clipCount());
    }

    /**
     * @param again whether the record was looked up again
     */
    private void checkFile(VideoFile file, boolean again) throws IOException {
        long before = doneBytes;
        Problem problem = problem(file);
        if (problem != null) {
            VideoFile now = again ? file : current(file).orElse(null);
            if (now == null) {
                problem = null; // no longer in the library
            } else if (!now.equals(file)) {
                doneBytes = before;
                checkFile(now, true);
                return;
            }
        }
        if (problem == null) {
            files++;
        } else {
            report(problem.kind(), problem.path(), problem.detail());
        }
        doneBytes = before + file.sizeBytes();
        listener.readFiles(doneBytes, fileBytes);
    }

    /** The file's record as it is now: another process may have replaced it since. */
    private Optional<VideoFile> current(VideoFile file) throws IOException {
        store.refresh();
        return store.find(file.path()).map(StoredVideo::file);
    }

    private @Nullable Problem problem(VideoFile file) {
        Path path = Path.of(file.path());
        try {
            if (Files.notExists(path)) {
                return new Problem(
                        Kind.MISSING,
                        file.path(),
                        "no such file; bring it back, or javigate rm it");
            }
            if (!Files.isRegularFile(path)) { // reading a pipe would not end
                return new Problem(Kind.UNREADABLE, file.path(), "no regular file");
            }
            if (Files.size(path) != file.sizeBytes()) {
                return changed(
                        file,
                        "%d bytes, %d when embedded".formatted(Files.size(path), file.sizeBytes()));
            }
            if (!sha256(path).equals(file.sha256())) {
                String what = "of the same size, with another content (SHA-256)";
                boolean sameTime = Files.getLastModifiedTime(path).toMillis() == file.modifiedMs();
                return sameTime // add takes it for unchanged
                        ? new Problem(
                                Kind.CHANGED,
                                file.path(),
                                what + " and the same time; javigate rm it, then add it")
                        : changed(file, what);
            }
            return null;
        } catch (AccessDeniedException e) {
            return new Problem(Kind.UNREADABLE, file.path(), "no permission to read it");
        } catch (IOException e) {
            return new Problem(
                    Kind.UNREADABLE,
                    file.path(),
                    String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    private static Problem changed(VideoFile file, String what) {
        return new Problem(Kind.CHANGED, file.path(), what + "; javigate add embeds it again");
    }

    private String sha256(Path file) throws IOException {
        return Sha256.of(
                file,
                read -> {
                    doneBytes += read;
                    listener.readFiles(doneBytes, fileBytes);
                });
    }
}
