package javigate.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApproximateSearchTest {
    @TempDir Path folder;

    @Test
    void scoresExactlyTheClipsWhoseMeanIsNearest() throws IOException {
        RandomGenerator random = new SplittableRandom(8);
        try (ClipStore store = LuceneClipStore.openToWrite(folder, Samples.MODEL)) {
            for (int v = 0; v < 40; v++) {
                store.putVideo(Samples.video(random, v + ".mp4", 3, Samples.WIDTH));
            }
            for (Sound sound : Sound.values()) {
                Scope scope = Scope.of(sound);
                for (int q = 0; q < 20; q++) {
                    float[] query = Samples.vector(random, Samples.WIDTH);
                    SearchResult exact = store.search(query, 120, scope);
                    assertEquals(exact, store.searchApproximately(query, 120, 120, scope));
                    SearchResult found = store.searchApproximately(query, 10, 30, scope);
                    assertEquals(10, found.hits().size());
                    assertEquals(120, found.visited());
                    // Scores are exact, and in the order of the exact search.
                    Set<ScoredClip> wanted = new HashSet<>(found.hits());
                    assertEquals(
                            found.hits(), exact.hits().stream().filter(wanted::contains).toList());
                    // Nothing that is left out has a nearer mean, by more than a byte's rounding,
                    // and a higher score.
                    List<ScoredClip> nearest =
                            exact.hits().stream()
                                    .filter(clip -> global(store, clip, query, sound) > 0.4)
                                    .toList();
                    for (ScoredClip clip : nearest) {
                        assertTrue(
                                wanted.contains(clip)
                                        || clip.score() <= found.hits().get(9).score());
                    }
                }
            }
            float[] query = Samples.vector(random, Samples.WIDTH);
            assertThrows(
                    IllegalArgumentException.class,
                    () -> store.searchApproximately(query, 10, 9, Scope.ALL));
        }
    }

    private static double global(ClipStore store, ScoredClip clip, float[] query, Sound sound) {
        try {
            ClipVectors vectors = store.get(clip.id()).orElseThrow().vectors();
            float[][] frames =
                    sound == Sound.WITH ? vectors.frames() : vectors.framesWithoutSound();
            return LateInteractionScore.of(frames, query, 1, 0).score();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
