package javigate.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import javigate.checkpoint.Checkpoint;
import javigate.index.VectorFormat;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VideoLibraryTest {

    @TempDir static Path shared;
    private static Checkpoint model;
    private static Path videos;

    @TempDir Path folder;

    @BeforeAll
    static void makeVideos() throws IOException {
        model = TinyModel.save(shared.resolve("model"), 1);
        videos = Files.createDirectory(shared.resolve("videos"));
        TinyModel.clip(videos.resolve("loud.mp4"), 3, 440);
        TinyModel.clip(videos.resolve("mute.mp4"), 2, 0);
        TinyModel.clip(videos.resolve("long.mp4"), 65, 880);
        Files.writeString(videos.resolve("text.mp4"), "this is no video");
        Files.createFile(videos.resolve("empty.mp4"));
        Files.writeString(videos.resolve("README.md"), "about these videos");
    }

    @Test
    void everyFileGetsAnOutcomeAndNoWorkIsDoneTwice() throws IOException {
        try (VideoLibrary library = VideoLibrary.open(folder, model)) {
            AddReport first = library.add(List.of(videos), outcome -> {});
            assertEquals(3, first.indexed());
            assertEquals(2, first.failed());
            assertEquals(List.of(videos.resolve("README.md").toAbsolutePath()), first.passedOver());
            assertTrue(!first.failedANamedFile());
            for (AddReport.Outcome outcome : first.outcomes()) {
                if (outcome instanceof AddReport.Failed failed) {
                    assertTrue(
                            failed.reason().contains(String.valueOf(failed.file().getFileName())));
                    assertEquals(1, failed.reason().lines().count());
                }
            }
            AddReport second = library.add(List.of(videos), outcome -> {});
            assertEquals(0, second.indexed());
            assertEquals(3, second.skipped());
        }
    }

    @Test
    void anInterruptedAddIsToldAndTheLibraryCanBeAddedToAgain() throws Exception {
        Path many = Files.createDirectory(folder.resolve("many"));
        for (int i = 0; i < 30; i++) {
            Files.copy(videos.resolve("loud.mp4"), many.resolve(i + ".mp4"));
        }
        try (VideoLibrary library = VideoLibrary.open(folder.resolve("library"), model)) {
            for (int round = 0; round < 2; round++) {
                int reported = Math.toIntExact(library.clipCount());
                AtomicInteger stored = new AtomicInteger();
                AtomicReference<Throwable> thrown = new AtomicReference<>();
                Thread adding =
                        new Thread(
                                () -> {
                                    try {
                                        library.add(
                                                List.of(many),
                                                outcome -> {
                                                    if (outcome instanceof AddReport.Indexed) {
                                                        stored.incrementAndGet();
                                                    }
                                                });
                                    } catch (IOException e) {
                                        thrown.set(e);
                                        stored.addAndGet(
                                                Thread.currentThread().isInterrupted() ? 0 : 100);
                                    }
                                });
                adding.start();
                while (stored.get() == 0 && adding.isAlive()) {
                    Thread.onSpinWait();
                }
                adding.interrupt();
                adding.join();
                assertEquals(
                        "adding was interrupted; what was reported is stored",
                        java.util.Objects.requireNonNull(thrown.get()).getMessage());
                assertEquals(reported + stored.get(), library.clipCount());
            }
            library.add(List.of(many), outcome -> {});
            assertEquals(30, library.clipCount());
        }
    }

    @Test
    void aLongVideoIsStoredAsClipsOfAtMostThirtySeconds() throws IOException {
        try (VideoLibrary library = VideoLibrary.open(folder, model)) {
            library.add(List.of(videos.resolve("long.mp4")), outcome -> {});
            assertEquals(3, library.clipCount());
            List<Hit> hits = library.search("a bell rings", 10, true);
            assertEquals(3, hits.size());
            for (Hit hit : hits) {
                assertTrue(hit.endMs() - hit.startMs() <= 30_000);
                for (FrameScore frame : hit.frames()) {
                    assertTrue(frame.timeMs() >= hit.startMs() && frame.timeMs() < hit.endMs());
                }
                assertTrue(hit.bestMs() >= hit.startMs() && hit.bestMs() < hit.endMs());
            }
        }
    }

    @Test
    void clipsBeginWhereShotsDo() throws IOException {
        Path file = folder.resolve("scenes.mp4");
        TinyModel.scenes(file, 31, 64, 100);
        try (VideoLibrary library = VideoLibrary.open(folder.resolve("library"), model)) {
            library.add(List.of(file), outcome -> {});
            long[] starts =
                    library.search("a bell rings", 10, true).stream()
                            .mapToLong(Hit::startMs)
                            .sorted()
                            .toArray();
            assertArrayEquals(new long[] {0, 3100, 6400}, starts);
        }
    }

    @Test
    void aHitIsExplained() throws IOException {
        // An untrained model hears less than half precision can tell.
        try (VideoLibrary library = VideoLibrary.open(folder, model, null, VectorFormat.F32)) {
            library.add(List.of(videos), outcome -> {});
            List<Hit> hits = library.search("a red square moves", 10, true);
            Map<String, Hit> byName =
                    hits.stream()
                            .collect(
                                    Collectors.toMap(
                                            h -> h.file().getFileName() + " " + h.startMs(),
                                            h -> h));
            Hit mute = byName.get("mute.mp4 0");
            assertTrue(mute != null);
            assertEquals(SoundState.ABSENT, mute.soundState());
            assertEquals(mute.scoreWithoutSound(), mute.score(), 1e-6);
            Hit loud = byName.get("loud.mp4 0");
            assertTrue(loud != null);
            assertEquals(
                    SoundState.of("waveform", loud.soundAdded(), deviation(hits)),
                    loud.soundState());
            assertTrue(loud.score() != loud.scoreWithoutSound());
            for (int i = 0; i < hits.size(); i++) {
                Hit hit = hits.get(i);
                assertEquals(i + 1, hit.rank());
                assertTrue(i == 0 || hit.score() <= hits.get(i - 1).score());
                double shares = hit.frames().stream().mapToDouble(FrameScore::share).sum();
                assertEquals(hit.score(), shares, 1e-5);
                assertEquals(4, hit.gates().length);
            }
            List<Hit> muted = library.search("a red square moves", 10, false);
            for (Hit hit : muted) {
                assertEquals(hit.rankWithoutSound(), hit.rank());
                assertEquals(hit.scoreWithoutSound(), hit.score());
            }
        }
    }

    @Test
    void aChangedFileReplacesItsClips() throws IOException {
        Path file = folder.resolve("changing.mp4");
        try (VideoLibrary library = VideoLibrary.open(folder.resolve("library"), model)) {
            TinyModel.clip(file, 1, 440);
            library.add(List.of(file), outcome -> {});
            Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));
            assertEquals(1, library.add(List.of(file), outcome -> {}).skipped());
            assertEquals(1_000_000, library.videos().get(0).file().modifiedMs());
            Files.delete(file);
            TinyModel.clip(file, 2, 440);
            assertEquals(1, library.add(List.of(file), outcome -> {}).indexed());
            assertEquals(1, library.clipCount());
            assertTrue(Math.abs(2000 - library.videos().get(0).durationMs()) < 150);
        }
    }

    @Test
    void removeForgetsAVideoOrAFolderOfThem() throws IOException {
        try (VideoLibrary library = VideoLibrary.open(folder, model)) {
            library.add(List.of(videos), outcome -> {});
            assertEquals(1, library.remove(videos.resolve("mute.mp4")).size());
            assertEquals(2, library.remove(videos).size());
            assertEquals(0, library.clipCount());
            assertEquals(List.of(), library.search("anything", 5, true));
        }
    }

    /** As the operating system has it: above what the link leads to. */
    @Test
    void theFolderAboveALinkIsThatOfWhatItLeadsTo() throws IOException {
        Path deep = Files.createDirectories(folder.resolve("real").resolve("deep"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), deep);
        Path meant = TinyModel.clip(folder.resolve("real").resolve("x.mp4"), 1, 0);
        TinyModel.clip(folder.resolve("x.mp4"), 2, 0);
        Path named = link.resolve("..").resolve("x.mp4");
        assertTrue(Files.isSameFile(meant, named));
        try (VideoLibrary library = VideoLibrary.open(folder.resolve("library"), model)) {
            assertEquals(1, library.add(List.of(named), outcome -> {}).indexed());
            Path stored = Path.of(library.videos().getFirst().file().path());
            assertTrue(Files.isSameFile(meant, stored), stored.toString());
            assertEquals(1, library.remove(named).size());
        }
    }

    @Test
    void aMissingNamedFileIsReported() throws IOException {
        try (VideoLibrary library = VideoLibrary.open(folder, model)) {
            Path missing = folder.resolve("nowhere.mp4");
            AddReport report = library.add(List.of(missing), outcome -> {});
            assertTrue(report.failedANamedFile());
            AddReport.Failed failed = (AddReport.Failed) report.outcomes().get(0);
            assertTrue(failed.reason().contains("nowhere.mp4"), failed.reason());
        }
    }

    @Test
    void anotherModelIsRefused() throws IOException {
        VideoLibrary.open(folder, model).close();
        Checkpoint other = TinyModel.save(shared.resolve("other"), 2);
        IOException refused =
                assertThrows(IOException.class, () -> VideoLibrary.open(folder, other));
        assertTrue(String.valueOf(refused.getMessage()).contains("model"));
    }

    @Test
    void aBlankOrEndlessQueryIsRefused() throws IOException {
        try (VideoLibrary library = VideoLibrary.open(folder, model)) {
            assertThrows(IllegalArgumentException.class, () -> library.search("  ", 5, true));
            String endless = "a".repeat(TextQuery.MAX_CHARACTERS + 1);
            assertThrows(IllegalArgumentException.class, () -> library.search(endless, 5, true));
        }
    }

    @Test
    void whatIsSaidOfVideosIsKeptBroughtUpToDateAndFound() throws IOException {
        Path own = Files.createDirectory(folder.resolve("videos"));
        Path film = own.resolve("film.mp4");
        Files.copy(videos.resolve("long.mp4"), film);
        Files.copy(videos.resolve("mute.mp4"), own.resolve("other.mp4"));
        Files.writeString(own.resolve("film.json"), "{\"tags\": \"old\", \"x\": {\"y\": 1}}");
        Files.writeString(own.resolve("other.json"), "not json");
        try (VideoLibrary library = VideoLibrary.open(folder.resolve("library"), model)) {
            AddReport first = library.add(List.of(own), outcome -> {});
            assertEquals(2, first.indexed());
            for (AddReport.Outcome outcome : first.outcomes()) {
                List<String> notes = ((AddReport.Indexed) outcome).notes();
                assertTrue(notes.stream().anyMatch(n -> n.contains("not kept")), notes.toString());
            }
            AddReport second = library.add(List.of(own), outcome -> {});
            assertEquals(2, second.skipped());
            Files.writeString(
                    own.resolve("other.json"), "[]"); // said once of a video that is known
            assertEquals(1, library.add(List.of(own), outcome -> {}).failed());
            Files.delete(own.resolve("other.json"));
            Files.writeString(own.resolve("film.json"), "{\"tags\": \"new\"}");
            Files.writeString(
                    own.resolve("film.srt"), "1\n00:00:40,000 --> 00:00:41,000\nGood evening\n");
            AddReport third = library.add(List.of(own), outcome -> {});
            assertEquals(1, third.described());
            assertEquals(1, third.skipped());
            assertEquals(
                    List.of(),
                    library.search("x", 1, true).get(0).notes().stream()
                            .filter(note -> note.contains("not kept") && note.contains("film"))
                            .toList());
            assertEquals(2, library.add(List.of(own), outcome -> {}).skipped());

            TextQuery text = TextQuery.parse("evening");
            SearchOptions all = SearchOptions.DEFAULT;
            assertEquals(4, library.search(text, all).hits().size());
            assertEquals(4, library.search(text, all.withCandidates(50)).hits().size());
            assertEquals(3, found(library, "tag=new"));
            assertEquals(0, found(library, "tag=old"));
            assertEquals(1, found(library, "duration<10"));
            assertEquals(1, found(library, "has-audio=false"));
            SearchAnswer byVideo = library.search(text, all.withVideos(true).withK(1));
            assertEquals(1, byVideo.byVideo().size());

            Hit said = library.search(text, all.withWords(true)).hits().get(0);
            Fused fused = java.util.Objects.requireNonNull(said.fused());
            assertEquals(1, fused.rankByWords());
            assertEquals(1.0 / 61 + 1.0 / (60 + fused.rank()), fused.score(), 1e-12);
            assertEquals("Good evening", java.util.Objects.requireNonNull(fused.line()).text());
            assertTrue(said.startMs() <= 40_000 && said.endMs() > 40_000);

            Path table = folder.resolve("videos.csv");
            Files.writeString(table, "video,rating\nvideos/film.mp4,5\n");
            javigate.data.AboutTable told = javigate.data.AboutTable.read(table);
            assertEquals(1, library.add(List.of(own), told, outcome -> {}).described());
            assertEquals(3, found(library, "rating=5"));
            assertEquals(3, found(library, "tag=new"));
            assertEquals(2, library.add(List.of(own), outcome -> {}).skipped());
            Files.delete(own.resolve("film.srt"));
            AddReport torn = library.add(List.of(film), outcome -> {});
            AddReport.Failed failed = (AddReport.Failed) torn.outcomes().get(0);
            assertTrue(failed.reason().contains("give the table again"), failed.reason());
            assertEquals(3, found(library, "rating=5"));
            assertEquals(1, library.add(List.of(film), told, outcome -> {}).described());
            Files.copy(videos.resolve("loud.mp4"), film, StandardCopyOption.REPLACE_EXISTING);
            assertEquals(1, library.add(List.of(film), outcome -> {}).failed());
            assertEquals(1, library.add(List.of(film), told, outcome -> {}).indexed());
            assertEquals(1, found(library, "rating=5"));
            Files.writeString(
                    own.resolve("film.json"),
                    "{\"notes\": [\"" + "x ".repeat(60_000) + "\", \"short\"]}");
            assertEquals(1, library.add(List.of(film), told, outcome -> {}).described());
        }
    }

    @Test
    void aFileThatCannotBeReadLosesNothingElseThatIsSaid() throws IOException {
        Path own = Files.createDirectory(folder.resolve("videos"));
        Files.copy(videos.resolve("mute.mp4"), own.resolve("film.mp4"));
        Files.writeString(own.resolve("film.json"), "{\"tags\": \"holiday\"}");
        Path broken = Files.write(own.resolve("film.srt"), new byte[] {'1', '\n', (byte) 0xe9});
        Path table =
                Files.writeString(folder.resolve("t.csv"), "video,place\nvideos/film.mp4,quay\n");
        javigate.data.AboutTable told = javigate.data.AboutTable.read(table);
        try (VideoLibrary library = VideoLibrary.open(folder.resolve("library"), model)) {
            AddReport report = library.add(List.of(own), told, outcome -> {});
            List<String> notes = ((AddReport.Indexed) report.outcomes().getFirst()).notes();
            assertTrue(notes.stream().anyMatch(n -> n.contains("film.srt")), notes.toString());
            for (int turn = 0; turn < 2; turn++) {
                assertEquals(1, found(library, "tag=holiday"));
                assertEquals(1, found(library, "place=quay"));
                assertEquals(1, library.add(List.of(own), told, outcome -> {}).skipped());
                assertEquals(1, library.add(List.of(own), outcome -> {}).skipped());
            }
            // One of no length, at a clip's first millisecond.
            Files.writeString(broken, "1\n00:00:00,000 --> 00:00:00,000\nGood evening\n");
            assertEquals(1, library.add(List.of(own), told, outcome -> {}).described());
            SearchOptions words = SearchOptions.DEFAULT.withWords(true);
            Hit said = library.search(TextQuery.parse("evening"), words).hits().getFirst();
            Fused fused = java.util.Objects.requireNonNull(said.fused());
            assertEquals("Good evening", java.util.Objects.requireNonNull(fused.line()).text());
            assertEquals(1, found(library, "place=quay"));
            Files.writeString(table, "video,place\nvideos/other.mp4,quay\n");
            javigate.data.AboutTable another = javigate.data.AboutTable.read(table);
            Files.delete(broken);
            AddReport torn = library.add(List.of(own), another, outcome -> {});
            AddReport.Failed failed = (AddReport.Failed) torn.outcomes().getFirst();
            assertTrue(failed.reason().contains("a row in this one"), failed.reason());
        }
    }

    private static int found(VideoLibrary library, String filter) throws IOException {
        SearchOptions options =
                SearchOptions.DEFAULT.withFilter(javigate.index.ClipFilter.parse(List.of(filter)));
        return library.search(TextQuery.parse("x"), options).hits().size();
    }

    private static double deviation(List<Hit> all) {
        double mean = all.stream().mapToDouble(Hit::score).average().orElseThrow();
        return Math.sqrt(
                all.stream()
                        .mapToDouble(hit -> Math.pow(hit.score() - mean, 2))
                        .average()
                        .orElseThrow());
    }
}
