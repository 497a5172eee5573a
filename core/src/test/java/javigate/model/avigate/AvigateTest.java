package javigate.model.avigate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import javigate.checkpoint.Architecture;
import javigate.model.ClipEmbedding;
import javigate.model.ClipInput;
import javigate.model.Preprocessing;
import javigate.model.RetrievalModel;
import javigate.model.ast.AstConfig;
import javigate.tensor.Ops;
import javigate.tensor.Parameters;
import javigate.tensor.Weights;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class AvigateTest {

    private static final int SHORT = 2;
    private static final int LONG = 6;

    @Test
    void paddingDoesNotChangeAClip() {
        try (RetrievalModel model = TinyAvigate.model(AvigateConfig::standard, 1)) {
            assertTrue(paddingEffect(model) < 1e-5, paddingEffect(model) + " at most 1e-5");
        }
        try (RetrievalModel model = TinyAvigate.model(AvigateConfig::paper, 1)) {
            assertTrue(paddingEffect(model) < 1e-5, paddingEffect(model) + " at most 1e-5");
        }
    }

    /**
     * The official code's quirk, kept under its preset: its mask masks nothing. So all clips are
     * padded to the same length, or a clip would depend on those it is embedded with.
     */
    @Test
    void underTheReferencePaddingCountsAndIsAlwaysTheSame() {
        AvigateConfig config = AvigateConfig.reference(TinyAvigate.CLIP, TinyAvigate.AST);
        Weights weights = TinyAvigate.weights(config, 1);
        ClipInput clip = TinyAvigate.clip(new Random(1), SHORT, true);
        try (RetrievalModel model = TinyAvigate.model(AvigateConfig::reference, 1);
                RetrievalModel unpadded =
                        Architecture.model(
                                weights,
                                config,
                                Preprocessing.standard(32, 1, SHORT, 32, 64),
                                TinyAvigate.tokenizer())) {
            assertTrue(paddingEffect(model) < 1e-5, paddingEffect(model) + " at most 1e-5");
            double effect =
                    difference(
                            model.embedClips(List.of(clip)).get(0).frames(),
                            unpadded.embedClips(List.of(clip)).get(0).frames());
            assertTrue(effect > 1e-3, effect + " at least 1e-3");
        }
    }

    @Test
    void withoutSoundBothEmbeddingsAreOne() {
        Random random = new Random(2);
        try (RetrievalModel model = TinyAvigate.model(AvigateConfig::standard, 2)) {
            List<ClipEmbedding> clips =
                    model.embedClips(
                            List.of(
                                    TinyAvigate.clip(random, LONG, false),
                                    TinyAvigate.clip(random, LONG, true)));
            ClipEmbedding silent = clips.get(0);
            ClipEmbedding heard = clips.get(1);
            assertTrue(difference(silent.frames(), silent.framesWithoutSound()) < 1e-5);
            assertTrue(difference(heard.frames(), heard.framesWithoutSound()) > 1e-3);
        }
    }

    @Test
    void gatesAreBetweenMinusOneAndOne() {
        Random random = new Random(3);
        for (int seed = 0; seed < 3; seed++) {
            try (RetrievalModel model = TinyAvigate.model(AvigateConfig::standard, seed)) {
                ClipEmbedding clip =
                        model.embedClips(List.of(TinyAvigate.clip(random, 3, true))).get(0);
                assertEquals(TinyAvigate.CONFIG.fusionLayers(), clip.gates().length);
                for (float[] layer : clip.gates()) {
                    assertEquals(2, layer.length);
                    assertTrue(Math.abs(layer[0]) < 1 && Math.abs(layer[1]) < 1);
                    assertTrue(layer[0] != 0 && layer[1] != 0);
                }
            }
        }
    }

    @Test
    void theSameInputGivesTheSameNumbers() {
        ClipInput clip = TinyAvigate.clip(new Random(4), LONG, true);
        try (RetrievalModel model = TinyAvigate.model(AvigateConfig::standard, 4);
                RetrievalModel again = TinyAvigate.model(AvigateConfig::standard, 4)) {
            ClipEmbedding first = model.embedClips(List.of(clip)).get(0);
            for (RetrievalModel each : List.of(model, again)) {
                ClipEmbedding other = each.embedClips(List.of(clip)).get(0);
                assertArrayEquals(first.frames(), other.frames());
                assertArrayEquals(first.framesWithoutSound(), other.framesWithoutSound());
                assertArrayEquals(first.gates(), other.gates());
                assertArrayEquals(first.soundToken(), other.soundToken());
                assertArrayEquals(model.embedText("a dog"), each.embedText("a dog"));
            }
            assertTrue(
                    difference(
                                    new float[][] {model.embedText("a dog")},
                                    new float[][] {model.embedText("a cat")})
                            > 1e-4);
        }
    }

    @Test
    void shapesAreThoseOfTheConfiguration() {
        try (RetrievalModel model = TinyAvigate.model(AvigateConfig::standard, 5)) {
            ClipEmbedding clip =
                    model.embedClips(List.of(TinyAvigate.clip(new Random(5), 4, true))).get(0);
            assertEquals(4, clip.frames().length);
            assertEquals(4, clip.framesWithoutSound().length);
            assertEquals(32, clip.frames()[0].length);
            assertEquals(32, clip.soundToken().length);
            assertEquals(32, model.embedText("a dog barks").length);
            assertEquals(1 / 0.07, model.alpha(), 1e-4);
        }
    }

    @Test
    void thePaperHasNoPositionsNoBlendAllTokensAndItsOwnAlpha() {
        AvigateConfig paper = AvigateConfig.paper(TinyAvigate.CLIP, TinyAvigate.AST);
        assertEquals(1214, AstConfig.BASE.patches() + 2);
        try (var _ = new PointerScope();
                RetrievalModel model = TinyAvigate.model(AvigateConfig::paper, 6)) {
            assertEquals(50, model.alpha());
            AvigateNetwork network = network(paper);
            Tensor fbank = torch.randn(2, 64, 32);
            Tensor audio = network.projectAudio(network.audioTokens(fbank));
            assertEquals(TinyAvigate.AST.patches() + 2, audio.size(1));
            Tensor mask = torch.ones(2, 3);
            AvigateNetwork.Embedded clips =
                    network.fuse(torch.randn(2, 3, 32), mask, network.resample(audio));
            assertArrayEquals(Ops.toFloats(clips.plain()), Ops.toFloats(clips.positioned()));
            assertArrayEquals(Ops.toFloats(clips.fusion()), Ops.toFloats(clips.frames()));
            AvigateNetwork reference = network(TinyAvigate.CONFIG);
            assertEquals(
                    TinyAvigate.AST.patches() + 1,
                    reference.projectAudio(reference.audioTokens(fbank)).size(1));
        }
    }

    @Test
    void whatDoesNotFitTheModelIsRefused() {
        Preprocessing other = Preprocessing.standard(48, 1, 6, 32, 64);
        Weights weights = TinyAvigate.weights(TinyAvigate.CONFIG, 7);
        String message =
                String.valueOf(
                        assertThrows(
                                        IllegalArgumentException.class,
                                        () ->
                                                Architecture.model(
                                                        weights,
                                                        TinyAvigate.CONFIG,
                                                        other,
                                                        TinyAvigate.tokenizer()))
                                .getMessage());
        assertTrue(message.contains("imageSize=48") && message.contains("pictures of 32"), message);
    }

    /** Largest change of a short clip's frames when a longer one is embedded beside it. */
    private static double paddingEffect(RetrievalModel model) {
        Random random = new Random(1);
        ClipInput clip = TinyAvigate.clip(random, SHORT, true);
        ClipInput longer = TinyAvigate.clip(random, LONG, true);
        ClipEmbedding alone = model.embedClips(List.of(clip)).get(0);
        ClipEmbedding padded = model.embedClips(List.of(longer, clip)).get(1);
        assertEquals(SHORT, padded.frames().length);
        return Math.max(
                difference(alone.frames(), padded.frames()),
                difference(alone.framesWithoutSound(), padded.framesWithoutSound()));
    }

    private static AvigateNetwork network(AvigateConfig config) {
        return new AvigateNetwork(Parameters.of(TinyAvigate.weights(config, 6)), config);
    }

    private static double difference(float[][] a, float[][] b) {
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            for (int k = 0; k < a[i].length; k++) {
                largest = Math.max(largest, Math.abs((double) a[i][k] - b[i][k]));
            }
        }
        return largest;
    }
}
