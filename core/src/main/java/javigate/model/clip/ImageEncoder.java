package javigate.model.clip;

import java.util.ArrayList;
import java.util.List;
import javigate.tensor.Init;
import javigate.tensor.LayerNorm;
import javigate.tensor.Ops;
import javigate.tensor.Parameters;
import javigate.tensor.ResidualAttentionBlock;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * CLIP's image tower, a vision transformer, under OpenAI's names (visual.*).
 *
 * <p>N pictures, S side, P patches, W width, D joint width.
 */
public final class ImageEncoder {

    private final ClipConfig config;
    private final Tensor patchKernel;
    private final Tensor classEmbedding;
    private final Tensor positions;
    private final LayerNorm lnPre;
    private final LayerNorm lnPost;
    private final Tensor projection;
    private final List<ResidualAttentionBlock> blocks = new ArrayList<>();

    public ImageEncoder(Parameters parameters, ClipConfig config) {
        this.config = config;
        int width = config.visionWidth();
        int patch = config.patchSize();
        double deviation = Math.pow(width, -0.5);
        this.classEmbedding = parameters.get("class_embedding", Init.normal(deviation), width);
        this.positions =
                parameters.get(
                        "positional_embedding",
                        Init.normal(deviation),
                        config.patches() + 1L,
                        width);
        this.projection = parameters.get("proj", Init.normal(deviation), width, config.embedDim());
        this.patchKernel =
                parameters.get(
                        "conv1.weight",
                        Init.normal(Math.pow(3.0 * patch * patch, -0.5)),
                        width,
                        3,
                        patch,
                        patch);
        this.lnPre = new LayerNorm(parameters.at("ln_pre"), width, ClipConfig.EPSILON);
        for (int i = 0; i < config.visionLayers(); i++) {
            blocks.add(
                    new ResidualAttentionBlock(
                            parameters.at("transformer.resblocks." + i),
                            width,
                            config.visionHeads(),
                            config.visionLayers(),
                            ClipConfig.EPSILON));
        }
        this.lnPost = new LayerNorm(parameters.at("ln_post"), width, ClipConfig.EPSILON);
    }

    /**
     * Class token, normalised by ln_post and projected; not L2-normalised.
     *
     * @param pixels [N, 3, S, S], normalised
     * @return [N, D]
     */
    public Tensor encode(Tensor pixels) {
        Tensor tokens = embed(pixels);
        for (int i = 0; i < blocks.size(); i++) {
            tokens = block(i, tokens);
        }
        return project(tokens);
    }

    /** Pictures of clips, each as {@link #encode} does: [B, F, 3, S, S] to [B, F, D]. */
    public Tensor encodeFrames(Tensor pixels) {
        long b = pixels.size(0);
        long f = pixels.size(1);
        Tensor flat = pixels.reshape(b * f, 3, pixels.size(3), pixels.size(4));
        return encode(flat).view(b, f, config.embedDim());
    }

    /** Class token and patches with their positions, after ln_pre: [N, P + 1, W]. */
    public Tensor embed(Tensor pixels) {
        long n = pixels.size(0);
        long width = config.visionWidth();
        long stride = config.patchSize();
        Tensor patches =
                torch.conv2d(
                                pixels,
                                patchKernel,
                                new TensorOptional(),
                                new long[] {stride, stride},
                                new long[] {0, 0},
                                new long[] {1, 1},
                                1)
                        .flatten(2, 3)
                        .transpose(1, 2); // [N, P, W]
        Tensor classToken = classEmbedding.view(1, 1, width).expand(n, 1, width);
        return lnPre.forward(Ops.cat(1, classToken, patches).add(positions));
    }

    /** One transformer block: [N, P + 1, W]. */
    public Tensor block(int i, Tensor tokens) {
        return blocks.get(i).forward(tokens, false, null);
    }

    /** ln_post of the class token, times the projection: [N, D]. */
    public Tensor project(Tensor tokens) {
        return torch.matmul(lnPost.forward(tokens.select(1, 0)), projection);
    }
}
