package javigate.model.avigate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import javigate.model.ast.AstConfig;
import javigate.model.clip.ClipConfig;
import javigate.tensor.Parameters;
import javigate.tensor.Weights;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class AvigateConfigTest {

    private static final AvigateConfig TINY = TinyAvigate.CONFIG;

    /** Parameters of AST's two classification heads, which AVIGATE does not use. */
    private static final long AST_HEADS = 87_725_264 - 86_187_264;

    /**
     * Parameters per part as counted in the official classes. The full widths with one block of
     * each kind are built, and the blocks counted as often as the full model has them.
     */
    @Test
    void fullSizeHasTheOfficialParameterCounts() {
        ClipConfig b32 = ClipConfig.VIT_B_32;
        ClipConfig shallow = new ClipConfig(512, 224, 32, 768, 1, 12, 77, 49408, 512, 1, 8);
        AstConfig base = AstConfig.BASE;
        AvigateConfig one =
                copy(
                        AvigateConfig.reference(
                                shallow, new AstConfig(768, 1, 12, 16, 10, 10, 128, 1024)),
                        12,
                        1,
                        1,
                        8);
        Map<String, Long> parts = new TreeMap<>();
        try (var _ = new PointerScope()) {
            RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
            Parameters parameters = Parameters.initialised(new Weights(), random);
            var _ = new AvigateNetwork(parameters, one);
            for (Map.Entry<String, Tensor> e : parameters.taken().entrySet()) {
                String name = e.getKey();
                boolean block = name.contains(".0.");
                boolean tower = name.startsWith("clip.");
                long times = !block ? 1 : tower ? b32.visionLayers() : 4;
                parts.merge(part(name), times * e.getValue().numel(), Long::sum);
                e.getValue().close();
            }
        }
        assertEquals(b32.visionLayers(), b32.textLayers());
        assertEquals(b32.visionLayers(), base.layers());
        assertEquals(87_849_216, parts.get("image"));
        assertEquals(63_428_097, parts.get("text"));
        assertEquals(86_187_264, parts.get("sound"));
        assertEquals(393_216, parts.get("projection"));
        assertEquals(283_571_665 - AST_HEADS, parts.values().stream().mapToLong(v -> v).sum());
    }

    private static String part(String name) {
        if (name.startsWith("clip.visual.")) {
            return "image";
        }
        if (name.startsWith("clip.audio.")) {
            return "sound";
        }
        if (name.equals("clip.audio_projection")) {
            return "projection";
        }
        return name.startsWith("clip.") ? "text" : "own";
    }

    @Test
    void presetsDifferWhereThePaperAndTheCodeDo() {
        AvigateConfig reference = AvigateConfig.reference(TinyAvigate.CLIP, TinyAvigate.AST);
        AvigateConfig paper = AvigateConfig.paper(TinyAvigate.CLIP, TinyAvigate.AST);
        assertTrue(!reference.maskFrames() && TINY.maskFrames() && paper.maskFrames());
        assertTrue(reference.framePositions() && !paper.framePositions());
        assertTrue(reference.mergeAudioHeads() && !paper.mergeAudioHeads());
        assertTrue(!reference.marginOfPlainFrames() && paper.marginOfPlainFrames());
        assertEquals(0.05, reference.blend());
        assertEquals(1, paper.blend());
        assertEquals(50, paper.alpha());
    }

    @Test
    void impossibleValuesAreNamed() {
        refused("queries 0", () -> copy(TINY, 0, 4, 4, 1));
        refused("resampler layers 0", () -> copy(TINY, 12, 0, 4, 1));
        refused("fusion layers -1", () -> copy(TINY, 12, 4, -1, 1));
        refused("3 heads", () -> copy(TINY, 12, 4, 4, 3));
        refused("0 heads", () -> copy(TINY, 12, 4, 4, 0));
        refused("frames 17 (1 to 16)", () -> numbers(17, 8, 0.05, 0, 1, 0.2, 0.1));
        refused("words 17 (3 to 16)", () -> numbers(6, 17, 0.05, 0, 1, 0.2, 0.1));
        refused("words 2 ", () -> numbers(6, 2, 0.05, 0, 1, 0.2, 0.1));
        refused("blend 1.5", () -> numbers(6, 8, 1.5, 0, 1, 0.2, 0.1));
        refused("blend NaN", () -> numbers(6, 8, Double.NaN, 0, 1, 0.2, 0.1));
        refused("alpha -1.0", () -> numbers(6, 8, 0.05, -1, 1, 0.2, 0.1));
        refused("lambda 0.0", () -> numbers(6, 8, 0.05, 0, 0, 0.2, 0.1));
        refused("margin lambda -0.2", () -> numbers(6, 8, 0.05, 0, 1, -0.2, 0.1));
        refused("maximum NaN", () -> numbers(6, 8, 0.05, 0, 1, 0.2, Double.NaN));
        refused("patchSize is 5", () -> new ClipConfig(32, 32, 5, 32, 2, 2, 16, 600, 32, 2, 2));
        refused("textHeads is 3", () -> new ClipConfig(32, 32, 16, 32, 2, 2, 16, 600, 32, 2, 3));
        refused("embedDim is 0", () -> new ClipConfig(0, 32, 16, 32, 2, 2, 16, 600, 32, 2, 2));
        refused("heads 5", () -> new AstConfig(32, 2, 5, 16, 10, 10, 32, 64));
        refused("8 bins", () -> new AstConfig(32, 2, 2, 16, 10, 10, 8, 64));
    }

    private static void refused(String said, Runnable action) {
        String message =
                String.valueOf(
                        assertThrows(IllegalArgumentException.class, action::run).getMessage());
        assertTrue(message.contains(said), message);
    }

    private static AvigateConfig copy(
            AvigateConfig c, int queries, int resamplerLayers, int fusionLayers, int heads) {
        return new AvigateConfig(
                c.clip(),
                c.ast(),
                queries,
                resamplerLayers,
                fusionLayers,
                heads,
                c.maxFrames(),
                c.maxWords(),
                c.framePositions(),
                c.blend(),
                c.alpha(),
                c.lambda(),
                c.marginOfPlainFrames(),
                c.mergeAudioHeads(),
                c.maskFrames(),
                c.marginLambda(),
                c.marginMax(),
                c.ablation());
    }

    private static void numbers(
            int frames,
            int words,
            double blend,
            double alpha,
            double lambda,
            double marginLambda,
            double marginMax) {
        var _ =
                new AvigateConfig(
                        TINY.clip(),
                        TINY.ast(),
                        TINY.queries(),
                        TINY.resamplerLayers(),
                        TINY.fusionLayers(),
                        TINY.heads(),
                        frames,
                        words,
                        true,
                        blend,
                        alpha,
                        lambda,
                        false,
                        true,
                        true,
                        marginLambda,
                        marginMax,
                        TINY.ablation());
    }
}
