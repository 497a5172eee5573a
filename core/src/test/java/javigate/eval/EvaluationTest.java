package javigate.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import javigate.data.ClipCache;
import javigate.data.Manifest;
import javigate.media.WorkerVideoReader;
import javigate.model.RetrievalModel;
import javigate.model.avigate.AvigateConfig;
import javigate.model.avigate.TinyAvigate;
import javigate.search.TinyModel;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationTest {

    private static final Bootstrap BOOTSTRAP = new Bootstrap(200, 1);

    private static final List<String> QUERIES =
            List.of("a bell", "a bell rings", "red", "a square", "moves", "a red square moves");

    @TempDir static Path folder;
    private static Manifest manifest;
    private static Evaluation evaluation;
    private static Evaluation other;

    /** Three clips, one without sound, with one, two and three captions. */
    @BeforeAll
    static void evaluate() throws Exception {
        manifest =
                manifest(
                        List.of(
                                item("a", QUERIES.subList(0, 1), 2, 440),
                                item("b", QUERIES.subList(1, 3), 3, 0),
                                item("c", QUERIES.subList(3, 6), 1, 2000)));
        evaluation =
                evaluate(
                        1,
                        new Evaluation.Settings(
                                TieRule.OFFICIAL_MULTI,
                                List.of(Normalisation.values()),
                                List.of("a bell", "red", "moves")));
        other = evaluate(2, Evaluation.Settings.RAW);
    }

    private static Manifest.Item item(String id, List<String> captions, int seconds, int toneHz)
            throws Exception {
        Path file = TinyModel.clip(folder.resolve(id + ".mp4"), seconds, toneHz);
        return new Manifest.Item(id, file, captions);
    }

    private static Manifest manifest(List<Manifest.Item> items) {
        return new Manifest("test", "val", Manifest.Role.SELECTION, items, Manifest.LeftOut.NONE);
    }

    private static Evaluation evaluate(long seed, Evaluation.Settings settings) throws Exception {
        List<Integer> progress = new ArrayList<>();
        try (RetrievalModel model = TinyAvigate.model(AvigateConfig::standard, seed);
                WorkerVideoReader reader =
                        new WorkerVideoReader(WorkerVideoReader.Options.DEFAULT);
                ClipCache cache =
                        ClipCache.open(
                                folder.resolve("cache"),
                                manifest.items(),
                                model.preprocessing(),
                                List.of(reader),
                                1 << 20,
                                _ -> {})) {
            Evaluation result = Evaluation.of(model, manifest, cache, settings, progress::add);
            assertEquals(3 + settings.bank().size(), progress.getLast());
            return result;
        }
    }

    @Test
    void everyCaptionIsAQueryOfItsClip() {
        assertEquals(QUERIES, evaluation.captions());
        assertArrayEquals(new int[] {0, 1, 1, 2, 2, 2}, evaluation.heard().owner());
        assertEquals(6, evaluation.raw().heard().textToVideo().queries());
        assertEquals(3, Objects.requireNonNull(evaluation.raw().heard().videoToText()).queries());
        assertEquals(new AudioCoverage(2, 0, 1), evaluation.audio());
    }

    @Test
    void ranksAndFiguresAreThoseOfTheScoresKept() {
        for (boolean sound : new boolean[] {true, false}) {
            ScoreMatrix scores = sound ? evaluation.heard() : evaluation.muted();
            Retrieval ranks = sound ? evaluation.raw().heard() : evaluation.raw().muted();
            RetrievalScores expected = Retrieval.of(scores, TieRule.OFFICIAL_MULTI).scores();
            assertEquals(expected, ranks.scores());
            Evaluation.Table table = evaluation.table(evaluation.raw(), BOOTSTRAP);
            Map<String, Evaluation.Row> rows = sound ? table.heard() : table.muted();
            assertEquals(List.of("all"), List.copyOf(rows.keySet()));
            assertEquals(expected, Objects.requireNonNull(rows.get("all")).scores());
        }
        for (int t = 0; t < 6; t++) {
            double[] heard = evaluation.heard().scores()[t];
            double[] muted = evaluation.muted().scores()[t];
            assertEquals(heard[1], muted[1], 1e-6, "a clip without sound");
            assertNotEquals(heard[0], muted[0], 1e-5);
            assertNotEquals(heard[2], muted[2], 1e-5);
        }
        assertEquals(3, evaluation.postProcessed().size());
        assertTrue(other.postProcessed().isEmpty());
    }

    @Test
    void differencesAreBetweenEvaluationsOfTheSameQueries() {
        Estimate r1 =
                Objects.requireNonNull(evaluation.minus(other, BOOTSTRAP).get("all"))
                        .textToVideo()
                        .meanRank();
        double ours = evaluation.raw().heard().scores().textToVideo().meanRank();
        double theirs = other.raw().heard().scores().textToVideo().meanRank();
        assertNotEquals(ours, theirs);
        assertEquals(ours - theirs, r1.value(), 1e-12);
        Manifest renamed = manifest(items("", "", ""));
        Evaluation elsewhere =
                new Evaluation(
                        renamed,
                        null,
                        other.heard(),
                        other.muted(),
                        other.pooled(),
                        other.gates(),
                        other.raw(),
                        other.postProcessed());
        String refused =
                String.valueOf(
                        assertThrows(
                                        IllegalArgumentException.class,
                                        () -> evaluation.minus(elsewhere, BOOTSTRAP))
                                .getMessage());
        assertTrue(refused.contains("cannot be paired"), refused);
    }

    @Test
    void aQueryBankOfNothingIsRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        new Evaluation.Settings(
                                TieRule.OWN_LAST, List.of(Normalisation.QB), List.of()));
    }

    @Test
    void aClipWithoutAKindIsInAllOnly() {
        List<Manifest.Item> items = items("silent", "", "absent", "silent");
        Map<String, int[]> kinds = Evaluation.kinds(manifest(items));
        assertEquals(List.of("all", "absent", "silent"), List.copyOf(kinds.keySet()));
        assertArrayEquals(new int[] {0, 1, 2, 3}, kinds.get("all"));
        assertArrayEquals(new int[] {2}, kinds.get("absent"));
        assertArrayEquals(new int[] {0, 3}, kinds.get("silent"));
        assertEquals(
                List.of("all"),
                List.copyOf(Evaluation.kinds(manifest(items.subList(1, 2))).keySet()));
    }

    private static List<Manifest.Item> items(String... kinds) {
        return IntStream.range(0, kinds.length)
                .mapToObj(
                        i ->
                                new Manifest.Item(
                                        "id" + i,
                                        Path.of("id.mp4"),
                                        0,
                                        Long.MAX_VALUE,
                                        null,
                                        List.of("a caption"),
                                        List.of(),
                                        kinds[i],
                                        ""))
                .toList();
    }
}
