package javigate.model.eclipse;

import static javigate.model.RandomWeights.distance;
import static javigate.model.RandomWeights.tensor;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import javigate.model.RandomWeights;
import javigate.model.ast.AstConfig;
import javigate.model.avigate.TinyAvigate;
import javigate.model.clip.ImageEncoder;
import javigate.model.eclipse.EclipseConfig.Attention;
import javigate.tensor.Ops;
import javigate.tensor.Parameters;
import javigate.tensor.Recompute;
import javigate.tensor.Weights;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class EclipseTest {

    private static final String BLOCK = "clip.visual.transformer.resblocks.";

    private final Random random = new Random(1);

    private static EclipseConfig config(Attention attention) {
        return new EclipseConfig(TinyAvigate.CLIP, TinyAvigate.AST, attention, 1, 12, 16);
    }

    private static Weights weights(Attention attention, double noise) {
        return RandomWeights.of(p -> new EclipseNetwork(p, config(attention)), 2, noise);
    }

    @Test
    void aNewModelIsPlainClip() {
        Weights towers = TinyAvigate.weights(TinyAvigate.CONFIG, 3);
        for (Attention attention : Attention.values()) {
            try (var _ = new PointerScope()) {
                EclipseConfig config = config(attention);
                Parameters parameters =
                        Parameters.initialised(EclipseNetwork.start(towers, config), random);
                EclipseImageEncoder encoder =
                        new EclipseImageEncoder(parameters.at("clip.visual"), config);
                ImageEncoder clip =
                        new ImageEncoder(Parameters.of(towers).at("clip.visual"), TinyAvigate.CLIP);
                Tensor pixels = tensor(random, 2, 3, 3, 32, 32);
                Tensor sound = tensor(random, 2, 3, config.ast().width());
                assertEquals(
                        0,
                        distance(clip.encodeFrames(pixels), encoder.encodeFrames(pixels, sound)),
                        1e-6);
            }
        }
    }

    @Test
    void newPartsStartAsClips() {
        Weights towers = TinyAvigate.weights(TinyAvigate.CONFIG, 3);
        try (var _ = new PointerScope()) {
            Weights lent = EclipseNetwork.start(towers, config(Attention.DUAL));
            for (int layer = 0; layer < 2; layer++) {
                String block = BLOCK + layer + ".";
                for (String part : new String[] {"attn.in_proj_weight", "attn.out_proj.bias"}) {
                    assertLent(towers, block + part, lent, block + "vis_audio_" + part);
                    assertLent(towers, block + part, lent, block + "audio_vis_" + part);
                }
                assertLent(towers, block + "ln_1.bias", lent, block + "vis_audio_ln_1.bias");
                assertLent(towers, block + "ln_1.bias", lent, block + "audio_vis_ln_1.bias");
            }
            Parameters parameters = Parameters.initialised(lent, random);
            var _ = new EclipseNetwork(parameters, config(Attention.DUAL));
            parameters.requireAllTaken();
            Set<String> drawn = new TreeSet<>(parameters.taken().keySet());
            drawn.removeAll(lent.names());
            assertTrue(
                    drawn.stream().allMatch(n -> n.contains("_fc.") || n.contains(".mlp_audio.")),
                    drawn.toString());
        }
    }

    private static void assertLent(Weights from, String lender, Weights to, String borrower) {
        assertEquals(0, distance(from.get(lender), to.get(borrower)), borrower);
    }

    /** Each frame hears its own sound, and that alone. */
    @Test
    void aFrameHearsItsOwnSound() {
        for (Attention attention : Attention.values()) {
            Weights weights = weights(attention, 0.1);
            try (var _ = new PointerScope()) {
                EclipseNetwork network =
                        new EclipseNetwork(Parameters.of(weights), config(attention));
                Tensor pixels = tensor(random, 1, 3, 3, 32, 32);
                Tensor sound = tensor(random, 1, 3, 32);
                Tensor other =
                        Ops.cat(1, sound.narrow(1, 0, 2), tensor(random, 1, 1, 32)); // of frame 2
                Tensor plain = network.frames(pixels, sound);
                Tensor changed = network.frames(pixels, other);
                assertArrayEquals(new long[] {1, 3, 32}, Ops.shape(plain));
                assertEquals(0, distance(plain.narrow(1, 0, 2), changed.narrow(1, 0, 2)), 1e-6);
                assertTrue(distance(plain.narrow(1, 2, 1), changed.narrow(1, 2, 1)) > 1e-3);
            }
        }
    }

    /** All but what a variant computes for nothing. */
    @Test
    void gradientsReachWhatTheScoreDependsOn() {
        for (Attention attention : Attention.values()) {
            Map<String, float[]> gradients = gradients(attention, false);
            Set<String> idle = new TreeSet<>();
            gradients.forEach(
                    (name, values) -> {
                        boolean reached = false;
                        for (float value : values) {
                            reached |= value != 0;
                        }
                        if (!reached) {
                            idle.add(name);
                        }
                    });
            for (String name : idle) {
                boolean sound = name.contains(".audio_vis_attn.") || name.contains("audio_vis_fc.");
                boolean expected =
                        switch (attention) {
                            case SINGLE -> sound;
                            case DUAL -> sound && name.startsWith(BLOCK + "1.");
                            case DUAL_REVERSE_NORM ->
                                    (sound && name.startsWith(BLOCK + "1."))
                                            || name.contains(".vis_audio_attn.out_proj.");
                        };
                assertTrue(expected, attention + " " + name);
            }
            int count =
                    switch (attention) {
                        case SINGLE -> 2 * 6;
                        case DUAL -> 6;
                        case DUAL_REVERSE_NORM -> 6 + 2 * 2;
                    };
            assertEquals(count, idle.size(), attention + " " + idle);
        }
    }

    @Test
    void recomputedBlocksHaveTheSameGradients() {
        for (Attention attention : Attention.values()) {
            Map<String, float[]> plain = gradients(attention, false);
            Map<String, float[]> recomputed = gradients(attention, true);
            for (Map.Entry<String, float[]> e : plain.entrySet()) {
                float[] other = recomputed.getOrDefault(e.getKey(), new float[0]);
                String at = attention + " " + e.getKey();
                if (e.getValue().length == 0) {
                    for (float value : other) {
                        assertEquals(0, value, at);
                    }
                } else {
                    assertArrayEquals(e.getValue(), other, 1e-4f, at);
                }
            }
        }
    }

    /** Gradients of the loss of one fixed batch, by name; empty where there is none. */
    private static Map<String, float[]> gradients(Attention attention, boolean recompute) {
        EclipseConfig config = config(attention);
        Weights weights = weights(attention, 0.1);
        Random random = new Random(4);
        try (var _ = new PointerScope()) {
            EclipseNetwork network = new EclipseNetwork(Parameters.of(weights), config);
            AstConfig ast = config.ast();
            Tensor pixels = tensor(random, 2, 3, 3, 32, 32);
            Tensor filterbank = tensor(random, 2, ast.timeFrames(), ast.melBins());
            Tensor ids = Ops.longs(new long[] {1, 2, 599, 4, 5, 599}, 2, 3);
            Tensor mask = Ops.floats(new float[] {1, 1, 1, 1, 1, 0}, 2, 3);
            double[][] positions = {{8, 30, 50}, {5, 20, 0}};
            double[] windows = {15, 25};
            try (Recompute open = recompute ? Recompute.open() : null) {
                Tensor sound =
                        network.frameSound(network.audioTokens(filterbank), positions, windows);
                Tensor frames = network.frames(pixels, sound);
                network.loss(network.text(ids), frames, mask).backward();
                if (open != null) {
                    open.unwind();
                }
            }
            Map<String, float[]> gradients = new LinkedHashMap<>();
            weights.all()
                    .forEach(
                            (name, tensor) ->
                                    gradients.put(
                                            name,
                                            tensor.grad().defined()
                                                    ? Ops.toFloats(tensor.grad())
                                                    : new float[0]));
            return gradients;
        }
    }

    @Test
    void whatMakesNoModelIsRefused() {
        String message =
                String.valueOf(
                        assertThrows(
                                        IllegalArgumentException.class,
                                        () ->
                                                new EclipseConfig(
                                                        TinyAvigate.CLIP,
                                                        TinyAvigate.AST,
                                                        Attention.DUAL,
                                                        1,
                                                        0,
                                                        17))
                                .getMessage());
        assertTrue(message.contains("frames 0") && message.contains("words 17"), message);
    }
}
