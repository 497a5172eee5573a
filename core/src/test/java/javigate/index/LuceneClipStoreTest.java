package javigate.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class LuceneClipStoreTest {
    @TempDir Path folder;

    private final RandomGenerator random = new SplittableRandom(1);

    private List<StoredClip> video(String name, int segments) {
        return Samples.video(random, name, segments, Samples.WIDTH);
    }

    private static String failure(Executable call) {
        LibraryException e = assertThrows(LibraryException.class, call);
        String message = String.valueOf(e.getMessage());
        assertEquals(1, message.lines().count(), message);
        return message;
    }

    @Test
    void givesBackWhatWasStored() throws IOException {
        List<StoredClip> clips = video("a.mp4", 3);
        try (ClipStore store = LuceneClipStore.openToWrite(folder, Samples.MODEL)) {
            store.putVideo(clips);
        }
        try (ClipStore store = LuceneClipStore.openToRead(folder, Samples.MODEL)) {
            assertEquals(Samples.MODEL, store.header().model());
            assertEquals(3, store.count());
            for (StoredClip clip : clips) {
                assertSame(clip, store.get(clip.id()).orElseThrow());
            }
            assertEquals(Optional.empty(), store.get("none"));
            StoredVideo video = new StoredVideo(clips.getFirst().file(), 3, 90_000, "c0de");
            assertEquals(List.of(video), store.videos());
            assertEquals(Optional.of(video), store.find(Samples.path("a.mp4")));
            assertEquals(Optional.empty(), store.find(Samples.path("b.mp4")));
            assertEquals(List.of(), store.clips(Samples.path("b.mp4")));
        }
    }

    private static void assertSame(StoredClip expected, StoredClip actual) {
        assertEquals(expected.id(), actual.id());
        assertEquals(expected.file(), actual.file());
        assertEquals(expected.startMs(), actual.startMs());
        assertEquals(expected.endMs(), actual.endMs());
        assertArrayEquals(expected.frameTimesMs(), actual.frameTimesMs());
        assertEquals(expected.soundState(), actual.soundState());
        assertEquals(expected.notes(), actual.notes());
        assertEquals(expected.description(), actual.description());
        assertArrayEquals(expected.vectors().soundToken(), actual.vectors().soundToken());
        assertArrayEquals(expected.vectors().gates(), actual.vectors().gates());
        assertUnit(expected.vectors().frames(), actual.vectors().frames());
        assertUnit(expected.vectors().framesWithoutSound(), actual.vectors().framesWithoutSound());
    }

    private static void assertUnit(float[][] expected, float[][] actual) {
        assertEquals(expected.length, actual.length);
        for (int n = 0; n < expected.length; n++) {
            float[] unit = LateInteractionScore.unit(expected[n]);
            assertArrayEquals(FrameBlock.reading(VectorFormat.DEFAULT, unit), actual[n]);
        }
    }

    @Test
    void replacesAndRemovesWholeVideos() throws IOException {
        try (ClipStore store = LuceneClipStore.openToWrite(folder, Samples.MODEL)) {
            store.putVideo(video("a.mp4", 5));
            store.putVideo(video("b.mp4", 1));
            List<StoredClip> newer = video("a.mp4", 2);
            store.putVideo(newer);
            assertEquals(3, store.count());
            assertEquals(
                    Optional.of(new StoredVideo(newer.getFirst().file(), 2, 60_000, "c0de")),
                    store.find(Samples.path("a.mp4")));
            assertEquals(2, store.removeVideo(Samples.path("a.mp4")));
            assertEquals(0, store.removeVideo(Samples.path("a.mp4")));
            assertEquals(1, store.count());
            assertEquals(Optional.empty(), store.get(newer.getFirst().id()));
            assertEquals(1, store.removeVideo(Samples.path("b.mp4")));
            assertEquals(List.of(), store.videos());
        }
        try (ClipStore store = LuceneClipStore.openToRead(folder, null)) {
            assertEquals(0, store.count());
        }
    }

    @Test
    void compactingGivesSpaceBackAndLeavesPartsAloneThatHaveNoneToGive() throws IOException {
        try (LuceneClipStore store = LuceneClipStore.openToWrite(folder, Samples.MODEL)) {
            for (int i = 0; i < 40; i++) { // enough to have many in one part
                store.putVideo(video("v" + i + ".mp4", 3));
            }
            for (int i = 0; i < 38; i++) {
                store.removeVideo(Samples.path("v" + i + ".mp4"));
            }
            long before = store.bytes();
            StoredClip kept = store.clips(Samples.path("v39.mp4")).getFirst();
            store.compact(_ -> {});
            assertTrue(store.bytes() < before, store.bytes() + " of " + before);
            assertEquals(6, store.count());
            assertArrayEquals(
                    kept.vectors().frames(), store.get(kept.id()).orElseThrow().vectors().frames());
            List<Path> data = dataFiles();
            store.compact(_ -> {});
            assertEquals(data, dataFiles());
        }
    }

    private List<Path> dataFiles() throws IOException {
        return files(folder.resolve("clips")).stream()
                .filter(file -> !file.getFileName().toString().startsWith("segments"))
                .toList();
    }

    @Test
    void readersKeepTheirCommitUntilRefreshed() throws IOException {
        try (ClipStore writer = LuceneClipStore.openToWrite(folder, Samples.MODEL);
                ClipStore reader = LuceneClipStore.openToRead(folder, Samples.MODEL)) {
            List<StoredClip> old = video("a.mp4", 2);
            writer.putVideo(old);
            assertEquals(0, reader.count());
            reader.refresh();
            assertEquals(2, reader.count());
            for (int i = 0; i < 30; i++) {
                writer.putVideo(video("a.mp4", 1)); // merges delete the files under the reader
            }
            assertSame(old.getFirst(), reader.get(old.getFirst().id()).orElseThrow());
            float[] query = Samples.vector(random, Samples.WIDTH);
            assertEquals(2, reader.search(query, 9, Scope.of(Sound.WITH)).hits().size());
            reader.refresh();
            assertEquals(1, reader.count());
            assertThrows(IllegalStateException.class, () -> reader.putVideo(old));
        }
    }

    @Test
    void refusesSegmentsThatDoNotMakeOneVideo() throws IOException {
        try (ClipStore store = LuceneClipStore.openToWrite(folder, Samples.MODEL)) {
            StoredClip a = video("a.mp4", 1).getFirst();
            StoredClip b = video("b.mp4", 1).getFirst();
            List<StoredClip> wide = Samples.video(random, "c.mp4", 1, Samples.WIDTH + 1);
            for (List<StoredClip> wrong :
                    List.of(List.<StoredClip>of(), List.of(a, b), List.of(a, a), wide)) {
                assertThrows(IllegalArgumentException.class, () -> store.putVideo(wrong));
            }
            assertEquals(0, store.count());
        }
    }

    @Test
    void saysWhereThereIsNoLibrary() throws IOException {
        Path none = folder.resolve("none");
        String expected =
                none + ": no library here yet; `javigate add PATH` makes one of your videos";
        assertEquals(expected, failure(() -> LuceneClipStore.openToRead(none, Samples.MODEL)));
        assertEquals(expected, failure(() -> LuceneClipStore.openToWrite(none, null)));
        assertFalse(Files.exists(none));
        Files.createDirectories(none.resolve("clips"));
        assertEquals(expected, failure(() -> LuceneClipStore.openToRead(none, null)));
        assertEquals(expected, failure(() -> LuceneClipStore.openToWrite(none, null)));
        Path file = Files.writeString(folder.resolve("file"), "text");
        assertTrue(
                failure(() -> LuceneClipStore.openToWrite(file, Samples.MODEL))
                        .startsWith(file + ": no library can be made there ("));
    }

    @Test
    void refusesAnotherModel() throws IOException {
        LuceneClipStore.openToWrite(folder, Samples.MODEL).close();
        LibraryModel other = new LibraryModel("big", "beef", 512, 100, 0);
        String expected =
                folder
                        + ": the library holds vectors of model \"tiny\" (fingerprint f00d, width"
                        + " 24, alpha 100.0, local weight 0.5), not of \"big\" (fingerprint beef,"
                        + " width 512, alpha 100.0, local weight 0.0); use that model or another library folder";
        assertEquals(expected, failure(() -> LuceneClipStore.openToRead(folder, other)));
        assertEquals(expected, failure(() -> LuceneClipStore.openToWrite(folder, other)));
        LibraryModel renamed = new LibraryModel("small", "f00d", Samples.WIDTH, 100, 0.5);
        LuceneClipStore.openToWrite(folder, renamed).close(); // and the lock is free again
    }

    @Test
    void refusesASecondWriterButNoReader() throws IOException {
        try (ClipStore first = LuceneClipStore.openToWrite(folder, Samples.MODEL)) {
            assertEquals(
                    "library "
                            + folder
                            + " is being written by another process; wait for it to finish or stop"
                            + " it (reading is possible meanwhile)",
                    failure(() -> LuceneClipStore.openToWrite(folder, Samples.MODEL)));
            LuceneClipStore.openToRead(folder, null).close();
            first.putVideo(video("a.mp4", 1));
        }
        LuceneClipStore.openToWrite(folder, Samples.MODEL).close();
    }

    @Test
    void refusesOtherIndexesAndNewerFormats() throws IOException {
        commit(Map.of());
        assertEquals(
                folder + ": a Lucene index, but not of javigate; choose another folder",
                failure(() -> LuceneClipStore.openToWrite(folder, Samples.MODEL)));
        commit(Map.of("javigate.library", "{\"formatVersion\": 99, \"shards\": []}"));
        assertEquals(
                folder
                        + ": the library has format 99, this program reads up to 4; update"
                        + " javigate",
                failure(() -> LuceneClipStore.openToRead(folder, null)));
        commit(Map.of("javigate.library", "{\"formatVersion\": 1"));
        assertTrue(
                failure(() -> LuceneClipStore.openToRead(folder, null))
                        .startsWith(folder + ": the library is damaged (header: "));
    }

    @Test
    void aLibraryOfTheFirstFormatHasTheLocalWeightOfItsTime() throws IOException {
        commit(
                Map.of(
                        "javigate.library",
                        "{\"formatVersion\":1,\"model\":{\"name\":\"tiny\",\"fingerprint\":\"f00d\","
                                + "\"width\":24,\"alpha\":100.0},"
                                + "\"created\":\"2025-01-01T00:00:00Z\"}"));
        float[] query = Samples.vector(random, Samples.WIDTH);
        try (ClipStore store = LuceneClipStore.openToWrite(folder, Samples.MODEL)) {
            assertEquals(Samples.MODEL, store.header().model());
            store.putVideo(video("a.mp4", 3));
        }
        try (ClipStore store = LuceneClipStore.openToRead(folder, null)) {
            assertEquals(4, store.header().formatVersion());
            assertEquals(0.5, store.header().model().localWeight());
            ScoredClip best = store.search(query, 1, Scope.of(Sound.WITH)).hits().get(0);
            float[][] frames = store.get(best.id()).orElseThrow().vectors().frames();
            assertEquals(
                    LateInteractionScore.of(frames, query, 100, 0.5).score(), best.score(), 1e-6);
        }
        LibraryModel otherWeight = new LibraryModel("tiny", "f00d", Samples.WIDTH, 100, 0);
        assertTrue(
                failure(() -> LuceneClipStore.openToRead(folder, otherWeight))
                        .contains("local weight 0.5), not of"));
        String withoutWeight =
                "{\"name\":\"tiny\",\"fingerprint\":\"f00d\",\"width\":24,\"alpha\":100.0}";
        for (String damaged :
                List.of(
                        "{\"formatVersion\":1,\"model\":null,\"created\":\"x\"}",
                        "{\"formatVersion\":2,\"model\":"
                                + withoutWeight
                                + ",\"created\":\"x\"}")) {
            commit(Map.of("javigate.library", damaged));
            assertTrue(
                    failure(() -> LuceneClipStore.openToRead(folder, null))
                            .startsWith(folder + ": the library is damaged (header: "));
        }
    }

    private void commit(Map<String, String> data) throws IOException {
        try (Directory directory = new MMapDirectory(folder.resolve("clips"));
                IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig())) {
            writer.setLiveCommitData(data.entrySet());
            writer.commit();
        }
    }

    @Test
    void damagedFilesGetOneClearError() throws IOException {
        Path good = folder.resolve("good");
        List<List<StoredClip>> videos = List.of(video("a.mp4", 3), video("b.mp4", 2));
        try (ClipStore store = LuceneClipStore.openToWrite(good, Samples.MODEL)) {
            for (List<StoredClip> clips : videos) {
                store.putVideo(clips);
            }
            store.removeVideo(Samples.path("c.mp4"));
        }
        int damaged = 0;
        for (Path file : files(good.resolve("clips"))) {
            byte[] bytes = Files.readAllBytes(file);
            if (bytes.length == 0) {
                continue; // the lock
            }
            List<byte[]> variants = new ArrayList<>();
            variants.add(new byte[0]);
            for (int i = 0; i < 6; i++) {
                variants.add(Arrays.copyOf(bytes, random.nextInt(bytes.length)));
            }
            for (int i = 0; i < 25; i++) {
                byte[] flipped = bytes.clone();
                flipped[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                variants.add(flipped);
            }
            for (byte[] variant : variants) {
                Files.write(file, variant);
                String message = failure(() -> readAll(good, videos));
                assertTrue(message.startsWith(good + ": "), file.getFileName() + ": " + message);
                damaged++;
            }
            Files.delete(file);
            assertTrue(failure(() -> readAll(good, videos)).startsWith(good + ": "));
            Files.write(file, bytes);
        }
        assertTrue(damaged > 90, damaged + " damages");
        readAll(good, videos);
    }

    private static void readAll(Path library, List<List<StoredClip>> videos) throws IOException {
        try (LuceneClipStore store = LuceneClipStore.openToRead(library, Samples.MODEL)) {
            store.verify();
            for (List<StoredClip> clips : videos) {
                for (StoredClip clip : clips) {
                    assertSame(clip, store.get(clip.id()).orElseThrow());
                }
            }
        }
    }

    @Test
    void aLostCommitIsNotOverwritten() throws IOException {
        try (ClipStore store = LuceneClipStore.openToWrite(folder, Samples.MODEL)) {
            store.putVideo(video("a.mp4", 3));
        }
        for (Path file : files(folder.resolve("clips"))) {
            if (file.getFileName().toString().startsWith("segments")) {
                Files.delete(file);
            }
        }
        List<Path> before = files(folder.resolve("clips"));
        String expected = folder + ": the library is damaged (data file _";
        assertTrue(
                failure(() -> LuceneClipStore.openToWrite(folder, Samples.MODEL))
                        .startsWith(expected));
        assertTrue(failure(() -> LuceneClipStore.openToRead(folder, null)).startsWith(expected));
        assertEquals(before, files(folder.resolve("clips")));
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }
}
