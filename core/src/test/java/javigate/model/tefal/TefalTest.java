package javigate.model.tefal;

import static javigate.model.RandomWeights.distance;
import static javigate.model.RandomWeights.tensor;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import javigate.model.ContrastiveLoss;
import javigate.model.RandomWeights;
import javigate.model.Score;
import javigate.model.ast.AstConfig;
import javigate.model.avigate.TinyAvigate;
import javigate.model.clip.ClipConfig;
import javigate.model.tefal.TefalConfig.Fusion;
import javigate.model.tefal.TefalPooling.ClipKeys;
import javigate.model.xpool.TextConditionedPooling.KeysValues;
import javigate.model.xpool.TextConditionedPooling.Tail;
import javigate.tensor.Ops;
import javigate.tensor.Parameters;
import javigate.tensor.Weights;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class TefalTest {

    private static final int WIDTH = 16;
    private static final int PAIRS = 4;

    private final Random random = new Random(1);

    private record Pooled(Weights weights, TefalPooling pooling) {
        static Pooled of(Tail tail, Fusion fusion, double noise) {
            TefalConfig.Pooling config = new TefalConfig.Pooling(2, tail, fusion, 0);
            Weights weights = RandomWeights.of(p -> new TefalPooling(p, WIDTH, config), 2, noise);
            return new Pooled(weights, new TefalPooling(Parameters.of(weights), WIDTH, config));
        }

        Tensor score(Tensor text, Tensor frames, Tensor audio) {
            return pooling.score(text, pooling.keysValues(frames, null, audio), false);
        }
    }

    private Tensor leaf(long... shape) {
        return tensor(random, shape).requires_grad_(true);
    }

    @Test
    void everyFusionHearsAndSeesAndLearnsThroughout() {
        for (Fusion fusion : Fusion.values()) {
            for (Tail tail : Tail.values()) {
                try (var _ = new PointerScope()) {
                    Pooled model = Pooled.of(tail, fusion, 0.3);
                    Tensor text = leaf(PAIRS, WIDTH);
                    Tensor frames = leaf(PAIRS, 3, WIDTH);
                    Tensor audio = leaf(PAIRS, 7, WIDTH);
                    Tensor scores = model.score(text, frames, audio);
                    String at = fusion + " " + tail;
                    assertArrayEquals(new long[] {PAIRS, PAIRS}, Ops.shape(scores), at);
                    for (float score : Ops.toFloats(scores)) {
                        assertTrue(Math.abs(score) <= 1.00001, at + ": " + score);
                    }
                    Tensor otherSound = tensor(random, PAIRS, 7, WIDTH);
                    Tensor otherFrames = tensor(random, PAIRS, 3, WIDTH);
                    assertTrue(distance(scores, model.score(text, frames, otherSound)) > 0.01, at);
                    assertTrue(distance(scores, model.score(text, otherFrames, audio)) > 0.01, at);
                    ContrastiveLoss.sum(Ops.scale(scores, 20)).backward();
                    for (Tensor input : new Tensor[] {text, frames, audio}) {
                        assertTrue(RandomWeights.isReached(input), at);
                    }
                    for (Map.Entry<String, Tensor> e : model.weights().all().entrySet()) {
                        assertTrue(RandomWeights.isReached(e.getValue()), at + " " + e.getKey());
                    }
                }
            }
        }
    }

    @Test
    void onlyWhatAFusionUsesIsAskedFor() {
        assertEquals(Set.of("pool_frames", "pool_audio"), parts(Fusion.ADD));
        assertEquals(Set.of("pool_frames", "pool_audio"), parts(Fusion.LATE));
        assertEquals(Set.of("pool_frames", "pool_audio", "fusion_fc"), parts(Fusion.CONCATENATE));
        assertEquals(Set.of("pool_frames", "pool_audio", "pool_fused"), parts(Fusion.CROSS));
        assertEquals(Set.of("pool_frames"), parts(Fusion.STACK));
        assertFalse(
                Pooled.of(Tail.NONE, Fusion.ADD, 0).weights().has("pool_audio.linear_proj.weight"));
    }

    private static Set<String> parts(Fusion fusion) {
        return Pooled.of(Tail.PROJECTION, fusion, 0).weights().names().stream()
                .map(name -> name.substring(0, name.indexOf('.')))
                .collect(Collectors.toSet());
    }

    @Test
    void lateFusionIsTheMeanAndConcatenationStartsAsTheSum() {
        try (var _ = new PointerScope()) {
            Tensor text = tensor(random, PAIRS, WIDTH);
            Tensor frames = tensor(random, PAIRS, 3, WIDTH);
            Tensor audio = tensor(random, PAIRS, 7, WIDTH);
            Pooled late = Pooled.of(Tail.NONE, Fusion.LATE, 0);
            TefalPooling.Conditioned both =
                    late.pooling()
                            .conditioned(
                                    text, late.pooling().keysValues(frames, null, audio), false);
            Tensor mean =
                    Ops.scale(
                            Score.conditioned(text, both.video())
                                    .add(Score.conditioned(text, both.audio())),
                            0.5);
            assertEquals(0, distance(mean, late.score(text, frames, audio)), 1e-6);
            Tensor sum = Pooled.of(Tail.NONE, Fusion.ADD, 0).score(text, frames, audio);
            Pooled joined = Pooled.of(Tail.NONE, Fusion.CONCATENATE, 0);
            assertEquals(0, distance(sum, joined.score(text, frames, audio)), 1e-6);
        }
    }

    @Test
    void aScoreDependsOnItsTextAndClipAlone() {
        for (Fusion fusion : Fusion.values()) {
            try (var _ = new PointerScope()) {
                Pooled model = Pooled.of(Tail.PROJECTION, fusion, 0.3);
                Tensor text = tensor(random, 3, WIDTH);
                Tensor frames = tensor(random, 2, 3, WIDTH);
                Tensor audio = tensor(random, 2, 7, WIDTH);
                Tensor all = model.score(text, frames, audio);
                for (int t = 0; t < 3; t++) {
                    for (int v = 0; v < 2; v++) {
                        Tensor one =
                                model.score(
                                        text.narrow(0, t, 1),
                                        frames.narrow(0, v, 1),
                                        audio.narrow(0, v, 1));
                        Tensor same = all.narrow(0, t, 1).narrow(1, v, 1);
                        assertEquals(0, distance(same, one), 1e-5, fusion.name());
                    }
                }
            }
        }
    }

    /** Kept as plain numbers, as a re-ranker keeps them. */
    @Test
    void keptKeysAndValuesScoreAsFreshOnes() {
        for (Fusion fusion : Fusion.values()) {
            try (var _ = new PointerScope()) {
                TefalPooling pooling = Pooled.of(Tail.PROJECTION, fusion, 0.3).pooling();
                Tensor text = tensor(random, 3, WIDTH);
                ClipKeys fresh =
                        pooling.keysValues(
                                tensor(random, 2, 3, WIDTH), null, tensor(random, 2, 7, WIDTH));
                ClipKeys kept = new ClipKeys(copy(fresh.frames()), copy(fresh.audio()));
                assertEquals(
                        0,
                        distance(
                                pooling.score(text, fresh, false),
                                pooling.score(text, kept, false)),
                        fusion.name());
            }
        }
    }

    private static KeysValues copy(KeysValues from) {
        return new KeysValues(
                Ops.floats(Ops.toFloats(from.keys()), Ops.shape(from.keys())),
                Ops.floats(Ops.toFloats(from.values()), Ops.shape(from.values())),
                null);
    }

    @Test
    void paddedFramesAreNotSeen() {
        for (Fusion fusion : Fusion.values()) {
            try (var _ = new PointerScope()) {
                Pooled model = Pooled.of(Tail.PROJECTION, fusion, 0.3);
                Tensor text = tensor(random, 3, WIDTH);
                Tensor frames = tensor(random, 2, 3, WIDTH);
                Tensor audio = tensor(random, 2, 7, WIDTH);
                Tensor padded = Ops.cat(1, frames, tensor(random, 2, 1, WIDTH));
                Tensor mask = Ops.floats(new float[] {1, 1, 1, 0, 1, 1, 1, 0}, 2, 4);
                Tensor masked =
                        model.pooling()
                                .score(
                                        text,
                                        model.pooling().keysValues(padded, mask, audio),
                                        false);
                assertEquals(
                        0, distance(model.score(text, frames, audio), masked), 1e-5, fusion.name());
            }
        }
    }

    /** The gradient of a block's keys against differences of the loss. */
    @Test
    void theGradientOfTheKeysIsTheSlopeOfTheLoss() {
        for (Tail tail : Tail.values()) {
            try (var _ = new PointerScope()) {
                Pooled model = Pooled.of(tail, Fusion.ADD, 0.3);
                Tensor text = tensor(random, PAIRS, WIDTH);
                Tensor frames = tensor(random, PAIRS, 3, WIDTH);
                Tensor audio = tensor(random, PAIRS, 7, WIDTH);
                Tensor weight = model.weights().get("pool_audio.cross_attn.k_proj.weight");
                loss(model, text, frames, audio).backward();
                Tensor gradient = weight.grad();
                double length = Ops.toFloats(gradient.norm())[0];
                assertTrue(length > 0.1, tail + ": " + length);
                double step = 0.01;
                Tensor along = Ops.scale(gradient, step / length);
                double ahead = shifted(model, weight, along, 1, text, frames, audio);
                double behind = shifted(model, weight, along, -1, text, frames, audio);
                assertEquals(length, (ahead - behind) / (2 * step), 0.01 * length, tail.name());
            }
        }
    }

    private static Tensor loss(Pooled model, Tensor text, Tensor frames, Tensor audio) {
        return ContrastiveLoss.sum(Ops.scale(model.score(text, frames, audio), 20));
    }

    private static double shifted(
            Pooled model,
            Tensor weight,
            Tensor by,
            int sign,
            Tensor text,
            Tensor frames,
            Tensor audio) {
        var _ = weight.data().add_(by, new Scalar(sign));
        double loss = Ops.toFloats(loss(model, text, frames, audio))[0];
        var _ = weight.data().add_(by, new Scalar(-sign));
        return loss;
    }

    @Test
    void theWholeNetworkLearnsThroughout() {
        TefalConfig config =
                TefalConfig.standard(
                        TinyAvigate.CLIP, TinyAvigate.AST, Tail.PROJECTION, Fusion.ADD);
        Weights weights = RandomWeights.of(p -> new TefalNetwork(p, config), 3, 0.1);
        try (var _ = new PointerScope()) {
            TefalNetwork network = new TefalNetwork(Parameters.of(weights), config);
            AstConfig ast = config.ast();
            Tensor tokens = network.audioTokens(tensor(random, 2, ast.timeFrames(), ast.melBins()));
            Tensor audio = network.projectAudio(tokens);
            assertArrayEquals(new long[] {2, ast.patches(), config.width()}, Ops.shape(audio));
            Tensor heads = tensor(random, 2, 2, ast.width()); // of class and distillation
            Tensor patches = tokens.narrow(1, 2, ast.patches());
            assertEquals(
                    0, distance(audio, network.projectAudio(Ops.cat(1, heads, patches))), 1e-6);
            Tensor text = network.text(Ops.longs(new long[] {1, 2, 599, 4, 5, 599}, 2, 3));
            Tensor frames = network.frames(tensor(random, 2, 4, 3, 32, 32));
            network.loss(text, network.keysValues(frames, null, audio)).backward();
            for (Map.Entry<String, Tensor> e : weights.all().entrySet()) {
                assertTrue(RandomWeights.isReached(e.getValue()), e.getKey());
            }
        }
    }

    @Test
    void whatMakesNoModelIsRefused() {
        ClipConfig clip = TinyAvigate.CLIP;
        TefalConfig.Pooling good = new TefalConfig.Pooling(1, Tail.NONE, Fusion.ADD, 0);
        refused("heads 0", () -> new TefalConfig.Pooling(0, Tail.NONE, Fusion.ADD, 0));
        refused("dropout 1.0", () -> new TefalConfig.Pooling(1, Tail.NONE, Fusion.ADD, 1));
        refused("frames 0", () -> new TefalConfig(clip, TinyAvigate.AST, 0, 16, good));
        refused("words 2", () -> new TefalConfig(clip, TinyAvigate.AST, 12, 2, good));
        TefalConfig.Pooling three = new TefalConfig.Pooling(3, Tail.NONE, Fusion.ADD, 0);
        refused("3 heads", () -> new TefalConfig(clip, TinyAvigate.AST, 12, 16, three));
    }

    private static void refused(String said, Executable call) {
        String message =
                String.valueOf(assertThrows(IllegalArgumentException.class, call).getMessage());
        assertTrue(message.contains(said), said + " in: " + message);
    }
}
