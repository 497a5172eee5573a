package javigate.model.clip4clip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import javigate.checkpoint.Architecture;
import javigate.index.LateInteractionScore;
import javigate.model.ClipBatch;
import javigate.model.ClipEmbedding;
import javigate.model.ClipInput;
import javigate.model.Preprocessing;
import javigate.model.RetrievalModel;
import javigate.model.avigate.TinyAvigate;
import javigate.model.clip.ClipConfig;
import javigate.tensor.Ops;
import javigate.tensor.Parameters;
import javigate.tensor.Weights;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class Clip4ClipTest {

    /** Clips of several lengths in one batch, so that all but one are padded. */
    private static List<ClipInput> clips(long seed) {
        Random random = new Random(seed);
        return List.of(
                TinyClip4Clip.clip(random, 2),
                TinyClip4Clip.clip(random, 6),
                TinyClip4Clip.clip(random, 1));
    }

    /** Normalise the frames, mean, normalise, cosine: in double precision, as the paper reads. */
    private static double meanPoolScore(double[][] frames, float[] text) {
        double[] mean = new double[text.length];
        for (double[] frame : frames) {
            double length = length(frame);
            for (int d = 0; d < mean.length; d++) {
                mean[d] += frame[d] / length / frames.length;
            }
        }
        double product = 0;
        double squares = 0;
        for (int d = 0; d < mean.length; d++) {
            product += mean[d] * text[d];
            squares += (double) text[d] * text[d];
        }
        return product / length(mean) / Math.sqrt(squares);
    }

    private static double length(double[] vector) {
        double squares = 0;
        for (double value : vector) {
            squares += value * value;
        }
        return Math.sqrt(squares);
    }

    /** f⁰ of one clip on its own. */
    private static double[][] plain(Weights weights, Clip4ClipConfig config, ClipInput clip) {
        try (var _ = new PointerScope()) {
            Clip4ClipNetwork network = new Clip4ClipNetwork(Parameters.of(weights), config);
            ClipBatch alone = ClipBatch.of(List.of(clip), config.clip().imageSize(), 0);
            float[][] rows = Ops.toRows(network.frames(alone.pixels()).select(0, 0));
            double[][] result = new double[rows.length][rows[0].length];
            for (int f = 0; f < rows.length; f++) {
                for (int d = 0; d < rows[f].length; d++) {
                    result[f][d] = rows[f][d];
                }
            }
            return result;
        }
    }

    private static void assertClose(double[][] expected, float[][] actual) {
        assertEquals(expected.length, actual.length);
        for (int f = 0; f < expected.length; f++) {
            for (int d = 0; d < expected[f].length; d++) {
                assertEquals(expected[f][d], actual[f][d], 2e-5);
            }
        }
    }

    @Test
    void meanPoolEqualsItsEquation() {
        try (Weights weights = TinyClip4Clip.weights(TinyClip4Clip.MEAN, 3);
                RetrievalModel model = TinyClip4Clip.model(TinyClip4Clip.MEAN, 3)) {
            assertTrue(weights.names().stream().allMatch(name -> name.startsWith("clip.")));
            check(model, clips(3), clip -> plain(weights, TinyClip4Clip.MEAN, clip));
        }
    }

    @Test
    void theTransformerEqualsItsEquations() {
        Clip4ClipConfig config = TinyClip4Clip.TRANSFORMER;
        try (Weights weights = TinyClip4Clip.weights(config, 4);
                RetrievalModel model = TinyClip4Clip.model(config, 4)) {
            SequentialOracle oracle =
                    new SequentialOracle(weights, config.fusionLayers(), config.heads());
            check(model, clips(4), clip -> oracle.of(plain(weights, config, clip)));
        }
    }

    private interface Oracle {
        double[][] frames(ClipInput clip);
    }

    private static void check(RetrievalModel model, List<ClipInput> clips, Oracle oracle) {
        float[] text = model.embedText("a dog barks");
        List<ClipEmbedding> embedded = model.embedClips(clips);
        double[] scores =
                model.score(List.of(text), embedded.stream().map(ClipEmbedding::tokens).toList())[
                        0];
        for (int i = 0; i < clips.size(); i++) {
            ClipEmbedding clip = embedded.get(i);
            double[][] expected = oracle.frames(clips.get(i));
            assertClose(expected, clip.frames());
            assertEquals(meanPoolScore(expected, text), scores[i], 1e-5);
            double stored =
                    LateInteractionScore.of(clip.frames(), text, model.alpha(), model.localWeight())
                            .score();
            assertEquals(stored, scores[i], 1e-6);
        }
    }

    @Test
    void itDoesNotListen() {
        Random random = new Random(5);
        ClipInput heard = TinyAvigate.clip(random, 3, true);
        ClipInput mute = new ClipInput(heard.pixels(), new float[0]);
        for (Clip4ClipConfig config : List.of(TinyClip4Clip.MEAN, TinyClip4Clip.TRANSFORMER)) {
            try (RetrievalModel model = TinyClip4Clip.model(config, 5)) {
                // One at a time: where in a batch a clip is may change the last bit.
                ClipEmbedding embedded = model.embedClips(List.of(heard)).getFirst();
                ClipEmbedding unheard = model.embedClips(List.of(mute)).getFirst();
                assertArrayEquals(embedded.frames(), unheard.frames());
                assertArrayEquals(embedded.frames(), embedded.framesWithoutSound());
                assertEquals(0, embedded.gates().length);
                assertEquals(0, embedded.soundToken().length);
                assertEquals(0, model.localWeight());
                assertTrue(model.alpha() > 0);
            }
        }
    }

    @Test
    void theOfficialSizes() {
        Clip4ClipConfig official = Clip4ClipConfig.transformer(ClipConfig.VIT_B_32, 4, 64);
        assertEquals(
                new Clip4ClipConfig(
                        ClipConfig.VIT_B_32, Clip4ClipConfig.Pooling.TRANSFORMER, 4, 8, 12, 32),
                official);
        assertEquals(12, Clip4ClipConfig.meanPool(ClipConfig.VIT_B_16).maxFrames());
    }

    @Test
    void whatMakesNoModelIsRefused() {
        ClipConfig clip = TinyAvigate.CLIP;
        Clip4ClipConfig.Pooling mean = Clip4ClipConfig.Pooling.MEAN_POOL;
        Clip4ClipConfig.Pooling transformer = Clip4ClipConfig.Pooling.TRANSFORMER;
        refused("fusionLayers 1", () -> new Clip4ClipConfig(clip, mean, 1, 0, 12, 16));
        refused("heads 2", () -> new Clip4ClipConfig(clip, mean, 0, 2, 12, 16));
        refused("frames 0", () -> new Clip4ClipConfig(clip, mean, 0, 0, 0, 16));
        refused("words 17", () -> new Clip4ClipConfig(clip, mean, 0, 0, 12, 17));
        refused("fusionLayers 0", () -> new Clip4ClipConfig(clip, transformer, 0, 4, 12, 16));
        refused("heads 5", () -> new Clip4ClipConfig(clip, transformer, 4, 5, 12, 16));
        refused("frames 17", () -> new Clip4ClipConfig(clip, transformer, 4, 4, 17, 16));
        Preprocessing large = Preprocessing.ofPictures(48, 1, 6);
        Weights weights = TinyClip4Clip.weights(TinyClip4Clip.MEAN, 1);
        refused(
                "imageSize=48",
                () ->
                        Architecture.model(
                                weights, TinyClip4Clip.MEAN, large, TinyAvigate.tokenizer()));
        refused(
                "weight frame_position_embeddings.weight [16, 32] is missing",
                () ->
                        Architecture.model(
                                weights,
                                TinyClip4Clip.TRANSFORMER,
                                TinyClip4Clip.PREPROCESSING,
                                TinyAvigate.tokenizer()));
    }

    private static void refused(String said, Executable call) {
        String message =
                String.valueOf(assertThrows(IllegalArgumentException.class, call).getMessage());
        assertTrue(message.contains(said), said + " in: " + message);
    }
}
