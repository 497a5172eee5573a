package javigate.model.clip4clip;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import javigate.checkpoint.Architecture;
import javigate.checkpoint.Checkpoint;
import javigate.model.ClipInput;
import javigate.model.Preprocessing;
import javigate.model.RetrievalModel;
import javigate.model.avigate.TinyAvigate;
import javigate.tensor.Engine;
import javigate.tensor.Parameters;
import javigate.tensor.Weights;
import org.bytedeco.javacpp.PointerScope;

/** CLIP4Clip small enough for tests, with random weights. */
public final class TinyClip4Clip {

    public static final Clip4ClipConfig MEAN = Clip4ClipConfig.meanPool(TinyAvigate.CLIP);
    public static final Clip4ClipConfig TRANSFORMER =
            new Clip4ClipConfig(
                    TinyAvigate.CLIP, Clip4ClipConfig.Pooling.TRANSFORMER, 3, 4, 12, 16);
    static final Preprocessing PREPROCESSING = Preprocessing.ofPictures(32, 2, 6);

    private TinyClip4Clip() {}

    static Weights weights(Clip4ClipConfig config, long seed) {
        Engine.start();
        Weights weights = new Weights();
        try (var _ = new PointerScope()) {
            Parameters parameters = Parameters.initialised(new Weights(), new Random(seed));
            var _ = new Clip4ClipNetwork(parameters, config);
            parameters.taken().forEach(weights::put);
        }
        return weights;
    }

    public static RetrievalModel model(Clip4ClipConfig config, long seed) {
        return Architecture.model(
                weights(config, seed), config, PREPROCESSING, TinyAvigate.tokenizer());
    }

    /** Writes a model folder. */
    public static Checkpoint save(Path folder, Clip4ClipConfig config, long seed)
            throws IOException {
        return Checkpoint.save(
                folder,
                "tiny-clip4clip",
                config,
                PREPROCESSING,
                TinyAvigate.tokenizer(),
                weights(config, seed),
                false,
                "Random weights, for tests.\n");
    }

    /** Random pictures, no filterbank. */
    public static ClipInput clip(Random random, int frames) {
        return new ClipInput(TinyAvigate.clip(random, frames, false).pixels(), new float[0]);
    }
}
