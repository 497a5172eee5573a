package javigate.search;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGeneratorFactory;
import javigate.checkpoint.Checkpoint;
import javigate.media.Mp4Writer;
import javigate.media.RgbImage;
import javigate.model.Preprocessing;
import javigate.model.ast.AstConfig;
import javigate.model.avigate.AvigateConfig;
import javigate.model.avigate.AvigateNetwork;
import javigate.model.clip.ClipConfig;
import javigate.model.clip.ClipTokenizer;
import javigate.tensor.Engine;
import javigate.tensor.Parameters;
import javigate.tensor.Weights;

/** A model with random weights, small enough to embed a clip in milliseconds, and clips for it. */
public final class TinyModel {

    private TinyModel() {}

    /** Writes a model folder; the same seed gives the same weights. */
    public static Checkpoint save(Path folder, long seed) throws IOException {
        Engine.start();
        List<String> captions = List.of("a red square moves", "a bell rings twice");
        ClipTokenizer tokenizer = ClipTokenizer.learn(captions, 520);
        ClipConfig clip = new ClipConfig(16, 32, 16, 16, 1, 2, 16, tokenizer.size(), 16, 4, 2);
        AstConfig ast = new AstConfig(16, 1, 2, 16, 16, 16, 32, 32);
        AvigateConfig config = AvigateConfig.standard(clip, ast);
        Parameters parameters =
                Parameters.initialised(
                        new Weights(), RandomGeneratorFactory.of("L64X128MixRandom").create(seed));
        AvigateNetwork network = new AvigateNetwork(parameters, config);
        Weights weights = new Weights();
        parameters.taken().forEach(weights::put);
        Preprocessing preprocessing =
                Preprocessing.standard(32, 2, network.config().maxFrames(), 32, 32);
        return Checkpoint.save(
                folder,
                "tiny",
                config,
                preprocessing,
                tokenizer,
                weights,
                false,
                "Random weights, for tests.\n");
    }

    /**
     * Writes an mp4 of 64 x 48 pixels, 10 pictures a second, whose grey level rises with time.
     *
     * @param toneHz of its sound, 0 for a file without an audio track
     */
    public static Path clip(Path file, int seconds, int toneHz) throws IOException {
        int rateHz = toneHz == 0 ? 0 : 32_000;
        try (Mp4Writer writer = new Mp4Writer(file, 64, 48, 10, rateHz, 100_000)) {
            for (int n = 0; n < 10 * seconds; n++) {
                byte[] rgb = new byte[64 * 48 * 3];
                java.util.Arrays.fill(rgb, (byte) (20 + 200 * n / (10 * seconds)));
                writer.write(new RgbImage(64, 48, rgb));
            }
            float[] sound = new float[seconds * rateHz];
            for (int i = 0; i < sound.length; i++) {
                sound[i] = (float) (0.5 * Math.sin(2 * Math.PI * toneHz * i / rateHz));
            }
            if (sound.length > 0) {
                writer.writeAudio(sound);
            }
            writer.finish();
        }
        return file;
    }

    /**
     * Writes an mp4 without sound of 64 x 48 pixels, 10 pictures a second, whose colour is another
     * in each scene.
     *
     * @param ends the numbers of the first pictures after each scene, ascending
     */
    public static Path scenes(Path file, int... ends) throws IOException {
        try (Mp4Writer writer = new Mp4Writer(file, 64, 48, 10, 0, 100_000)) {
            int n = 0;
            for (int scene = 0; scene < ends.length; scene++) {
                byte[] rgb = new byte[64 * 48 * 3];
                for (int i = scene % 3; i < rgb.length; i += 3) {
                    rgb[i] = (byte) 200;
                }
                for (; n < ends[scene]; n++) {
                    writer.write(new RgbImage(64, 48, rgb));
                }
            }
            writer.finish();
        }
        return file;
    }
}
