package javigate.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import javigate.model.ClipEmbedding;
import javigate.model.ClipInput;
import javigate.model.ClipTokens;
import javigate.model.ModelConfig;
import javigate.model.Preprocessing;
import javigate.model.RetrievalModel;
import javigate.model.avigate.TinyAvigate;
import javigate.tensor.Ops;
import javigate.tensor.Parameters;
import javigate.tensor.Weights;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every model of the registry. */
class EveryModelTest {

    @TempDir private Path folder;

    static List<Architecture<?>> all() {
        return Architecture.ALL;
    }

    private static Preprocessing preprocessing(ModelConfig config) {
        return config.ast() == null
                ? Preprocessing.ofPictures(32, 1, 6)
                : TinyAvigate.PREPROCESSING;
    }

    /** Over AVIGATE's towers; what is new is drawn, and nothing is left as zeros. */
    private static Weights weights(ModelConfig config) {
        Weights weights = new Weights();
        try (var _ = new PointerScope()) {
            Parameters parameters =
                    Parameters.initialised(
                            Architecture.start(TinyAvigate.weights(TinyAvigate.CONFIG, 1), config),
                            new Random(2));
            var _ = Architecture.network(parameters, config);
            parameters.requireAllTaken();
            torch.manual_seed(3);
            parameters
                    .taken()
                    .forEach(
                            (name, tensor) ->
                                    weights.put(
                                            name,
                                            tensor.add(Ops.scale(torch.randn_like(tensor), 0.02))));
        }
        return weights;
    }

    @ParameterizedTest
    @MethodSource("all")
    void aModelIsWrittenReadAndScoresAlikeInAnyCompany(Architecture<?> kind) throws Exception {
        ModelConfig config = kind.over().apply(TinyAvigate.CONFIG);
        try (Weights weights = weights(config)) {
            Checkpoint saved =
                    Checkpoint.save(
                            folder.resolve(kind.id()),
                            "tiny",
                            config,
                            preprocessing(config),
                            TinyAvigate.tokenizer(),
                            weights,
                            false,
                            "Random weights, for tests.\n");
            assertEquals(config, Checkpoint.open(saved.folder()).config());
            assertEquals(kind.id(), saved.architecture());
            try (RetrievalModel model = saved.load()) {
                check(model);
            }
        }
    }

    private static void check(RetrievalModel model) {
        Random random = new Random(3);
        List<ClipInput> clips =
                List.of(
                        TinyAvigate.clip(random, 3, true),
                        TinyAvigate.clip(random, 6, true),
                        TinyAvigate.clip(random, 1, false));
        List<ClipEmbedding> together = model.embedClips(clips);
        List<float[]> texts = List.of(model.embedText("a dog barks"), model.embedText("a cat"));
        double[][] scores =
                model.score(texts, together.stream().map(ClipEmbedding::tokens).toList());
        for (int v = 0; v < clips.size(); v++) {
            ClipEmbedding alone = model.embedClips(List.of(clips.get(v))).get(0);
            for (int f = 0; f < alone.frames().length; f++) {
                assertArrayEquals(together.get(v).frames()[f], alone.frames()[f], 1e-4f);
            }
            double[][] own = model.score(texts.subList(1, 2), List.of(alone.tokens()));
            assertEquals(scores[1][v], own[0][0], 1e-5);
            ClipTokens muted = alone.tokensWithoutSound();
            double without = model.score(texts.subList(1, 2), List.of(muted))[0][0];
            if (model.listens() && v < 2) {
                assertNotEquals(without, own[0][0]);
            } else { // no sound to leave out
                assertEquals(without, own[0][0], 1e-6);
            }
        }
        assertTrue(model.alpha() > 0);
        assertEquals(
                model.conditionsOnText() && model.listens(), together.get(0).audio().length > 0);
    }

    /** Any model that listens lends its towers to any other, and nothing that is not a tower. */
    @ParameterizedTest
    @MethodSource("all")
    void trainingStartsFromAnotherKindsTowers(Architecture<?> kind) {
        ModelConfig eclipse = Architecture.named("eclipse").over().apply(TinyAvigate.CONFIG);
        ModelConfig config = kind.over().apply(eclipse);
        try (Weights towers = weights(eclipse);
                var _ = new PointerScope()) {
            Parameters parameters =
                    Parameters.initialised(Architecture.start(towers, config), new Random(4));
            var _ = Architecture.network(parameters, config);
            parameters.requireAllTaken();
        }
    }

    @Test
    void anUnknownKindIsNamedWithTheKnownOnes() {
        String message =
                String.valueOf(
                        assertThrows(
                                        IllegalArgumentException.class,
                                        () -> Architecture.named("frozen"))
                                .getMessage());
        assertEquals(
                "architecture \"frozen\"; known are avigate, clip4clip, xpool, tefal, eclipse",
                message);
    }
}
