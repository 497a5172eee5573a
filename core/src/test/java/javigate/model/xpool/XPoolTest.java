package javigate.model.xpool;

import static javigate.model.RandomWeights.distance;
import static javigate.model.RandomWeights.tensor;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javigate.checkpoint.WeightForm;
import javigate.model.RandomWeights;
import javigate.model.avigate.TinyAvigate;
import javigate.model.clip.ClipConfig;
import javigate.model.xpool.TextConditionedPooling.KeysValues;
import javigate.model.xpool.TextConditionedPooling.Tail;
import javigate.tensor.Ops;
import javigate.tensor.Parameters;
import javigate.tensor.Weights;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class XPoolTest {

    private static final XPoolConfig CONFIG = XPoolConfig.official(TinyAvigate.CLIP);
    private static final int WIDTH = 32;

    private static TextConditionedPooling block(Tail tail, double dropout) {
        Weights weights =
                RandomWeights.of(p -> new TextConditionedPooling(p, WIDTH, 4, tail, 0), 1, 0.3);
        return new TextConditionedPooling(Parameters.of(weights), WIDTH, 4, tail, dropout);
    }

    private static Tensor texts(Random random) {
        return tensor(random, 5, WIDTH);
    }

    @Test
    void aTextsViewDependsOnNoOtherText() {
        try (var _ = new PointerScope()) {
            Random random = new Random(2);
            for (Tail tail : Tail.values()) {
                TextConditionedPooling block = block(tail, 0);
                KeysValues clips = block.keysValues(tensor(random, 3, 4, WIDTH), null);
                Tensor text = texts(random);
                Tensor all = block.pool(text, clips, false);
                assertArrayEquals(new long[] {5, 3, WIDTH}, Ops.shape(all));
                for (int t = 0; t < 5; t++) {
                    Tensor alone = block.pool(text.narrow(0, t, 1), clips, false);
                    assertEquals(0, distance(all.narrow(0, t, 1), alone), 1e-5);
                    if (t > 0) {
                        assertTrue(distance(all.narrow(0, 0, 1), alone) > 0.01);
                    }
                }
            }
        }
    }

    /** Kept as plain numbers, clip by clip, as a re-ranker keeps them. */
    @Test
    void keptKeysAndValuesScoreAsFreshOnes() {
        Weights weights = RandomWeights.of(p -> new XPoolNetwork(p, CONFIG), 3, 0.1);
        try (var _ = new PointerScope()) {
            Random random = new Random(3);
            XPoolNetwork network = new XPoolNetwork(Parameters.of(weights), CONFIG);
            Tensor frames = network.frames(tensor(random, 3, 4, 3, 32, 32));
            Tensor text = network.text(Ops.longs(new long[] {1, 2, 599, 4, 5, 599}, 2, 3));
            List<Tensor> keys = new ArrayList<>();
            List<Tensor> values = new ArrayList<>();
            for (int v = 0; v < 3; v++) {
                KeysValues own = network.keysValues(frames.narrow(0, v, 1), null);
                keys.add(Ops.floats(Ops.toFloats(own.keys()), 1, 4, WIDTH));
                values.add(Ops.floats(Ops.toFloats(own.values()), 1, 4, WIDTH));
            }
            KeysValues kept =
                    new KeysValues(
                            Ops.cat(0, keys.toArray(Tensor[]::new)),
                            Ops.cat(0, values.toArray(Tensor[]::new)),
                            null);
            Tensor fresh = network.score(text, network.keysValues(frames, null), false);
            assertArrayEquals(new long[] {2, 3}, Ops.shape(fresh));
            assertEquals(0, distance(fresh, network.score(text, kept, false)), 1e-5);
        }
    }

    @Test
    void paddedFramesAreNotSeen() {
        try (var _ = new PointerScope()) {
            Random random = new Random(4);
            TextConditionedPooling block = block(Tail.PROJECTION, 0);
            Tensor text = texts(random);
            Tensor frames = tensor(random, 2, 3, WIDTH);
            Tensor padded = Ops.cat(1, frames, tensor(random, 2, 2, WIDTH));
            Tensor mask = Ops.floats(new float[] {1, 1, 1, 0, 0, 1, 1, 1, 0, 0}, 2, 5);
            Tensor plain = block.pool(text, block.keysValues(frames, null), false);
            assertEquals(
                    0,
                    distance(plain, block.pool(text, block.keysValues(padded, mask), false)),
                    1e-5);
            assertTrue(
                    distance(plain, block.pool(text, block.keysValues(padded, null), false))
                            > 0.01);
        }
    }

    @Test
    void dropoutIsForTrainingOnly() {
        try (var _ = new PointerScope()) {
            Random random = new Random(5);
            Tensor text = texts(random);
            Tensor frames = tensor(random, 2, 3, WIDTH);
            TextConditionedPooling with = block(Tail.PROJECTION, 0.3);
            TextConditionedPooling without = block(Tail.PROJECTION, 0);
            KeysValues clips = with.keysValues(frames, null);
            Tensor plain = without.pool(text, clips, true);
            assertEquals(0, distance(plain, with.pool(text, clips, false)));
            assertTrue(distance(plain, with.pool(text, clips, true)) > 0.01);
        }
    }

    @Test
    void itsNamesAreTheOfficialOnes() {
        Weights weights = RandomWeights.of(p -> new XPoolNetwork(p, CONFIG), 6, 0.1);
        assertEquals(WeightForm.XPOOL, WeightForm.of(weights));
        Parameters parameters = Parameters.of(WeightForm.XPOOL.toModel(weights));
        var _ = new XPoolNetwork(parameters, CONFIG);
        parameters.requireAllTaken();
    }

    @Test
    void gradientsReachEveryParameter() {
        Weights weights = RandomWeights.of(p -> new XPoolNetwork(p, CONFIG), 7, 0.1);
        try (var _ = new PointerScope()) {
            Random random = new Random(7);
            XPoolNetwork network = new XPoolNetwork(Parameters.of(weights), CONFIG);
            Tensor text = network.text(Ops.longs(new long[] {1, 2, 599, 4, 5, 599}, 2, 3));
            Tensor frames = network.frames(tensor(random, 2, 4, 3, 32, 32));
            network.loss(text, network.keysValues(frames, null)).backward();
            for (Map.Entry<String, Tensor> e : weights.all().entrySet()) {
                assertTrue(RandomWeights.isReached(e.getValue()), e.getKey());
            }
        }
    }

    @Test
    void theOfficialSizes() {
        assertEquals(
                new XPoolConfig(ClipConfig.VIT_B_32, 1, 0.3, 12, 77),
                XPoolConfig.official(ClipConfig.VIT_B_32));
    }

    @Test
    void whatMakesNoModelIsRefused() {
        ClipConfig clip = TinyAvigate.CLIP;
        refused("heads 3", () -> new XPoolConfig(clip, 3, 0.3, 12, 16));
        refused("heads 0", () -> new XPoolConfig(clip, 0, 0.3, 12, 16));
        refused("dropout 1.0", () -> new XPoolConfig(clip, 1, 1, 12, 16));
        refused("dropout NaN", () -> new XPoolConfig(clip, 1, Double.NaN, 12, 16));
        refused("frames 0", () -> new XPoolConfig(clip, 1, 0.3, 0, 16));
        refused("words 17", () -> new XPoolConfig(clip, 1, 0.3, 12, 17));
    }

    private static void refused(String said, Executable call) {
        String message =
                String.valueOf(assertThrows(IllegalArgumentException.class, call).getMessage());
        assertTrue(message.contains(said), said + " in: " + message);
    }
}
