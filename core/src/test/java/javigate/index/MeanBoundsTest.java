package javigate.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeanBoundsTest {
    private static final int SCALE_AT = 16;
    private static final int ROW_RADIUS_AT = 20;
    private static final int FRAMES_AT = 24;
    private static final int RADIUS_AT = 28;
    private static final int TAIL_RADIUS_AT = 32;
    private static final int LONG_TAIL_RADIUS_AT = 36;
    private static final int MEAN_NORM_AT = 40;

    @TempDir Path folder;

    private final RandomGenerator random = new SplittableRandom(17);

    @Test
    void everyScoreLiesBetweenItsBounds() throws CorruptIndexException {
        int turns = 3000;
        int close = 0;
        int[] closer = new int[FrameSpread.HEADS];
        for (int turn = 0; turn < turns; turn++) {
            int width = 1 + random.nextInt(turn % 50 == 0 ? 800 : 140);
            double alpha =
                    turn % 9 == 0
                            ? Math.pow(10, 8 * random.nextDouble() - 3)
                            : 1 + 199 * random.nextDouble();
            LibraryModel model = new LibraryModel("m", "f", width, alpha, turn % 5 / 4.0);
            float[][] frames = frames(1 + random.nextInt(32), width, random.nextDouble());
            if (turn % 11 == 0) { // what one byte holds exactly, but halves do not
                for (float[] frame : frames) {
                    for (int i = 0; i < width; i++) {
                        frame[i] = 1 + random.nextInt(2) * 0x1p-11f;
                    }
                }
            }
            FrameBlock mean = mean(frames, width);
            FrameSpread spread = mean.spread();
            assertEquals(frames.length, spread.frames());
            // Texts near a frame come nearest to the bounds.
            float[] text = turn % 3 == 0 ? frames[0].clone() : Samples.vector(random, width);
            if (turn % 7 == 0) { // away from the mean: where one frame stands out
                float[] away = LateInteractionScore.pooled(frames);
                for (int i = 0; i < width; i++) {
                    text[i] = frames[0][i] - away[i];
                }
            }
            if (LateInteractionScore.dot(text, text) == 0) {
                continue;
            }
            ScanQuery query = new ScanQuery(text);
            float[] cosine = new float[1];
            DotKernel.best().cosines(mean, query, cosine);
            MeanBounds bounds = new MeanBounds(model);
            bounds.clip(mean, query.error(mean, true));
            double score =
                    LateInteractionScore.of(frames, text, alpha, model.localWeight()).score();
            double base = bounds.perCosine() * cosine[0];
            assertTrue(base + bounds.low() <= score, turn + ": " + score);
            assertTrue(base + bounds.high() >= score, turn + ": " + score);
            close += base + bounds.high() < score + 0.1 ? 1 : 0;
            for (int head = 0; head < FrameSpread.HEADS; head++) {
                double high = headHigh(head, bounds, mean, frames, query, model.localWeight());
                assertTrue(high >= score, turn + ": " + score + " above " + high);
                closer[head] += high < score + 0.1 ? 1 : 0;
            }
        }
        assertTrue(close > turns / 10, close + " of " + turns); // nor are they anywhere
        String counts = close + " of " + turns + ", then " + Arrays.toString(closer);
        assertTrue(closer[0] > close && closer[1] > closer[0], counts);
    }

    /** With a head of the frames known, computed as a batch does. */
    private static double headHigh(
            int head,
            MeanBounds bounds,
            FrameBlock mean,
            float[][] frames,
            ScanQuery query,
            double localWeight)
            throws CorruptIndexException {
        bounds.clip(mean, query.error(mean, false));
        float[] row = new float[mean.rowElements()];
        mean.decode(0, row.length, row);
        double g = LateInteractionScore.dot(row, query.unit()) * mean.scale(0);
        double sum = 0;
        double max = Double.NEGATIVE_INFINITY;
        for (float[] frame : frames) {
            float[] unit = LateInteractionScore.unit(frame);
            double product = 0;
            for (int i = 0; i < Math.min(unit.length, FrameSpread.head(head, unit.length)); i++) {
                product += (double) unit[i] * query.unit()[i];
            }
            sum += product;
            max = Math.max(max, product);
        }
        return bounds.perCosine() * g
                + localWeight * (max - sum / frames.length)
                + bounds.perTail(head) * query.tailNorm(head)
                + bounds.headHigh();
    }

    private float[][] frames(int count, int width, double noise) {
        float[] about = LateInteractionScore.unit(Samples.vector(random, width));
        float[][] frames = Samples.vectors(random, count, width);
        for (int n = 0; n < count; n++) {
            frames[n] = LateInteractionScore.unit(frames[n]);
            for (int i = 0; i < width; i++) {
                frames[n][i] = (float) ((1 - noise) * about[i] + noise * frames[n][i]);
            }
            frames[n] = LateInteractionScore.unit(frames[n]);
        }
        return frames;
    }

    private static FrameBlock mean(float[][] frames, int width) throws CorruptIndexException {
        float[] pooled = LateInteractionScore.pooled(frames);
        byte[] bytes = FrameBlock.encodeMean(pooled, FrameSpread.of(frames));
        FrameBlock mean = new FrameBlock(width);
        mean.at(MemorySegment.ofArray(bytes), 0, bytes.length);
        return mean;
    }

    @Test
    void framesThatCancelOutBoundNothing() throws CorruptIndexException {
        FrameBlock mean = mean(new float[][] {{1, 0, 0}, {-1, 0, 0}}, 3);
        MeanBounds bounds = new MeanBounds(new LibraryModel("m", "f", 3, 100, 0));
        bounds.clip(mean, 0.1);
        assertEquals(0, bounds.perCosine());
        assertEquals(Double.NEGATIVE_INFINITY, bounds.low());
        assertEquals(Double.POSITIVE_INFINITY, bounds.high());
        assertEquals(Double.POSITIVE_INFINITY, bounds.headHigh());
        assertEquals(0, bounds.perTail(0));
        assertEquals(0, bounds.perTail(1));
    }

    @Test
    void aSpreadThatCannotBeIsRefused() throws CorruptIndexException {
        FrameBlock mean = mean(frames(3, 20, 0.3), 20);
        FrameSpread good = mean.spread();
        MemorySegment memory = mean.memory();
        for (int frames : new int[] {0, -1}) {
            memory.set(ValueLayout.JAVA_INT_UNALIGNED, FRAMES_AT, frames);
            assertThrows(CorruptIndexException.class, mean::spread);
        }
        memory.set(ValueLayout.JAVA_INT_UNALIGNED, FRAMES_AT, 3);
        int[] places = {SCALE_AT, ROW_RADIUS_AT, RADIUS_AT, LONG_TAIL_RADIUS_AT, TAIL_RADIUS_AT};
        for (int at : places) {
            float before = memory.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at);
            for (float radius : new float[] {Float.NaN, -1, 3, Float.POSITIVE_INFINITY}) {
                memory.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at, radius);
                assertThrows(CorruptIndexException.class, mean::spread);
            }
            memory.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at, before);
        }
        memory.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, MEAN_NORM_AT, 1.5);
        assertThrows(CorruptIndexException.class, mean::spread);
        memory.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, MEAN_NORM_AT, good.meanNorm());
        assertEquals(good, mean.spread());
    }

    @Test
    void aSpreadWithoutALongTailReadsWithOneThatBoundsIt() throws CorruptIndexException {
        FrameBlock mean = mean(frames(3, 200, 0.3), 200);
        FrameSpread good = mean.spread();
        assertTrue(good.tailRadius() < good.longTailRadius(), good.toString());
        assertTrue(good.longTailRadius() < good.radius(), good.toString());
        mean.memory().set(ValueLayout.JAVA_FLOAT_UNALIGNED, LONG_TAIL_RADIUS_AT, 0);
        FrameSpread read = mean.spread();
        assertEquals(good.radius(), read.longTailRadius());
        assertEquals(good.tailRadius(), read.tailRadius());
    }

    /** What the two scans are for: of most clips no frame is read. */
    @Test
    void mostClipsOfALibraryOfScenesAreLeftOutByTheirMeans() throws IOException {
        int width = 64;
        LibraryModel model = new LibraryModel("m", "f", width, 100, 0.5);
        try (LuceneClipStore store =
                LuceneClipStore.openToWrite(folder, model, VectorFormat.F16, null)) {
            List<StoredClip> clips = new ArrayList<>();
            VideoFile file = Samples.file(random, "a.mp4");
            for (int i = 0; i < 300; i++) {
                float[][] frames = frames(8, width, 0.2);
                ClipVectors vectors = new ClipVectors(frames, frames, new float[0], new float[0][]);
                clips.add(Samples.clip(file, 30_000L * i, vectors));
            }
            store.putVideo(clips);
            float[] text = Samples.vector(random, width);
            double tenth = store.search(text, 10, Scope.ALL).hits().getLast().score();
            try (FSDirectory directory = FSDirectory.open(folder.resolve("clips"));
                    DirectoryReader reader = DirectoryReader.open(directory)) {
                float[][] highs = MeanBatch.byLeaf(reader, 1);
                AcceptedClips all = AcceptedClips.of(reader, ClipFilter.parse(List.of()));
                ScanQuery query = new ScanQuery(text);
                MeanScan scan = new MeanScan(model, all, query, 10, Sound.WITH, highs);
                int reaching = 0;
                for (LeafReaderContext leaf : reader.leaves()) {
                    scan.scan(leaf, 0, leaf.reader().maxDoc());
                    for (float high : highs[leaf.ord]) {
                        reaching += high >= tenth ? 1 : 0;
                    }
                }
                assertEquals(300, scan.visited());
                assertEquals(10, scan.lows().places().length);
                assertTrue(scan.lows().threshold() <= tenth);
                assertTrue(reaching >= 10 && reaching < 150, reaching + " of 300");
            }
        }
    }

    /**
     * A clip whose frames are damaged on the disk is found out only where it may be among the best.
     */
    @Test
    void ofClipsThatAreFarOffNoFrameIsRead() throws IOException {
        int width = 64;
        LibraryModel model = new LibraryModel("m", "f", width, 100, 0.5);
        float[] text = LateInteractionScore.unit(Samples.vector(random, width));
        float[] away = new float[width];
        for (int i = 0; i < width; i++) {
            away[i] = -text[i];
        }
        float[][] far = {away, away};
        List<String> ids = new ArrayList<>();
        try (LuceneClipStore store =
                LuceneClipStore.openToWrite(folder, model, VectorFormat.F16, null)) {
            VideoFile file = Samples.file(random, "a.mp4");
            List<StoredClip> clips = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                float[][] frames = i == 7 ? far : new float[][] {text, frames(1, width, 0)[0]};
                ClipVectors vectors = new ClipVectors(frames, frames, new float[0], new float[0][]);
                clips.add(Samples.clip(file, 30_000L * i, vectors));
                ids.add(clips.getLast().id());
            }
            store.putVideo(clips);
        }
        byte[] block = FrameBlock.encode(VectorFormat.F16, far);
        byte[] damaged = block.clone();
        Arrays.fill(damaged, Long.BYTES, 2 * Long.BYTES, (byte) -1);
        replace(block, damaged);
        ids.remove(7);
        try (LuceneClipStore store = LuceneClipStore.openToRead(folder, model)) {
            SearchResult found = store.search(text, 10, Scope.ALL);
            assertEquals(10, found.hits().size());
            List<float[]> texts = Collections.nCopies(32, text);
            assertEquals(found, store.searchBatch(texts, 10, Scope.ALL).getLast());
            assertEquals(29, store.ranksOf(text, ids, Scope.ALL).size());
            assertThrows(LibraryException.class, () -> store.search(away, 1, Scope.ALL));
            List<float[]> aways = Collections.nCopies(32, away);
            assertThrows(LibraryException.class, () -> store.searchBatch(aways, 1, Scope.ALL));
        }
    }

    @Test
    void checkComparesTheSpreadWithTheFrames() throws IOException {
        float[][] frames = frames(3, Samples.WIDTH, 0.4);
        ClipVectors vectors = new ClipVectors(frames, frames, new float[0], new float[0][]);
        float[][] read = new float[3][];
        try (LuceneClipStore store =
                LuceneClipStore.openToWrite(folder, Samples.MODEL, VectorFormat.F32, null)) {
            StoredClip clip = Samples.clip(Samples.file(random, "a.mp4"), 0, vectors);
            store.putVideo(List.of(clip));
            read = store.get(clip.id()).orElseThrow().vectors().frames();
        }
        float[] pooled = LateInteractionScore.pooled(read);
        FrameSpread good = FrameSpread.of(read);
        float less = good.tailRadius() / 2;
        byte[] right = FrameBlock.encodeMean(pooled, good);
        for (FrameSpread wrong :
                List.of(
                        new FrameSpread(4, good.meanNorm(), good.radius(), less, less),
                        new FrameSpread(3, good.meanNorm(), good.radius(), less, less),
                        new FrameSpread(3, good.meanNorm() / 2, good.radius(), less, less))) {
            assertProblems(1, right, FrameBlock.encodeMean(pooled, wrong));
        }
        byte[] older = right.clone();
        Arrays.fill(older, LONG_TAIL_RADIUS_AT, LONG_TAIL_RADIUS_AT + Float.BYTES, (byte) 0);
        assertProblems(0, right, older);
        byte[] none = right.clone();
        Arrays.fill(none, MEAN_NORM_AT, MEAN_NORM_AT + Double.BYTES, (byte) -1);
        assertProblems(1, right, none);
    }

    private void assertProblems(int expected, byte[] block, byte[] instead) throws IOException {
        replace(block, instead);
        try (LuceneClipStore store = LuceneClipStore.openToRead(folder, Samples.MODEL);
                LibrarySnapshot snapshot = store.snapshot()) {
            assertTrue(snapshot.nextVideo());
            assertEquals(expected, snapshot.problems().size(), snapshot.problems().toString());
        }
        replace(instead, block);
    }

    /** Overwrites a block that the library holds once. */
    private void replace(byte[] block, byte[] by) throws IOException {
        int found = 0;
        try (Stream<Path> files = Files.list(folder.resolve("clips"))) {
            for (Path file : files.toList()) {
                byte[] bytes = Files.readAllBytes(file);
                for (int i = 0; i + block.length <= bytes.length; i++) {
                    if (Arrays.equals(bytes, i, i + block.length, block, 0, block.length)) {
                        System.arraycopy(by, 0, bytes, i, by.length);
                        found++;
                    }
                }
                Files.write(file, bytes);
            }
        }
        assertEquals(1, found);
    }
}
