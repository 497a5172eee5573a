package javigate.model.eclipse;

import java.util.ArrayList;
import java.util.List;
import javigate.model.clip.ImageEncoder;
import javigate.tensor.Init;
import javigate.tensor.Linear;
import javigate.tensor.Parameters;
import org.bytedeco.pytorch.Tensor;

/**
 * CLIP's image tower with an audio token beside each picture, under the official names (visual.*).
 *
 * <p>B clips, F frames, S picture side, U width of the sound's features, W tower width, D joint
 * width.
 */
public final class EclipseImageEncoder {

    private final ImageEncoder pictures;
    private final Linear audioProjection;
    private final List<AudioVisualBlock> blocks = new ArrayList<>();

    public EclipseImageEncoder(Parameters parameters, EclipseConfig config) {
        int width = config.clip().visionWidth();
        int audioWidth = config.ast().width();
        this.pictures = new ImageEncoder(parameters, config.clip());
        this.audioProjection =
                new Linear(
                        parameters.at("mlp_audio"),
                        audioWidth,
                        width,
                        Init.normal(Math.pow(audioWidth, -0.5)));
        for (int i = 0; i < config.clip().visionLayers(); i++) {
            int layer = i;
            blocks.add(
                    new AudioVisualBlock(
                            parameters.at("transformer.resblocks." + i),
                            width,
                            config.clip().visionHeads(),
                            config.attention(),
                            tokens -> pictures.block(layer, tokens)));
        }
    }

    /**
     * Frames that have heard their sound; not L2-normalised.
     *
     * @param pixels [B, F, 3, S, S], normalised
     * @param sound one feature per frame [B, F, U]
     * @return [B, F, D]
     */
    public Tensor encodeFrames(Tensor pixels, Tensor sound) {
        long b = pixels.size(0);
        long f = pixels.size(1);
        Tensor flat = pixels.reshape(b * f, 3, pixels.size(3), pixels.size(4));
        Tensor audio = audioProjection.forward(sound); // [B, F, W]
        AudioVisualBlock.Tokens tokens =
                new AudioVisualBlock.Tokens(
                        pictures.embed(flat), audio.reshape(b * f, 1, audio.size(2)));
        for (AudioVisualBlock block : blocks) {
            tokens = block.forward(tokens);
        }
        Tensor frames = pictures.project(tokens.visual()); // [B · F, D]
        return frames.view(b, f, frames.size(1));
    }
}
