package javigate.index;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class ExactSearchTest {
    /** Unit vectors are stored as floats; their rounding is the only one that shows. */
    private static final double ROUNDING = 2e-7;

    @TempDir Path folder;

    private static double oracle(float[][] frames, float[] text, LibraryModel model) {
        return oracle(frames, text, model.alpha(), model.localWeight());
    }

    /** Eq. 7 to 9 from the raw vectors, as the equations read, in double precision. */
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
        return global + localWeight * (local - global);
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

    @Test
    void equalsTheOracleOverRandomLibraries() throws IOException {
        for (int seed = 0; seed < 8; seed++) {
            RandomGenerator random = new SplittableRandom(seed);
            double alpha = 1 + random.nextDouble() * 199;
            int width = 3 + random.nextInt(40);
            LibraryModel model = new LibraryModel("m", "seed" + seed, width, alpha, seed % 3 / 2.0);
            try (ClipStore store =
                    LuceneClipStore.openToWrite(folder.resolve("library" + seed), model)) {
                Map<String, ClipVectors> expected = fill(store, random, width);
                for (int query = 0; query < 6; query++) {
                    float[] text = Samples.vector(random, width);
                    int k = 1 + random.nextInt(expected.size() + 5);
                    compare(store, expected, text, k, Sound.WITH);
                    compare(store, expected, text, k, Sound.WITHOUT);
                }
            }
        }
    }

    /** Puts, replaces and removes videos; every third shares its vectors with the one before. */
    private static Map<String, ClipVectors> fill(ClipStore store, RandomGenerator random, int width)
            throws IOException {
        Map<String, List<StoredClip>> videos = new HashMap<>();
        List<StoredClip> last = List.of();
        for (int step = 0; step < 14; step++) {
            String name = "v" + random.nextInt(8) + ".mp4";
            if (random.nextInt(5) == 0) {
                List<StoredClip> old = videos.remove(name);
                int removed = store.removeVideo(Samples.path(name));
                assertEquals(old == null ? 0 : old.size(), removed);
                continue;
            }
            List<StoredClip> clips = Samples.video(random, name, 1 + random.nextInt(9), width);
            if (step % 3 == 0 && !last.isEmpty()) {
                VideoFile file = clips.getFirst().file();
                clips =
                        last.stream()
                                .map(c -> Samples.clip(file, c.startMs(), c.vectors()))
                                .toList();
            }
            store.putVideo(clips);
            videos.put(name, clips);
            last = clips;
        }
        Map<String, ClipVectors> expected = new HashMap<>();
        videos.values().forEach(v -> v.forEach(c -> expected.put(c.id(), c.vectors())));
        return expected;
    }

    private static void compare(
            ClipStore store, Map<String, ClipVectors> expected, float[] text, int k, Sound sound)
            throws IOException {
        LibraryModel model = store.header().model();
        List<ScoredClip> oracle = new ArrayList<>();
        expected.forEach(
                (id, vectors) -> {
                    float[][] frames =
                            sound == Sound.WITH ? vectors.frames() : vectors.framesWithoutSound();
                    oracle.add(new ScoredClip(id, oracle(frames, text, model)));
                });
        oracle.sort(
                Comparator.comparingDouble((ScoredClip c) -> -c.score())
                        .thenComparing(ScoredClip::id));
        List<ScoredClip> best = oracle.subList(0, Math.min(k, oracle.size()));

        SearchResult result = store.search(text, k, sound);

        assertEquals(expected.size(), result.visited());
        assertEquals(
                best.stream().map(ScoredClip::id).toList(),
                result.hits().stream().map(ScoredClip::id).toList());
        Map<String, ClipRank> ranks = store.ranksOf(text, expected.keySet(), sound);
        assertEquals(expected.keySet(), ranks.keySet());
        for (int i = 0; i < best.size(); i++) {
            ScoredClip hit = result.hits().get(i);
            assertEquals(best.get(i).score(), hit.score(), ROUNDING);
            assertEquals(hit.score(), requireNonNull(ranks.get(hit.id())).score());
        }
        for (ScoredClip clip : oracle) {
            long higher = oracle.stream().filter(c -> c.score() > clip.score()).count();
            assertEquals(1 + higher, requireNonNull(ranks.get(clip.id())).rank());
        }
    }

    @Test
    void oneClipsScoreEqualsTheOracleAndTheHits() throws IOException {
        RandomGenerator random = new SplittableRandom(7);
        try (ClipStore store = LuceneClipStore.openToWrite(folder, Samples.MODEL)) {
            List<StoredClip> clips = Samples.video(random, "a.mp4", 20, Samples.WIDTH);
            store.putVideo(clips);
            float[] text = Samples.vector(random, Samples.WIDTH);
            double alpha = Samples.MODEL.alpha();
            Map<String, ClipRank> ranks =
                    store.ranksOf(text, clips.stream().map(StoredClip::id).toList(), Sound.WITH);
            for (StoredClip clip : clips) {
                float[][] frames = clip.vectors().frames();
                ClipScore score = LateInteractionScore.of(frames, text, alpha, 0.5);
                assertEquals(oracle(frames, text, alpha, 0.5), score.score(), ROUNDING);
                assertEquals((score.global() + score.local()) / 2, score.score());
                for (int n = 0; n < frames.length; n++) {
                    assertEquals(
                            cosine(doubles(frames[n]), doubles(text)),
                            score.cosines()[n],
                            ROUNDING);
                }
                assertEquals(score.score(), requireNonNull(ranks.get(clip.id())).score());
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
                    refusal(() -> store.search(zero, 1, Sound.WITH)));
            assertEquals(
                    "a vector of length NaN has no direction to score",
                    refusal(() -> store.ranksOf(nan, List.of(), Sound.WITH)));
            assertEquals(
                    "the query has width 2, the library 24 (model tiny)",
                    refusal(() -> store.search(new float[] {1, 0}, 1, Sound.WITH)));
            assertEquals("k 0 is below 1", refusal(() -> store.search(one, 0, Sound.WITH)));
            assertEquals(new SearchResult(List.of(), 0), store.search(one, 5, Sound.WITHOUT));
        }
    }

    private static String refusal(Executable call) {
        return String.valueOf(assertThrows(IllegalArgumentException.class, call).getMessage());
    }
}
