package javigate.index;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ExactSearchTest {
    /** Rounding of doubles. */
    private static final double ROUNDING = 1e-12;

    @TempDir Path folder;

    private static double oracle(float[][] frames, float[] text, LibraryModel model) {
        return oracle(frames, text, model.alpha(), model.localWeight());
    }

    /** Eq. 7 to 9 from the vectors, as the equations read, in double precision. */
    private static double oracle(float[][] frames, float[] text, double alpha, double localWeight) {
        double[] pooled = new double[text.length];
        double exponentials = 0;
        for (float[] frame : frames) {
            double norm = Math.sqrt(product(doubles(frame), doubles(frame)));
            for (int i = 0; i < pooled.length; i++) {
                pooled[i] += frame[i] / norm / frames.length;
            }
            // exp(200) is far from overflow, so the plain sum serves as the reference.
            exponentials += Math.exp(alpha * cosine(doubles(frame), doubles(text)));
        }
        double global = cosine(pooled, doubles(text));
        double local = Math.log(exponentials) / alpha;
        return (1 - localWeight) * global + localWeight * local;
    }

    private static double cosine(double[] a, double[] b) {
        return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
    }

    private static double product(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static double[] doubles(float[] values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }

    @ParameterizedTest
    @EnumSource
    void equalsTheOracleOverRandomLibraries(VectorFormat format) throws IOException {
        for (int seed = 0; seed < 8; seed++) {
            RandomGenerator random = new SplittableRandom(seed);
            double alpha = seed == 7 ? 0.01 : 1 + random.nextDouble() * 199;
            // Wide enough now and then that a batch has two heads of different lengths.
            int width = 3 + random.nextInt(seed % 3 == 1 ? 600 : 150);
            LibraryModel model = new LibraryModel("m", "seed" + seed, width, alpha, seed % 3 / 2.0);
            try (ClipStore store =
                    LuceneClipStore.openToWrite(
                            folder.resolve("library" + seed), model, format, null)) {
                Map<String, ClipVectors> expected = fill(store, random, width);
                List<float[]> texts = new ArrayList<>();
                int queries = seed % 3 == 0 ? 32 + seed : 1 + seed; // batches and their rests
                for (int query = 0; query < queries; query++) {
                    texts.add(Samples.vector(random, width));
                }
                compare(store, expected, texts, 1 + random.nextInt(expected.size() + 5));
            }
        }
    }

    /**
     * Puts, replaces and removes videos; every third shares its vectors with the one before, so
     * that scores are equal, and another third has neighbours that differ by a few roundings.
     *
     * @return what the library holds, as it reads it
     */
    private static Map<String, ClipVectors> fill(ClipStore store, RandomGenerator random, int width)
            throws IOException {
        Map<String, List<StoredClip>> videos = new HashMap<>();
        List<StoredClip> last = List.of();
        for (int step = 0; step < 20; step++) {
            String name = "v" + random.nextInt(11) + ".mp4";
            if (random.nextInt(6) == 0) {
                List<StoredClip> old = videos.remove(name);
                int removed = store.removeVideo(Samples.path(name));
                assertEquals(old == null ? 0 : old.size(), removed);
                continue;
            }
            List<StoredClip> clips = Samples.video(random, name, 1 + random.nextInt(9), width);
            if (random.nextBoolean()) {
                clips = steady(clips, random);
            }
            if (step % 3 > 0 && !last.isEmpty()) {
                VideoFile file = clips.getFirst().file();
                boolean near = step % 3 == 2;
                clips =
                        last.stream()
                                .map(c -> near ? near(c.vectors(), random) : c.vectors())
                                .map(v -> Samples.clip(file, 0, v))
                                .toList();
                clips = restarted(clips);
            }
            store.putVideo(clips);
            videos.put(name, clips);
            last = clips;
        }
        Map<String, ClipVectors> expected = new HashMap<>();
        videos.values().forEach(v -> v.forEach(c -> expected.put(c.id(), c.vectors())));
        VectorFormat full = store.header().vectors().full();
        for (Map.Entry<String, ClipVectors> clip : expected.entrySet()) {
            ClipVectors stored = store.get(clip.getKey()).orElseThrow().vectors();
            float[][] frames = clip.getValue().frames();
            for (int n = 0; n < frames.length; n++) {
                float[] reading = FrameBlock.reading(full, LateInteractionScore.unit(frames[n]));
                assertArrayEquals(reading, stored.frames()[n]);
            }
            clip.setValue(stored);
        }
        return expected;
    }

    /** The same clips with frames around one, as of a scene: most are left out by their mean. */
    private static List<StoredClip> steady(List<StoredClip> clips, RandomGenerator random) {
        List<StoredClip> steady = new ArrayList<>();
        for (StoredClip clip : clips) {
            ClipVectors vectors = clip.vectors();
            steady.add(
                    Samples.clip(
                            clip.file(),
                            clip.startMs(),
                            new ClipVectors(
                                    around(vectors.frames(), random),
                                    around(vectors.framesWithoutSound(), random),
                                    vectors.soundToken(),
                                    vectors.gates())));
        }
        return steady;
    }

    private static float[][] around(float[][] frames, RandomGenerator random) {
        double noise = random.nextDouble() / 2;
        float[] first = LateInteractionScore.unit(frames[0]);
        float[][] around = new float[frames.length][];
        for (int n = 0; n < frames.length; n++) {
            around[n] = LateInteractionScore.unit(frames[n]);
            for (int i = 0; i < first.length; i++) {
                around[n][i] = (float) (first[i] + noise * around[n][i]);
            }
        }
        return around;
    }

    private static List<StoredClip> restarted(List<StoredClip> clips) {
        List<StoredClip> spread = new ArrayList<>();
        for (StoredClip clip : clips) {
            spread.add(Samples.clip(clip.file(), 30_000L * spread.size(), clip.vectors()));
        }
        return spread;
    }

    private static ClipVectors near(ClipVectors vectors, RandomGenerator random) {
        float[][] frames = vectors.frames().clone();
        int n = random.nextInt(frames.length);
        frames[n] = frames[n].clone();
        frames[n][random.nextInt(frames[n].length)] *= 1.003f;
        return new ClipVectors(
                frames, vectors.framesWithoutSound(), vectors.soundToken(), vectors.gates());
    }

    private static void compare(
            ClipStore store, Map<String, ClipVectors> stored, List<float[]> texts, int k)
            throws IOException {
        for (Sound sound : Sound.values()) {
            List<SearchResult> batch = store.searchBatch(texts, k, Scope.of(sound));
            assertEquals(texts.size(), batch.size());
            for (int query = 0; query < texts.size(); query++) {
                float[] text = texts.get(query);
                List<ScoredClip> all = scores(store, stored, text, sound);
                SearchResult result = store.search(text, k, Scope.of(sound));
                assertEquals(all.subList(0, Math.min(k, all.size())), result.hits());
                assertEquals(stored.size(), result.visited());
                assertEquals(result, batch.get(query));
            }
        }
    }

    /** Two frames whose mean halves cannot hold: what is far from it is not what halves leave. */
    @ParameterizedTest
    @EnumSource
    void aMeanBetweenHalvesBoundsItsClip(VectorFormat format) throws IOException {
        float h = 0.70703125f;
        float[][] best = {{h + 0x1p-11f, h}, {h, h}};
        LibraryModel model = new LibraryModel("m", "f", 2, 100, 0);
        List<float[][]> clips = new ArrayList<>();
        for (int i = 1; i < 100; i++) {
            clips.add(new float[][] {{1, 1 + i * 0.2f}});
        }
        clips.add(best);
        requireExact(model, format, clips, new float[] {1, -1});
    }

    /** Frames that one byte a value cannot hold: the products a batch begins with are off. */
    @ParameterizedTest
    @EnumSource
    void codesThatAreFarOffBoundTheirClip(VectorFormat format) throws IOException {
        LibraryModel model = new LibraryModel("m", "f", 10, 1e4, 1);
        float[] near = new float[10];
        for (int i = 0; i < near.length; i++) {
            near[i] = i % 2 == 0 ? 127 : 1;
        }
        float[] up = new float[10];
        up[0] = 1;
        up[1] = 0.0038f;
        float[] down = up.clone();
        down[1] = -0.0038f;
        float[] text = new float[10];
        text[1] = 1;
        requireExact(model, format, List.of(new float[][] {near}, new float[][] {up, down}), text);
    }

    /** A frame that lies from the others just as the text does, in what a batch multiplies last. */
    @ParameterizedTest
    @EnumSource
    void aFrameThatStandsOutBehindTheHeadsIsFound(VectorFormat format) throws IOException {
        LibraryModel model = new LibraryModel("m", "f", 256, 1e3, 1);
        for (int at : new int[] {90, 100, 200}) { // heads end at 96 and 128
            float[] up = new float[256];
            up[0] = 1;
            up[at] = 0.5f;
            float[] down = up.clone();
            down[at] = -0.5f;
            float[] less = up.clone();
            less[at] = 0.4f;
            float[] text = new float[256];
            text[at] = 1;
            requireExact(
                    model, format, List.of(new float[][] {less}, new float[][] {up, down}), text);
        }
    }

    private void requireExact(
            LibraryModel model, VectorFormat format, List<float[][]> frames, float[] text)
            throws IOException {
        RandomGenerator random = new SplittableRandom(3);
        Path library = Files.createTempDirectory(folder, "few");
        try (LuceneClipStore store = LuceneClipStore.openToWrite(library, model, format, null)) {
            VideoFile file = Samples.file(random, "a.mp4");
            List<StoredClip> clips = new ArrayList<>();
            for (float[][] of : frames) {
                ClipVectors vectors = new ClipVectors(of, of, new float[0], new float[0][]);
                clips.add(Samples.clip(file, 30_000L * clips.size(), vectors));
            }
            store.putVideo(clips);
            Map<String, ClipVectors> stored = new HashMap<>();
            for (StoredClip clip : clips) {
                stored.put(clip.id(), store.get(clip.id()).orElseThrow().vectors());
            }
            for (int k : new int[] {1, 2, frames.size()}) {
                compare(store, stored, Collections.nCopies(7, text), k);
                compare(store, stored, Collections.nCopies(32, text), k);
            }
        }
    }

    /** More queries than one pass takes. */
    @Test
    void manyQueriesFindWhatEachFindsAlone() throws IOException {
        RandomGenerator random = new SplittableRandom(4);
        try (ClipStore store =
                LuceneClipStore.openToWrite(
                        folder.resolve("many"), Samples.MODEL, VectorFormat.F16, null)) {
            fill(store, random, Samples.WIDTH);
            List<float[]> texts = new ArrayList<>();
            for (int q = 0; q < 300; q++) {
                texts.add(Samples.vector(random, Samples.WIDTH));
            }
            List<SearchResult> found = store.searchBatch(texts, 3, Scope.ALL);
            for (int q = 0; q < texts.size(); q++) {
                assertEquals(store.search(texts.get(q), 3, Scope.ALL), found.get(q));
            }
        }
    }

    /** Every clip's own score, best first, once it is found to be the oracle's. */
    private static List<ScoredClip> scores(
            ClipStore store, Map<String, ClipVectors> stored, float[] text, Sound sound)
            throws IOException {
        Map<String, ClipRank> ranks = store.ranksOf(text, stored.keySet(), Scope.of(sound));
        assertEquals(stored.keySet(), ranks.keySet());
        List<ScoredClip> scores = new ArrayList<>();
        stored.forEach(
                (id, vectors) -> {
                    float[][] frames =
                            sound == Sound.WITH ? vectors.frames() : vectors.framesWithoutSound();
                    double score = requireNonNull(ranks.get(id)).score();
                    assertEquals(oracle(frames, text, store.header().model()), score, ROUNDING);
                    scores.add(new ScoredClip(id, score));
                });
        scores.sort(
                Comparator.comparingDouble((ScoredClip c) -> -c.score())
                        .thenComparing(ScoredClip::id));
        for (ScoredClip clip : scores) {
            long higher = scores.stream().filter(c -> c.score() > clip.score()).count();
            assertEquals(1 + higher, requireNonNull(ranks.get(clip.id())).rank());
        }
        ScoredClip one = scores.get(scores.size() / 2);
        assertEquals(
                Map.of(one.id(), requireNonNull(ranks.get(one.id()))),
                store.ranksOf(text, List.of(one.id(), "none"), Scope.of(sound)));
        return scores;
    }

    @Test
    void oneClipsScoreEqualsTheOracleAndTheHits() throws IOException {
        RandomGenerator random = new SplittableRandom(7);
        try (ClipStore store = LuceneClipStore.openToWrite(folder, Samples.MODEL)) {
            List<StoredClip> clips = Samples.video(random, "a.mp4", 20, Samples.WIDTH);
            store.putVideo(clips);
            float[] text = Samples.vector(random, Samples.WIDTH);
            double alpha = Samples.MODEL.alpha();
            for (ScoredClip hit : store.search(text, 20, Scope.of(Sound.WITH)).hits()) {
                float[][] frames = store.get(hit.id()).orElseThrow().vectors().frames();
                ClipScore score = LateInteractionScore.of(frames, text, alpha, 0.5);
                assertEquals(oracle(frames, text, alpha, 0.5), score.score(), ROUNDING);
                assertEquals((score.global() + score.local()) / 2, score.score());
                for (int n = 0; n < frames.length; n++) {
                    assertEquals(
                            cosine(doubles(frames[n]), doubles(text)),
                            score.cosines()[n],
                            ROUNDING);
                }
                assertEquals(score.score(), hit.score());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void framesThatCancelOutAreScoredByTheirBest(VectorFormat format) throws IOException {
        RandomGenerator random = new SplittableRandom(8);
        try (ClipStore store = LuceneClipStore.openToWrite(folder, Samples.MODEL, format, null)) {
            List<StoredClip> clips = new ArrayList<>();
            VideoFile file = Samples.file(random, "a.mp4");
            for (int i = 0; i < 30; i++) {
                float[] vector = Samples.vector(random, Samples.WIDTH);
                float[] opposite = vector.clone();
                for (int d = 0; d < opposite.length; d++) {
                    opposite[d] = -opposite[d];
                }
                if (i % 3 == 0) {
                    opposite[i % Samples.WIDTH] *= 1.0002f; // nearly
                }
                float[][] frames = {vector, opposite};
                clips.add(
                        Samples.clip(
                                file,
                                30_000L * i,
                                new ClipVectors(frames, frames, new float[0], new float[0][])));
            }
            store.putVideo(clips);
            float[] text = Samples.vector(random, Samples.WIDTH);
            List<ScoredClip> expected = new ArrayList<>();
            for (StoredClip clip : store.clips(file.path())) {
                ClipScore score = LateInteractionScore.of(clip.vectors().frames(), text, 100, 0.5);
                expected.add(new ScoredClip(clip.id(), score.score()));
            }
            expected.sort(Comparator.comparingDouble((ScoredClip c) -> -c.score()));
            assertEquals(
                    expected.subList(0, 7), store.search(text, 7, Scope.of(Sound.WITHOUT)).hits());
        }
    }

    /**
     * Nor has it a global score of its own, if no more is left of its mean than rounding, nor does
     * a wide bound of its score go into a summary.
     */
    @ParameterizedTest
    @EnumSource
    void aClipWhoseFramesNearlyCancelOutHidesNoOther(VectorFormat format) throws IOException {
        for (double localWeight : new double[] {0, 0.5, 1}) {
            searchNearlyNothing(folder.resolve(localWeight + "," + format), format, localWeight);
        }
    }

    private static void searchNearlyNothing(Path library, VectorFormat format, double localWeight)
            throws IOException {
        int width = Samples.WIDTH;
        LibraryModel model = new LibraryModel("tiny", "f00d", width, 100, localWeight);
        RandomGenerator random = new SplittableRandom(9);
        float[] text = LateInteractionScore.unit(Samples.vector(random, width));
        VideoFile file = Samples.file(random, "a.mp4");
        List<StoredClip> clips = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            boolean good = i >= 500 && i % 10 == 0; // found late
            boolean cancel = !good && random.nextBoolean();
            double like = good ? 3 : 1;
            float[][] frames = new float[4][width];
            for (int n = 0; n < 4; n++) {
                for (int d = 0; d < width; d++) {
                    frames[n][d] =
                            cancel && n >= 2
                                    ? -frames[n - 2][d]
                                    : (float) (2 * like * text[d] + random.nextGaussian() / 2);
                }
            }
            if (cancel && i % 3 == 0) {
                frames[3][0] += 1e-4f; // a little more is left than rounding
            }
            ClipVectors vectors = new ClipVectors(frames, frames, new float[0], new float[0][]);
            clips.add(Samples.clip(file, 30_000L * i, vectors));
        }
        try (ClipStore store = LuceneClipStore.openToWrite(library, model, format, null)) {
            store.putVideo(clips);
            List<ScoredClip> expected = new ArrayList<>();
            int tiny = 0;
            for (StoredClip clip : store.clips(file.path())) {
                float[][] frames = clip.vectors().frames();
                double norm = LateInteractionScore.meanNorm(frames);
                tiny += norm > 0 && norm <= 1e-6 ? 1 : 0;
                ClipScore score =
                        LateInteractionScore.of(frames, text, model.alpha(), model.localWeight());
                double cosines = Arrays.stream(score.cosines()).sum();
                assertEquals(norm < 1e-6 ? 0 : cosines / 4 / norm, score.global(), 1e-9);
                expected.add(new ScoredClip(clip.id(), score.score()));
            }
            assertTrue(tiny > 50, tiny + " means of nearly no length");
            ScoreSummary.Accumulator exact = new ScoreSummary.Accumulator();
            expected.forEach(clip -> exact.add(clip.score()));
            ScoreSummary summary = store.summary(text, Sound.WITH).orElseThrow();
            assertEquals(exact.summary().mean(), summary.mean(), 0.01);
            assertEquals(exact.summary().deviation(), summary.deviation(), 0.01);
            expected.sort(ScoredClip.BEST_FIRST);
            for (int k : new int[] {1, 3, 7}) {
                SearchResult found = store.search(text, k, Scope.of(Sound.WITH));
                assertEquals(expected.subList(0, k), found.hits());
                List<float[]> many = Collections.nCopies(DotKernel.BATCH, text);
                for (SearchResult each : store.searchBatch(many, k, Scope.of(Sound.WITH))) {
                    assertEquals(expected.subList(0, k), each.hits());
                }
            }
        }
    }

    @Test
    void extremesStayFinite() {
        float[] text = {1, 0};
        float[][] same = {{3, 0}, {5, 0}};
        ClipScore sharp = LateInteractionScore.of(same, text, 1e6, 0.5);
        assertEquals(1, sharp.global(), 1e-12);
        assertEquals(1 + Math.log(2) / 1e6, sharp.local(), 1e-12);

        float[][] opposite = {{2, 1}, {-2, -1}};
        assertEquals(0, LateInteractionScore.of(opposite, text, 100, 0.5).global());

        float[][] rounded = {{1, 0, 3e-8f}, {-1, 0, 0}}; // all that is left is less than rounding
        assertEquals(0, LateInteractionScore.of(rounded, new float[] {0, 0, 1}, 1, 0).score());
        float[][] nearly = {{1, 0, 3e-5f}, {-1, 0, 0}};
        assertEquals(1, LateInteractionScore.of(nearly, new float[] {0, 0, 1}, 1, 0).score(), 1e-6);

        float[][] tiny = {{1e-40f, 0}};
        assertEquals(1, LateInteractionScore.of(tiny, text, 100, 0.5).score(), 1e-12);
        float[][] huge = {{Float.MAX_VALUE, Float.MAX_VALUE}};
        assertEquals(Math.sqrt(0.5), LateInteractionScore.of(huge, text, 100, 0.5).score(), 1e-7);
    }

    @Test
    void refusesQueriesThatCannotBeScored() throws IOException {
        try (ClipStore store = LuceneClipStore.openToWrite(folder, Samples.MODEL)) {
            float[] zero = new float[Samples.WIDTH];
            float[] one = new float[Samples.WIDTH];
            one[3] = 1;
            float[] nan = one.clone();
            nan[4] = Float.NaN;
            assertEquals(
                    "a vector of length 0.0 has no direction to score",
                    refusal(() -> store.search(zero, 1, Scope.of(Sound.WITH))));
            assertEquals(
                    "a vector of length NaN has no direction to score",
                    refusal(() -> store.ranksOf(nan, List.of(), Scope.of(Sound.WITH))));
            assertEquals(
                    "the query has width 2, the library 24 (model tiny)",
                    refusal(
                            () ->
                                    store.searchBatch(
                                            List.of(new float[] {1, 0}), 1, Scope.of(Sound.WITH))));
            assertEquals(
                    "k 0 is below 1", refusal(() -> store.search(one, 0, Scope.of(Sound.WITH))));
            SearchResult none = new SearchResult(List.of(), 0);
            assertEquals(none, store.search(one, 5, Scope.of(Sound.WITHOUT)));
            assertEquals(
                    List.of(none, none),
                    store.searchBatch(List.of(one, one), 5, Scope.of(Sound.WITH)));
            assertEquals(List.of(), store.searchBatch(List.of(), 5, Scope.of(Sound.WITH)));
            assertTrue(store.ranksOf(one, List.of("none"), Scope.of(Sound.WITH)).isEmpty());
        }
    }

    private static String refusal(Executable call) {
        return String.valueOf(assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    @ParameterizedTest
    @EnumSource
    void theSummaryIsOfAllScores(VectorFormat format) throws IOException {
        RandomGenerator random = new SplittableRandom(12);
        LibraryModel model = new LibraryModel("m", "summary", 24, 40, 0.5);
        try (ClipStore store =
                LuceneClipStore.openToWrite(folder.resolve("summary"), model, format, null)) {
            float[] text = Samples.vector(random, 24);
            assertTrue(store.summary(text, Sound.WITH).isEmpty());
            Map<String, ClipVectors> clips = fill(store, random, 24);
            for (Sound sound : Sound.values()) {
                ScoreSummary summary = store.summary(text, sound).orElseThrow();
                double[] scores =
                        clips.values().stream()
                                .mapToDouble(
                                        c ->
                                                oracle(
                                                        sound == Sound.WITH
                                                                ? c.frames()
                                                                : c.framesWithoutSound(),
                                                        text,
                                                        model))
                                .toArray();
                double mean = java.util.Arrays.stream(scores).average().orElseThrow();
                double squares =
                        java.util.Arrays.stream(scores).map(s -> s * s).average().orElseThrow();
                assertEquals(scores.length, summary.clips());
                double error = format == VectorFormat.INT8 ? 0.01 : 1e-5;
                assertEquals(mean, summary.mean(), error);
                assertEquals(Math.sqrt(squares - mean * mean), summary.deviation(), error);
            }
        }
    }
}
