package javigate.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import javigate.checkpoint.Architecture;
import javigate.checkpoint.Checkpoint;
import javigate.index.LibraryException;
import javigate.index.LuceneClipStore;
import javigate.index.RerankTokens;
import javigate.index.StoredClip;
import javigate.index.VectorFormat;
import javigate.model.ClipTokens;
import javigate.model.ModelConfig;
import javigate.model.Preprocessing;
import javigate.model.RetrievalModel;
import javigate.model.avigate.AvigateConfig;
import javigate.tensor.Ops;
import javigate.tensor.Parameters;
import javigate.tensor.Weights;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecondStageTest {

    private static final String TEXT = "a bell rings twice";
    private static final Duration LONG = Duration.ofMinutes(1);

    @TempDir private static @Nullable Path shared;

    @TempDir private @Nullable Path own;

    private static Path videos = Path.of("");
    private static List<Checkpoint> models = List.of();

    private Path library() {
        assertNotNull(own);
        return own.resolve("library");
    }

    @BeforeAll
    static void make() throws IOException {
        assertNotNull(shared);
        videos = shared.resolve("videos");
        assertTrue(videos.toFile().mkdir());
        for (int i = 0; i < 5; i++) {
            TinyModel.clip(videos.resolve(i + ".mp4"), 1 + i, i == 3 ? 0 : 300 + 200 * i);
        }
        Checkpoint first = TinyModel.save(shared.resolve("first"), 1);
        models = List.of(first, over(first, "tefal", 2), over(first, "xpool", 3));
    }

    /** Another model over the same towers, all of it moved so that every part has a say. */
    private static Checkpoint over(Checkpoint towers, String kind, long seed) throws IOException {
        AvigateConfig from = towers.avigateFor("the test");
        ModelConfig config = Architecture.named(kind).over().apply(from);
        Weights weights = new Weights();
        try (var _ = new PointerScope();
                Weights own = towers.weights()) {
            Parameters parameters =
                    Parameters.initialised(
                            Architecture.start(own.asFloat32(), config), new Random(seed));
            var _ = Architecture.network(parameters, config);
            torch.manual_seed(seed);
            parameters
                    .taken()
                    .forEach(
                            (name, tensor) ->
                                    weights.put(
                                            name,
                                            tensor.add(Ops.scale(torch.randn_like(tensor), 0.1))));
        }
        Preprocessing seen = towers.preprocessing();
        assertNotNull(shared);
        return Checkpoint.save(
                shared.resolve(kind),
                kind,
                config,
                config.ast() == null
                        ? Preprocessing.ofPictures(seen.imageSize(), 1, seen.maxFrames())
                        : seen,
                towers.tokenizer(),
                weights,
                false,
                "Random weights, for tests.\n");
    }

    /** Hits are as the re-ranker scores the stored tokens, whoever it is. */
    @Test
    void hitsComeInTheRerankersOrder() throws IOException {
        for (Checkpoint second : models.subList(1, 3)) {
            Path folder = library().resolve(second.name());
            try (VideoLibrary library =
                    VideoLibrary.open(folder, models.getFirst(), second, VectorFormat.F16)) {
                assertEquals(5, library.add(List.of(videos), _ -> {}).indexed());
                assertTrue(library.reranks());
                List<Hit> plain = search(library, 5, new Reranking(0, 0, LONG));
                List<Hit> hits = library.search(TEXT, 5, true);
                check(folder, second, hits, true);
                check(folder, second, library.search(TEXT, 5, false), false);
                for (Hit hit : hits) {
                    assertNotNull(hit.reranked());
                    Hit before =
                            plain.stream().filter(h -> h.id().equals(hit.id())).findFirst().get();
                    assertEquals(before.score(), hit.score());
                }
            }
        }
    }

    private static void check(Path folder, Checkpoint second, List<Hit> hits, boolean sound)
            throws IOException {
        try (RetrievalModel model = second.load();
                LuceneClipStore store = LuceneClipStore.openToRead(folder, null)) {
            float[] query = model.embedText(TEXT);
            List<Double> expected = new ArrayList<>();
            for (Hit hit : hits) {
                StoredClip clip = store.get(hit.id()).orElseThrow();
                RerankTokens tokens = clip.reranking();
                assertNotNull(tokens);
                ClipTokens own =
                        new ClipTokens(tokens.frames(), sound ? tokens.audio() : new float[0][]);
                double score = model.score(List.of(query), List.of(own))[0][0];
                assertNotNull(hit.reranked());
                assertEquals(score, hit.reranked().score(), 1e-5);
                expected.add(score);
            }
            assertEquals(5, expected.size());
            assertEquals(expected.stream().sorted(Comparator.reverseOrder()).toList(), expected);
        }
    }

    /** The top alone moves; what is below keeps the first stage's order and says so. */
    @Test
    void onlyTheTopIsLookedAtAgain() throws IOException {
        try (VideoLibrary library =
                VideoLibrary.open(library(), models.getFirst(), models.get(1), VectorFormat.F16)) {
            library.add(List.of(videos), _ -> {});
            List<Hit> best = search(library, 2, new Reranking(0, 2, LONG));
            assertEquals(2, best.size());
            List<Integer> before = new ArrayList<>();
            for (Hit hit : best) {
                assertNotNull(hit.reranked());
                before.add(hit.reranked().rankBefore());
            }
            assertEquals(List.of(1, 2), before.stream().sorted().toList());
        }
    }

    /** X-Pool and TEFAL re-rank their own first stage without being asked. */
    @Test
    void aModelThatConditionsOnTheTextRanksTwiceByItself() throws IOException {
        try (VideoLibrary library = VideoLibrary.open(library(), models.get(1))) {
            library.add(List.of(videos), _ -> {});
            check(library(), models.get(1), library.search(TEXT, 5, true), true);
        }
    }

    @Test
    void anotherRerankerOrNoneIsRefusedBeforeAnythingChanges() throws IOException {
        VideoLibrary.open(library(), models.getFirst(), models.get(1), VectorFormat.F16).close();
        refused(
                "keeps what re-ranker \"tefal\"",
                () ->
                        VideoLibrary.open(
                                library(), models.getFirst(), models.get(2), VectorFormat.F16));
        refused("that model is needed", () -> VideoLibrary.open(library(), models.getFirst()));
        VideoLibrary.openToRead(library(), models.getFirst()).close(); // searching needs none
        Path plain = library().resolve("plain");
        VideoLibrary.open(plain, models.getFirst()).close();
        refused(
                "was made without a re-ranker",
                () -> VideoLibrary.openToRead(plain, models.getFirst(), models.get(1)));
    }

    private interface Opening {
        VideoLibrary open() throws IOException;
    }

    private static void refused(String said, Opening opening) {
        String message =
                String.valueOf(
                        assertThrows(LibraryException.class, () -> opening.open().close())
                                .getMessage());
        assertTrue(message.contains(said) && !message.contains("\n"), message);
    }

    @Test
    void tokensAreHalvesAndKnowTheirLimits() {
        RerankTokens tokens =
                RerankTokens.of(new float[][] {{1, -0.5f}, {3e-5f, 65_504}}, new float[0][]);
        assertEquals(12 + 8, tokens.stored().length);
        assertEquals(-0.5f, tokens.frames()[0][1]);
        assertEquals(65_504, tokens.frames()[1][1]);
        assertEquals(0, tokens.audio().length);
        assertThrows(
                IllegalArgumentException.class,
                () -> RerankTokens.of(new float[][] {{1e5f}}, new float[0][]));
        assertThrows(IllegalArgumentException.class, () -> new Reranking(1.1, 0, LONG));
    }

    private static List<Hit> search(VideoLibrary library, int k, Reranking reranking)
            throws IOException {
        return library.search(
                        TextQuery.parse(TEXT),
                        SearchOptions.DEFAULT.withK(k).withReranking(reranking))
                .hits();
    }
}
