package javigate.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import javigate.index.LuceneClipStore;
import javigate.index.Samples;
import javigate.index.StoredClip;
import javigate.index.VideoFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryCheckTest {
    @TempDir Path folder;

    private final RandomGenerator random = new SplittableRandom(4);
    private final List<LibraryCheck.Problem> found = new ArrayList<>();

    private final LibraryCheck.Listener listener =
            new LibraryCheck.Listener() {
                private long clips;
                private long bytes;

                @Override
                public void found(LibraryCheck.Problem problem) {
                    found.add(problem);
                }

                @Override
                public void readClips(long done, long of) {
                    assertTrue(done > clips && done <= of);
                    clips = done == of ? 0 : done;
                }

                @Override
                public void readFiles(long doneBytes, long ofBytes) {
                    assertTrue(doneBytes >= bytes && doneBytes <= ofBytes);
                    bytes = doneBytes == ofBytes ? 0 : doneBytes;
                }
            };

    private Path library() {
        return folder.resolve("library");
    }

    private List<StoredClip> video(Path file) throws IOException {
        VideoFile described = VideoFiles.describe(file);
        return Samples.video(random, "v", 2, Samples.WIDTH).stream()
                .map(clip -> clip.withFile(described))
                .toList();
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    private void store(Path... files) throws IOException {
        try (LuceneClipStore store = LuceneClipStore.openToWrite(library(), Samples.MODEL)) {
            for (Path file : files) {
                store.putVideo(video(file));
            }
        }
    }

    @Test
    void everyKindOfWrongFileIsToldAndNothingElse() throws IOException {
        Path good = file("good.mp4", "pictures");
        Path touched = file("touched.mp4", "pictures");
        Path gone = file("gone.mp4", "pictures");
        Path longer = file("longer.mp4", "pictures");
        Path other = file("other.mp4", "pictures");
        Path replaced = file("replaced.mp4", "pictures");
        store(good, touched, gone, longer, other, replaced);
        assertEquals(
                new LibraryCheck.Report(6, 12, 6, Map.of()),
                LibraryCheck.run(library(), true, listener));
        Files.setLastModifiedTime(touched, FileTime.fromMillis(1));
        FileTime unseen = Files.getLastModifiedTime(good);
        Files.delete(gone);
        file("longer.mp4", "more pictures");
        file("other.mp4", "fixtures");
        Files.setLastModifiedTime(other, FileTime.fromMillis(2));
        Files.delete(replaced);
        Files.createDirectory(replaced);
        LibraryCheck.Report report = LibraryCheck.run(library(), true, listener);
        assertEquals(
                List.of(
                        new LibraryCheck.Problem(
                                LibraryCheck.Kind.MISSING,
                                gone.toString(),
                                "no such file; bring it back, or javigate rm it"),
                        new LibraryCheck.Problem(
                                LibraryCheck.Kind.CHANGED,
                                longer.toString(),
                                "13 bytes, 8 when embedded; javigate add embeds it again"),
                        new LibraryCheck.Problem(
                                LibraryCheck.Kind.CHANGED,
                                other.toString(),
                                "of the same size, with another content (SHA-256); javigate add"
                                        + " embeds it again"),
                        new LibraryCheck.Problem(
                                LibraryCheck.Kind.UNREADABLE,
                                replaced.toString(),
                                "no regular file")),
                found);
        assertEquals(2, report.files());
        assertEquals(
                Map.of(
                        LibraryCheck.Kind.MISSING, 1L,
                        LibraryCheck.Kind.CHANGED, 2L,
                        LibraryCheck.Kind.UNREADABLE, 1L),
                report.problems());
        assertTrue(LibraryCheck.run(library(), false, listener).isClean());
        file("good.mp4", "fixtures");
        Files.setLastModifiedTime(good, unseen);
        found.clear();
        LibraryCheck.run(library(), true, listener);
        assertEquals(
                "of the same size, with another content (SHA-256) and the same time; javigate rm"
                        + " it, then add it",
                found.stream()
                        .filter(problem -> problem.path().equals(good.toString()))
                        .findFirst()
                        .orElseThrow()
                        .detail());
    }

    @Test
    void aVideoThatAnotherReplacesMeanwhileIsFine() throws IOException {
        Path first = file("a.mp4", "pictures");
        Path second = file("b.mp4", "pictures");
        Path third = file("c.mp4", "pictures");
        store(first, second, third);
        LibraryCheck.Report report =
                LibraryCheck.run(
                        library(),
                        true,
                        new LibraryCheck.Listener() {
                            @Override
                            public void found(LibraryCheck.Problem problem) {
                                throw new AssertionError(problem);
                            }

                            @Override
                            public void readClips(long done, long of) {}

                            @Override
                            public void readFiles(long doneBytes, long ofBytes) {
                                try {
                                    replaceLater();
                                } catch (IOException e) {
                                    throw new java.io.UncheckedIOException(e);
                                }
                            }

                            private void replaceLater() throws IOException {
                                if (Files.size(second) == 8) {
                                    file("b.mp4", "more pictures");
                                    store(second);
                                    Files.delete(third);
                                    try (LuceneClipStore store =
                                            LuceneClipStore.openToWrite(library(), null)) {
                                        store.removeVideo(third.toString());
                                    }
                                }
                            }
                        });
        assertTrue(report.isClean());
        assertEquals(3, report.files()); // the third is no longer the library's
    }

    @Test
    void recordsThatCannotBeAreTold() throws IOException {
        Path file = file("a.mp4", "pictures");
        List<StoredClip> clips = video(file);
        StoredClip first = clips.getFirst();
        long[] late = first.frameTimesMs().clone();
        late[late.length - 1] = first.endMs();
        StoredClip wrong =
                new StoredClip(
                        first.file(),
                        first.startMs(),
                        first.endMs(),
                        late,
                        first.vectors(),
                        first.soundState(),
                        first.notes(),
                        first.description());
        try (LuceneClipStore store = LuceneClipStore.openToWrite(library(), Samples.MODEL)) {
            store.putVideo(List.of(wrong, clips.getLast()));
        }
        LibraryCheck.Report report = LibraryCheck.run(library(), true, listener);
        assertEquals(Map.of(LibraryCheck.Kind.RECORD, 1L), report.problems());
        assertEquals(
                "clip at 0 ms: frames from 0 to 30000 ms in a segment from 0 to 30000 ms",
                found.getFirst()
                        .detail()
                        .replaceFirst("from \\d+ to 30000 ms in", "from 0 to 30000 ms in"));
    }

    @Test
    void damageIsOneLineAndEndsTheCheck() throws IOException {
        damageIsToldOf(true);
    }

    /** Even where the library cannot be opened for it. */
    @Test
    void damageThatIsMetAtOnceIsToldOfLikewise() throws IOException {
        damageIsToldOf(false);
    }

    private void damageIsToldOf(boolean inTheMiddle) throws IOException {
        store(file("a.mp4", "pictures"));
        try (Stream<Path> files = Files.list(library().resolve("clips"))) {
            Path data =
                    files.filter(path -> path.toString().endsWith(".cfs"))
                            .findFirst()
                            .orElseThrow();
            byte[] bytes = Files.readAllBytes(data);
            bytes[inTheMiddle ? bytes.length / 2 : 0] ^= 1;
            Files.write(data, bytes);
        }
        LibraryCheck.Report report = LibraryCheck.run(library(), true, listener);
        assertEquals(Map.of(LibraryCheck.Kind.DAMAGED, 1L), report.problems());
        assertTrue(
                found.getFirst().detail().startsWith(library() + ": the library is damaged ("),
                found.toString());
        assertEquals(1, found.getFirst().detail().lines().count());
    }
}
