package javigate.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class VectorFormatTest {
    /** Written by a program of library format 2, see {@link #oldClips}. */
    private static final List<String> OLD_FILES =
            List.of("_0.cfe", "_0.cfs", "_0.si", "_2.cfe", "_2.cfs", "_2.si", "segments_5");

    @TempDir Path folder;

    private final RandomGenerator random = new SplittableRandom(2);

    @Test
    void blocksHaveTheStatedSizes() {
        assertEquals(25_216, VectorFormat.F32.storedBytes(12, 512));
        assertEquals(12_928, VectorFormat.F16.storedBytes(12, 512));
        assertEquals(6_272, VectorFormat.INT8.scannedBytes(12, 512));
        assertEquals(19_200, VectorFormat.INT8.storedBytes(12, 512));
        for (VectorFormat format : VectorFormat.values()) {
            float[][] unit = {{1, 0, 0}, {0, 0.6f, 0.8f}};
            assertEquals(format.scannedBytes(2, 3), FrameBlock.encode(format, unit).length);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLibrarySoundingAlikeStoresItsVectorsOnce(VectorFormat format) throws IOException {
        int width = 512;
        LibraryModel model = new LibraryModel("m", "wide", width, 100, 0.5);
        long[] bytes = new long[2];
        for (int variants = 1; variants <= 2; variants++) {
            Path library = folder.resolve("library" + variants);
            try (LuceneClipStore store =
                    LuceneClipStore.openToWrite(library, model, format, null)) {
                List<StoredClip> clips = new ArrayList<>();
                VideoFile file = Samples.file(random, "a.mp4");
                for (int i = 0; i < 20; i++) {
                    float[][] with = Samples.vectors(random, 12, width);
                    float[][] without =
                            variants == 1 ? with.clone() : Samples.vectors(random, 12, width);
                    clips.add(
                            Samples.clip(
                                    file,
                                    30_000L * i,
                                    new ClipVectors(with, without, new float[0], new float[0][])));
                }
                store.putVideo(clips);
                assertEquals(20L * format.scannedBytes(12, width), store.readAll(Sound.WITH));
                assertEquals(20L * format.scannedBytes(12, width), store.readAll(Sound.WITHOUT));
            }
            try (Stream<Path> files = Files.list(library.resolve("clips"))) {
                for (Path file : files.toList()) {
                    bytes[variants - 1] += Files.size(file);
                }
            }
        }
        double vectors = 20.0 * format.storedBytes(12, width);
        assertEquals(vectors, (double) (bytes[1] - bytes[0]), 1000.0);
        assertEquals(vectors, (double) bytes[0], 12_000.0);
    }

    @Test
    void halvesRoundTripAndAreStableWhenStoredAgain() throws CorruptIndexException {
        for (int width : new int[] {1, 2, 3, 6, 24, 512}) {
            float[][] unit = new float[1000][];
            for (int n = 0; n < unit.length; n++) {
                float[] vector = Samples.vector(random, width);
                for (int i = n % 3; i < width; i += 3) {
                    vector[i] *= 1e-3f; // few large values: their rounding changes the length
                }
                unit[n] = LateInteractionScore.unit(vector);
            }
            float[][] read = read(VectorFormat.F16, unit);
            for (int n = 0; n < unit.length; n++) {
                for (int i = 0; i < width; i++) {
                    float half = Float.float16ToFloat(Float.floatToFloat16(unit[n][i]));
                    assertEquals(half, read[n][i], Math.abs(half) * 7e-4);
                }
                assertEquals(1, LateInteractionScore.dot(read[n], read[n]), 1e-6);
            }
            assertArrayEquals(read, read(VectorFormat.F16, read));
            assertArrayEquals(unit, read(VectorFormat.F32, unit));
        }
    }

    @Test
    void halvesOfAnotherLengthAreStoredWithALengthOfAboutOne() throws CorruptIndexException {
        for (float length : new float[] {0.998f, 0.9985f, 0.999f, 1.001f, 1.0015f, 1.002f}) {
            float[] halves = Halves.of(LateInteractionScore.unit(Samples.vector(random, 24)));
            for (int i = 0; i < halves.length; i++) {
                halves[i] = Float.float16ToFloat(Float.floatToFloat16(halves[i] * length));
            }
            byte[] bytes =
                    FrameBlock.encode(
                            VectorFormat.F16, new float[][] {LateInteractionScore.unit(halves)});
            FrameBlock block = new FrameBlock(24);
            block.at(MemorySegment.ofArray(bytes), 0, bytes.length);
            assertEquals(1, 1 / block.scale(0), Halves.lengthError(24));
        }
    }

    private static float[][] read(VectorFormat format, float[][] unit)
            throws CorruptIndexException {
        FrameBlock block = new FrameBlock(unit[0].length);
        byte[] bytes = FrameBlock.encode(format, unit);
        block.at(MemorySegment.ofArray(bytes), 0, bytes.length);
        return block.vectors();
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNotAFiniteDirectionIsRefused(VectorFormat format) {
        for (float wrong : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            float[][] frames = {{1, 0}, {0, wrong}};
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new ClipVectors(frames, frames, new float[0], new float[0][]));
            assertThrows(IllegalArgumentException.class, () -> FrameBlock.encode(format, frames));
        }
    }

    @Test
    void bytesThatAreNoBlockAreRefused() throws CorruptIndexException {
        byte[] good = FrameBlock.encode(VectorFormat.F16, new float[][] {{1, 0}, {0, 1}});
        MemorySegment memory = MemorySegment.ofArray(good);
        FrameBlock used = new FrameBlock(2);
        used.at(memory, 0, good.length);
        for (FrameBlock block : List.of(new FrameBlock(2), used)) {
            for (int at : new int[] {0, 1, 2, 4}) { // version, format, frames, width
                byte[] wrong = good.clone();
                wrong[at] ^= 0x40;
                for (int time = 0; time < 2; time++) {
                    assertThrows(
                            CorruptIndexException.class,
                            () -> block.at(MemorySegment.ofArray(wrong), 0, wrong.length));
                }
            }
            byte[] nothing = new byte[good.length];
            assertThrows(
                    CorruptIndexException.class,
                    () -> block.at(MemorySegment.ofArray(nothing), 0, nothing.length));
            for (int length : new int[] {0, 15, good.length - 1}) {
                assertThrows(CorruptIndexException.class, () -> block.at(memory, 0, length));
            }
        }
        assertEquals(2, used.frames()); // where it was
        assertEquals(memory, used.memory());
        used.at(memory, 0, good.length);
        assertEquals(1, used.scale(1));
    }

    /** What was put into the old library; then b.mp4 was removed. */
    private List<StoredClip> oldClips() {
        List<StoredClip> clips = new ArrayList<>();
        for (String name : List.of("a.mp4", "b.mp4", "c.mp4")) {
            VideoFile drawn = Samples.file(random, name);
            VideoFile file =
                    new VideoFile(
                            "/videos/" + name,
                            drawn.sizeBytes(),
                            drawn.modifiedMs(),
                            drawn.sha256());
            for (int i = 0; i < 3; i++) {
                int frames = 1 + random.nextInt(6);
                ClipVectors vectors = Samples.clipVectors(random, frames, Samples.WIDTH);
                clips.add(Samples.clip(file, 30_000L * i, vectors));
            }
        }
        clips.removeIf(clip -> clip.file().path().endsWith("b.mp4"));
        return clips;
    }

    private void copyOld(int version) throws IOException {
        Files.createDirectories(folder.resolve("clips"));
        for (String name : OLD_FILES) {
            try (InputStream file =
                    VectorFormatTest.class.getResourceAsStream(
                            "library-format-" + version + "/clips/" + name)) {
                Files.copy(
                        java.util.Objects.requireNonNull(file),
                        folder.resolve("clips").resolve(name));
            }
        }
    }

    @Test
    void whatIsRemovedWhileALibraryIsBroughtUpToDateStaysRemoved() throws IOException {
        copyOld(3);
        try (LuceneClipStore store = LuceneClipStore.openToWrite(folder, null)) {
            List<StoredVideo> videos = store.videos();
            assertTrue(videos.size() > 1);
            List<Integer> done = new ArrayList<>();
            store.compact(
                    progress -> {
                        done.add(progress.done());
                        videos.forEach(video -> remove(store, video.file().path()));
                    });
            assertEquals(videos.size(), done.size());
            assertEquals(0, store.count());
        }
    }

    private static void remove(LuceneClipStore store, String path) {
        try {
            store.removeVideo(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void aLibraryOfAnOlderFormatIsReadChangedAndBroughtUpToDate(int version) throws IOException {
        copyOld(version);
        List<StoredClip> clips = new ArrayList<>(oldClips());
        try (LuceneClipStore store = LuceneClipStore.openToRead(folder, Samples.MODEL)) {
            assertEquals(version, store.header().formatVersion());
            checkOld(store, clips);
            store.verify();
            assertEquals(clips.size(), soundClips(store));
        }
        try (ClipStore store = LuceneClipStore.openToWrite(folder, Samples.MODEL)) {
            for (int i = 0; i < 12; i++) { // enough to have old and new parts merged
                List<StoredClip> more = Samples.video(random, "n" + i + ".mp4", 2, Samples.WIDTH);
                store.putVideo(more);
                clips.addAll(more);
            }
            checkOld(store, clips);
        }
        try (LuceneClipStore store = LuceneClipStore.openToRead(folder, null)) {
            assertEquals(5, store.header().formatVersion());
            assertEquals(
                    version == 4 ? VectorFormat.F16 : VectorFormat.F32, store.header().vectors());
            checkOld(store, clips);
            store.verify();
            // Of formats below 4 a merged part is old as a whole.
            assertTrue(version == 4 ? oldVideos().size() == 2 : oldVideos().size() >= 2);
        }
        if (version < 4) {
            refuseFilters();
        }
        try (LuceneClipStore store = LuceneClipStore.openToWrite(folder, null)) {
            store.compact(_ -> {});
            checkOld(store, clips);
            store.verify();
            assertEquals(clips.size(), soundClips(store));
            assertEquals(clips.size(), found(store, "duration>1"));
            assertEquals(
                    clips.size(),
                    store.searchApproximately(
                                    Samples.vector(random, Samples.WIDTH), 99, 99, Scope.ALL)
                            .hits()
                            .size());
        }
        assertEquals(List.of(), oldVideos());
    }

    private List<String> oldVideos() throws IOException {
        try (FSDirectory directory = FSDirectory.open(folder.resolve("clips"));
                DirectoryReader reader = DirectoryReader.open(directory)) {
            return ClipListing.oldVideos(reader, Samples.WIDTH);
        }
    }

    private void refuseFilters() throws IOException {
        try (LuceneClipStore store = LuceneClipStore.openToRead(folder, null)) {
            assertEquals(
                    folder
                            + ": an older javigate wrote some of the clips, without what filters and"
                            + " approximate search need; run `javigate compact` once",
                    assertThrows(LibraryException.class, () -> found(store, "duration>1"))
                            .getMessage());
            float[] query = Samples.vector(random, Samples.WIDTH);
            assertThrows(
                    LibraryException.class,
                    () -> store.searchApproximately(query, 1, 1, Scope.ALL));
        }
    }

    /** Clips of videos with which nothing is wrong. */
    private static int soundClips(LuceneClipStore store) throws IOException {
        int clips = 0;
        try (LibrarySnapshot snapshot = store.snapshot()) {
            while (snapshot.nextVideo()) {
                assertEquals(List.of(), snapshot.problems());
                clips += snapshot.segments();
            }
        }
        return clips;
    }

    private int found(ClipStore store, String filter) throws IOException {
        Scope scope = new Scope(Sound.WITH, ClipFilter.parse(List.of(filter)));
        return store.search(Samples.vector(random, Samples.WIDTH), 99, scope).hits().size();
    }

    private void checkOld(ClipStore store, List<StoredClip> clips) throws IOException {
        assertEquals(clips.size(), store.count());
        float[] query = Samples.vector(random, Samples.WIDTH);
        List<float[]> queries = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            queries.add(query);
        }
        for (Sound sound : Sound.values()) {
            SearchResult found = store.search(query, clips.size(), Scope.of(sound));
            assertEquals(clips.size(), found.hits().size());
            assertEquals(found, store.searchBatch(queries, clips.size(), Scope.of(sound)).get(6));
            for (StoredClip clip : clips) {
                ClipVectors stored = store.get(clip.id()).orElseThrow().vectors();
                boolean with = sound == Sound.WITH;
                float[][] given =
                        with ? clip.vectors().frames() : clip.vectors().framesWithoutSound();
                float[][] read = with ? stored.frames() : stored.framesWithoutSound();
                for (int n = 0; n < given.length; n++) {
                    float[] unit = LateInteractionScore.unit(given[n]);
                    VectorFormat format = store.header().vectors();
                    assertArrayEquals(FrameBlock.reading(format, unit), read[n]);
                }
                double score = LateInteractionScore.of(read, query, 100, 0.5).score();
                assertTrue(found.hits().contains(new ScoredClip(clip.id(), score)));
            }
        }
    }
}
