package javigate.model.clip;

import java.util.ArrayList;
import java.util.List;
import javigate.tensor.Init;
import javigate.tensor.LayerNorm;
import javigate.tensor.Parameters;
import javigate.tensor.ResidualAttentionBlock;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * CLIP's text tower, a causal transformer, under OpenAI's names.
 *
 * <p>N texts, T ≤ context length tokens, W width, D joint width.
 */
public final class TextEncoder {

    private final Tensor tokenEmbedding;
    private final Tensor positions;
    private final LayerNorm lnFinal;
    private final Tensor projection;
    private final List<ResidualAttentionBlock> blocks = new ArrayList<>();

    public TextEncoder(Parameters parameters, ClipConfig config) {
        int width = config.textWidth();
        this.tokenEmbedding =
                parameters.get(
                        "token_embedding.weight",
                        Init.normal(0.02),
                        config.vocabularySize(),
                        width);
        this.positions =
                parameters.get(
                        "positional_embedding", Init.normal(0.01), config.contextLength(), width);
        for (int i = 0; i < config.textLayers(); i++) {
            blocks.add(
                    new ResidualAttentionBlock(
                            parameters.at("transformer.resblocks." + i),
                            width,
                            config.textHeads(),
                            config.textLayers(),
                            ClipConfig.EPSILON));
        }
        this.lnFinal = new LayerNorm(parameters.at("ln_final"), width, ClipConfig.EPSILON);
        this.projection =
                parameters.get(
                        "text_projection",
                        Init.normal(Math.pow(width, -0.5)),
                        width,
                        config.embedDim());
    }

    /**
     * State at the end token (the highest id of a row), normalised and projected; not
     * L2-normalised. Padding is not masked: it stands after the end token, which cannot see it; so
     * columns that are padding in all rows are left out.
     *
     * @param padded token ids [N, T] int64
     * @return [N, D]
     */
    public Tensor encode(Tensor padded) {
        long used = padded.argmax(new LongOptional(1), false).max().item_long() + 1;
        Tensor ids = padded.narrow(1, 0, used); // [N, used]
        Tensor tokens = embed(ids);
        for (int i = 0; i < blocks.size(); i++) {
            tokens = block(i, tokens);
        }
        return project(tokens, ids);
    }

    /** Token embeddings plus the first T positions: [N, T, W]. */
    public Tensor embed(Tensor ids) {
        return torch.embedding(tokenEmbedding, ids).add(positions.narrow(0, 0, ids.size(1)));
    }

    /** One causal transformer block: [N, T, W]. */
    public Tensor block(int i, Tensor tokens) {
        return blocks.get(i).forward(tokens, true, null);
    }

    /** ln_final at the end token, times the projection: [N, D]. */
    public Tensor project(Tensor tokens, Tensor ids) {
        Tensor end = ids.argmax(new LongOptional(1), false); // [N]
        Tensor index = end.view(-1, 1, 1).expand(end.size(0), 1, tokens.size(2));
        Tensor states = tokens.gather(1, index).select(1, 0); // [N, W]
        return torch.matmul(lnFinal.forward(states), projection);
    }
}
