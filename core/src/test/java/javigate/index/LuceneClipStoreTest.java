package javigate.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.DocValuesConsumer;
import org.apache.lucene.codecs.DocValuesFormat;
import org.apache.lucene.codecs.DocValuesProducer;
import org.apache.lucene.codecs.FilterCodec;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.BytesRef;
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
    void refusesTokensOfAnotherWidthThanTheReranker() throws IOException {
        LibraryModel reranker = new LibraryModel("second", "beef", 8, 50, 0.5);
        StoredClip clip = video("a.mp4", 1).getFirst();
        try (ClipStore store =
                LuceneClipStore.openToWrite(folder, Samples.MODEL, VectorFormat.F16, reranker)) {
            for (int width : new int[] {8, 4}) {
                StoredClip with =
                        new StoredClip(
                                clip.file(),
                                clip.startMs(),
                                clip.endMs(),
                                clip.frameTimesMs(),
                                clip.vectors(),
                                clip.soundState(),
                                clip.notes(),
                                clip.description(),
                                RerankTokens.of(new float[2][width], new float[1][width]));
                if (width == 8) {
                    store.putVideo(List.of(with));
                } else {
                    assertThrows(
                            IllegalArgumentException.class, () -> store.putVideo(List.of(with)));
                }
            }
            assertEquals(
                    8,
                    Objects.requireNonNull(store.get(clip.id()).orElseThrow().reranking()).width());
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
                        + ": the library has format 99, this program reads up to 5; update"
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
            assertEquals(5, store.header().formatVersion());
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

    @Test
    void aFormThatIsNotKnownIsNeverCalledOld() throws IOException {
        Codec ours = new Lucene104Codec();
        DocValuesFormat blocks = new ClipBlocksFormat();
        DocValuesFormat newBlocks =
                new DocValuesFormat("JavigateBlocks9") {
                    @Override
                    public DocValuesConsumer fieldsConsumer(SegmentWriteState state)
                            throws IOException {
                        return blocks.fieldsConsumer(state);
                    }

                    @Override
                    public DocValuesProducer fieldsProducer(SegmentReadState state)
                            throws IOException {
                        return blocks.fieldsProducer(state);
                    }
                };
        List<Codec> newer =
                List.of(
                        new FilterCodec("Lucene999", ours) {},
                        new Lucene104Codec() {
                            @Override
                            public DocValuesFormat getDocValuesFormatForField(String field) {
                                return ClipDocument.BLOCKS.contains(field)
                                        ? newBlocks
                                        : super.getDocValuesFormatForField(field);
                            }
                        });
        for (int i = 0; i < newer.size(); i++) {
            Path library = folder.resolve("library" + i);
            LibraryHeader header;
            try (LuceneClipStore store = LuceneClipStore.openToWrite(library, Samples.MODEL)) {
                store.putVideo(video("a.mp4", 1));
                header = store.header();
            }
            try (Directory directory = new MMapDirectory(library.resolve("clips"));
                    LibraryReaders shown =
                            new LibraryReaders(library, DirectoryReader.open(directory), header)) {
                addWith(newer.get(i), directory);
                IOException e = assertThrows(IOException.class, shown::maybeRefreshBlocking);
                assertTrue(
                        String.valueOf(LibraryException.of(library, e).getMessage())
                                .endsWith("; update javigate"));
            }
            for (Executable open :
                    List.<Executable>of(
                            () -> LuceneClipStore.openToRead(library, null),
                            () -> LuceneClipStore.openToWrite(library, Samples.MODEL))) {
                String message = failure(open);
                assertTrue(message.startsWith(library + ": another version of javigate"), message);
                assertTrue(message.endsWith("; update javigate"), message);
            }
        }
    }

    private void addWith(Codec codec, Directory directory) throws IOException {
        IndexWriterConfig config = new IndexWriterConfig().setCodec(codec);
        try (IndexWriter writer = new IndexWriter(directory, config)) {
            Map<String, String> kept = new HashMap<>();
            writer.getLiveCommitData().forEach(e -> kept.put(e.getKey(), e.getValue()));
            writer.addDocument(
                    ClipDocument.of(video("b.mp4", 1).getFirst(), 30_000, VectorFormat.F16));
            writer.setLiveCommitData(kept.entrySet());
            writer.commit();
        }
    }

    @Test
    void anInterruptBreaksOneChangeAtMost() throws IOException {
        List<StoredClip> before = video("a.mp4", 2);
        try (ClipStore store = LuceneClipStore.openToWrite(folder, Samples.MODEL)) {
            store.putVideo(before);
            int broken = 0;
            for (int i = 0; i < 5; i++) {
                Thread.currentThread().interrupt();
                try {
                    store.putVideo(video("b.mp4", 1));
                } catch (LibraryException e) {
                    assertEquals(
                            folder + ": interrupted; nothing reported done is lost, try again",
                            e.getMessage());
                    broken++;
                } finally {
                    Thread.interrupted(); // clears it
                }
                store.putVideo(video("c" + i + ".mp4", 1));
                assertSame(before.get(1), store.get(before.get(1).id()).orElseThrow());
            }
            assertTrue(broken > 0, "never interrupted");
        }
        try (ClipStore store = LuceneClipStore.openToWrite(folder, Samples.MODEL)) {
            for (int i = 0; i < 5; i++) {
                assertTrue(store.find(Samples.path("c" + i + ".mp4")).isPresent());
            }
            assertEquals(2, store.clips(Samples.path("a.mp4")).size());
        }
    }

    @Test
    void anotherLibraryInTheSameFolderIsNotFollowed() throws IOException {
        LibraryModel other = new LibraryModel("other", "beef", Samples.WIDTH, 100, 0.5);
        for (LibraryModel second : List.of(other, Samples.MODEL)) {
            Path library = folder.resolve(second.name());
            try (LuceneClipStore store = LuceneClipStore.openToWrite(library, Samples.MODEL)) {
                store.putVideo(video("a.mp4", 2));
            }
            try (ClipStore reader = LuceneClipStore.openToRead(library, Samples.MODEL)) {
                for (Path file : files(library.resolve("clips"))) {
                    Files.delete(file);
                }
                try (ClipStore store = LuceneClipStore.openToWrite(library, second)) {
                    store.putVideo(video("b.mp4", 3));
                }
                for (int i = 0; i < 2; i++) {
                    assertEquals(
                            library + ": another library was made there meanwhile; open it anew",
                            failure(reader::refresh));
                    assertEquals(2, reader.count());
                }
            }
        }
    }

    @Test
    void anotherLibraryInTheSameFolderIsNotWrittenTo() throws IOException {
        LibraryModel other = new LibraryModel("other", "beef", 8, 100, 0.5);
        Path moved = folder.resolve("moved");
        Path library = folder.resolve("library");
        try (LuceneClipStore second = LuceneClipStore.openToWrite(moved, other)) {
            second.putVideo(Samples.video(random, "b.mp4", 2, 8));
        }
        try (LuceneClipStore store = LuceneClipStore.openToWrite(library, Samples.MODEL)) {
            store.putVideo(video("a.mp4", 2));
            for (Path file : files(library.resolve("clips"))) {
                Files.delete(file);
            }
            for (Path file : files(moved.resolve("clips"))) {
                Files.copy(file, library.resolve("clips").resolve(file.getFileName()));
            }
            for (int i = 0; i < 3; i++) {
                String said = failure(() -> store.putVideo(video("c.mp4", 1)));
                assertTrue(
                        i == 0
                                || said.equals(
                                        library
                                                + ": another library was made there meanwhile; open"
                                                + " it anew"),
                        said);
            }
        }
        try (LuceneClipStore store = LuceneClipStore.openToWrite(library, other)) {
            assertEquals(2, store.clips(Samples.path("b.mp4")).size());
            assertEquals(2, store.count());
        }
    }

    @Test
    void framesThatNearlyCancelOutAreNoProblem() throws IOException {
        for (VectorFormat format : VectorFormat.values()) {
            Path library = folder.resolve(format.name());
            try (LuceneClipStore store =
                    LuceneClipStore.openToWrite(library, Samples.MODEL, format, null)) {
                for (int i = 0; i < 40; i++) {
                    float[] frame = Samples.vector(random, Samples.WIDTH);
                    float[] noise = Samples.vector(random, Samples.WIDTH);
                    float[] back = new float[Samples.WIDTH];
                    double size = Math.pow(10, -6 + i / 8.0);
                    for (int d = 0; d < back.length; d++) {
                        back[d] = (float) (-frame[d] + size * noise[d]);
                    }
                    float[][] frames = {frame, back};
                    StoredClip clip =
                            Samples.clip(
                                    Samples.file(random, i + ".mp4"),
                                    0,
                                    new ClipVectors(frames, frames, new float[0], new float[0][]));
                    store.putVideo(List.of(clip));
                }
                try (LibrarySnapshot snapshot = store.snapshot()) {
                    while (snapshot.nextVideo()) {
                        assertEquals(List.of(), snapshot.problems());
                    }
                }
            }
        }
    }

    @Test
    void closingASnapshotAgainDoesNothing() throws IOException {
        try (LuceneClipStore store = LuceneClipStore.openToWrite(folder, Samples.MODEL)) {
            store.putVideo(video("a.mp4", 1));
            LibrarySnapshot snapshot = store.snapshot();
            snapshot.close();
            snapshot.close();
            assertEquals(1, store.count());
        }
    }

    @Test
    void whatASearchReliesOnIsCheckedAgainstTheFrames() throws IOException {
        for (VectorFormat format : VectorFormat.values()) {
            Path library = folder.resolve(format.name());
            LibraryHeader header;
            try (LuceneClipStore store =
                    LuceneClipStore.openToWrite(library, Samples.MODEL, format, null)) {
                header = store.header();
            }
            List<StoredClip> clips = video("a.mp4", 5);
            try (Directory directory = new MMapDirectory(library.resolve("clips"));
                    IndexWriter writer = LuceneFolder.writer(library, directory, header)) {
                for (int i = 0; i < clips.size(); i++) {
                    Document document = ClipDocument.of(clips.get(i), 150_000, format);
                    ByteBuffer frames = patched(document, ClipDocument.FRAMES);
                    ByteBuffer pooled = patched(document, ClipDocument.POOLED);
                    switch (i) {
                        case 1 -> frames.putDouble(8, frames.getDouble(8) * (1 + 1e-9));
                        case 2 -> frames.putFloat(16, frames.getFloat(16) * 1.01f);
                        case 3 -> pooled.putFloat(16, -pooled.getFloat(16));
                        case 4 -> {
                            if (format == VectorFormat.INT8) {
                                int radius = 16 + 4 * clips.get(i).vectors().frameCount();
                                frames.putFloat(radius, frames.getFloat(radius) / 2);
                            } else if (format == VectorFormat.F16) {
                                frames.putFloat(16, frames.getFloat(16) * 2);
                                for (int e = 0; e < Samples.MODEL.width(); e++) {
                                    float half = Float.float16ToFloat(frames.getShort(64 + 2 * e));
                                    frames.putShort(64 + 2 * e, Float.floatToFloat16(half / 2));
                                }
                            }
                        }
                        default -> {}
                    }
                    writer.addDocument(document);
                }
                writer.commit();
            }
            try (LuceneClipStore store = LuceneClipStore.openToRead(library, null);
                    LibrarySnapshot snapshot = store.snapshot()) {
                assertTrue(snapshot.nextVideo());
                List<String> problems = snapshot.problems();
                assertEquals(format == VectorFormat.F32 ? 3 : 4, problems.size(), "" + problems);
                assertTrue(problems.get(0).contains("clip at 30000 ms: the mean of its frames"));
                assertTrue(problems.get(1).contains("clip at 60000 ms: frame 0 is"));
                assertTrue(problems.get(2).contains("clip at 90000 ms: mean frame 0 is"));
                if (format == VectorFormat.F16) {
                    assertTrue(
                            problems.get(3)
                                    .contains("clip at 120000 ms: frame 0 is stored with length"));
                }
            }
        }
    }

    private static ByteBuffer patched(Document document, String field) {
        BytesRef value = document.getBinaryValue(field);
        return ByteBuffer.wrap(value.bytes, value.offset, value.length)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    @Test
    void aVideoIsChangedOnlyWhereItIsThere() throws IOException {
        try (LuceneClipStore store =
                LuceneClipStore.openToWrite(folder.resolve("c"), Samples.MODEL)) {
            List<StoredClip> video = Samples.video(new SplittableRandom(8), "a", 2, Samples.WIDTH);
            String path = video.getFirst().file().path();
            assertTrue(store.changeVideo(path, clips -> clips).isEmpty());
            store.putVideo(video);
            List<StoredClip> first =
                    store.changeVideo(path, clips -> clips.subList(0, 1)).orElseThrow();
            assertEquals(1, first.size());
            assertEquals(1, store.count());
            assertTrue(store.bytes() > 0);
        }
    }

    @Test
    void aCommitThatIsNoneIsDamageAndNoOldLibrary() throws IOException {
        Path library = folder.resolve("d");
        LuceneClipStore.openToWrite(library, Samples.MODEL).close();
        try (Stream<Path> files = Files.walk(library)) {
            for (Path file : files.filter(f -> f.toString().contains("segments_")).toList()) {
                Files.writeString(file, "garbage\n");
            }
        }
        LibraryException e =
                assertThrows(
                        LibraryException.class, () -> LuceneClipStore.openToRead(library, null));
        assertTrue(e.isOfDamage(), e.getMessage());
    }
}
