package javigate.model.avigate;

import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import javigate.checkpoint.Architecture;
import javigate.model.ClipInput;
import javigate.model.Preprocessing;
import javigate.model.RetrievalModel;
import javigate.model.ast.AstConfig;
import javigate.model.clip.ClipConfig;
import javigate.model.clip.ClipTokenizer;
import javigate.tensor.Ops;
import javigate.tensor.Parameters;
import javigate.tensor.Weights;
import org.bytedeco.javacpp.PointerScope;

/** A model small enough for tests, with weights of a size at which every part has a say. */
public final class TinyAvigate {

    public static final ClipConfig CLIP = new ClipConfig(32, 32, 16, 32, 2, 2, 16, 600, 32, 2, 2);
    public static final AstConfig AST = new AstConfig(32, 2, 2, 16, 10, 10, 32, 64);
    public static final Preprocessing PREPROCESSING = Preprocessing.standard(32, 1, 6, 32, 64);
    public static final AvigateConfig CONFIG = AvigateConfig.standard(CLIP, AST);

    private TinyAvigate() {}

    public static ClipTokenizer tokenizer() {
        return ClipTokenizer.learn(List.of("a dog barks", "a cat sleeps", "a dog sleeps"), 530);
    }

    public static Weights weights(AvigateConfig config, long seed) {
        Weights weights = new Weights();
        try (var _ = new PointerScope()) {
            Parameters parameters = Parameters.initialised(new Weights(), new Random(seed));
            var _ = new AvigateNetwork(parameters, config);
            parameters
                    .taken()
                    .forEach(
                            (name, tensor) ->
                                    weights.put(
                                            name,
                                            name.startsWith("transformerClip") && tensor.dim() == 2
                                                    ? Ops.scale(tensor, 8)
                                                    : tensor));
        }
        return weights;
    }

    public static RetrievalModel model(
            BiFunction<ClipConfig, AstConfig, AvigateConfig> preset, long seed) {
        AvigateConfig config = preset.apply(CLIP, AST);
        return Architecture.model(weights(config, seed), config, PREPROCESSING, tokenizer());
    }

    public static ClipInput clip(Random random, int frames, boolean sound) {
        float[][] pixels = new float[frames][3 * 32 * 32];
        for (float[] picture : pixels) {
            for (int i = 0; i < picture.length; i++) {
                picture[i] = (float) random.nextGaussian();
            }
        }
        float[] filterbank = new float[64 * 32];
        for (int i = 0; sound && i < filterbank.length; i++) {
            filterbank[i] = (float) random.nextGaussian();
        }
        return new ClipInput(pixels, filterbank);
    }
}
