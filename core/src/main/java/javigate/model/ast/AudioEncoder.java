package javigate.model.ast;

import java.util.ArrayList;
import java.util.List;
import javigate.tensor.Init;
import javigate.tensor.LayerNorm;
import javigate.tensor.Ops;
import javigate.tensor.Parameters;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * AST without its classification heads, under the original names (v.*).
 *
 * <p>B clips, T frames, Q bins of the filterbank; P patches (frequency-major: index = f · time
 * patches + t), W width.
 */
public final class AudioEncoder {

    private final AstConfig config;
    private final Tensor classToken;
    private final Tensor distillationToken;
    private final Tensor positions;
    private final Tensor patchKernel;
    private final Tensor patchBias;
    private final LayerNorm norm;
    private final List<AstBlock> blocks = new ArrayList<>();

    public AudioEncoder(Parameters parameters, AstConfig config) {
        this.config = config;
        int width = config.width();
        int patch = config.patchSize();
        this.classToken = parameters.get("cls_token", Init.normal(0.02), 1, 1, width);
        this.distillationToken = parameters.get("dist_token", Init.normal(0.02), 1, 1, width);
        this.positions =
                parameters.get("pos_embed", Init.normal(0.02), 1, config.patches() + 2L, width);
        this.patchKernel =
                parameters.get(
                        "patch_embed.proj.weight",
                        Init.normal(1.0 / patch),
                        width,
                        1,
                        patch,
                        patch);
        this.patchBias = parameters.get("patch_embed.proj.bias", Init.ZEROS, width);
        for (int i = 0; i < config.layers(); i++) {
            blocks.add(new AstBlock(parameters.at("blocks." + i), config));
        }
        this.norm = new LayerNorm(parameters.at("norm"), width, AstConfig.EPSILON);
    }

    /**
     * All tokens after the last block, before the final norm: class, distillation, patches.
     *
     * @param filterbank [B, T, Q], normalised
     * @return [B, P + 2, W]
     */
    public Tensor tokens(Tensor filterbank) {
        Tensor tokens = embed(patches(filterbank));
        for (int i = 0; i < blocks.size(); i++) {
            tokens = block(i, tokens);
        }
        return tokens;
    }

    /** Patch embeddings before tokens and positions: [B, P, W]. */
    public Tensor patches(Tensor filterbank) {
        return torch.conv2d(
                        filterbank.transpose(1, 2).unsqueeze(1), // [B, 1, Q, T]
                        patchKernel,
                        new TensorOptional(patchBias),
                        new long[] {config.strideFrequency(), config.strideTime()},
                        new long[] {0, 0},
                        new long[] {1, 1},
                        1)
                .flatten(2, 3)
                .transpose(1, 2);
    }

    /** Class and distillation tokens in front, positions added: [B, P + 2, W]. */
    public Tensor embed(Tensor patches) {
        long batch = patches.size(0);
        long width = config.width();
        return Ops.cat(
                        1,
                        classToken.expand(batch, 1, width),
                        distillationToken.expand(batch, 1, width),
                        patches)
                .add(positions);
    }

    /** One transformer block: [B, P + 2, W]. */
    public Tensor block(int i, Tensor tokens) {
        return blocks.get(i).forward(tokens);
    }

    /** The final norm, token by token. */
    public Tensor norm(Tensor tokens) {
        return norm.forward(tokens);
    }

    /**
     * The patches alone, without class and distillation token, after the final norm.
     *
     * @param tokens [B, P + 2, W], from {@link #tokens}
     * @return [B, P, W]
     */
    public Tensor normedPatches(Tensor tokens) {
        return norm(tokens.narrow(1, 2, config.patches()));
    }

    /**
     * What AVIGATE's code feeds on: the mean of class and distillation token, taken before the
     * final norm, then the patches, then the norm.
     *
     * @param tokens [B, P + 2, W], from {@link #tokens}
     * @return [B, P + 1, W]
     */
    public Tensor mergedAndNormed(Tensor tokens) {
        Tensor merged =
                Ops.scale(tokens.narrow(1, 0, 1).add(tokens.narrow(1, 1, 1)), 0.5); // [B, 1, W]
        return norm(Ops.cat(1, merged, tokens.narrow(1, 2, config.patches())));
    }
}
