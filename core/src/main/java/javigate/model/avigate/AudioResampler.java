package javigate.model.avigate;

import java.util.ArrayList;
import java.util.List;
import javigate.tensor.Init;
import javigate.tensor.LayerNorm;
import javigate.tensor.MultiHeadAttention;
import javigate.tensor.Parameters;
import javigate.tensor.QuickGeluMlp;
import org.bytedeco.pytorch.Tensor;

/**
 * The audio resampler (AVIGATE §3.2; transformer_Fusion in the official code): M learned queries
 * read the audio tokens. Per block, pre-norm: q += MHSA(ln_1 q); q += MHA(ln_3 q, ln_3 a, ln_3 a);
 * q += MLP(ln_2 q). The audio tokens are not updated.
 *
 * <p>B clips, A audio tokens, M queries, D width.
 */
public final class AudioResampler {

    /** Layer norm's ε in resampler and fusion. */
    static final double EPSILON = 1e-12;

    private final Tensor queryTokens;
    private final Tensor queryPositions;
    private final List<Block> blocks = new ArrayList<>();

    private static final class Block {
        final LayerNorm ln1;
        final LayerNorm ln2;
        final LayerNorm ln3;
        final MultiHeadAttention self;
        final MultiHeadAttention cross;
        final QuickGeluMlp mlp;

        Block(Parameters parameters, int width, int heads) {
            Init small = Init.normal(0.02);
            this.self = new MultiHeadAttention(parameters.at("attn"), width, heads, small, small);
            this.cross =
                    new MultiHeadAttention(
                            parameters.at("cross_attn"), width, heads, Init.XAVIER_UNIFORM, small);
            this.ln1 = new LayerNorm(parameters.at("ln_1"), width, EPSILON);
            this.mlp = new QuickGeluMlp(parameters.at("mlp"), width, small, small);
            this.ln2 = new LayerNorm(parameters.at("ln_2"), width, EPSILON);
            this.ln3 = new LayerNorm(parameters.at("ln_3"), width, EPSILON);
        }

        Tensor forward(Tensor q, Tensor audio) {
            Tensor x = q.add(self.self(ln1.forward(q), false, null));
            x = x.add(cross.crossOfFew(ln3.forward(x), ln3.forward(audio)));
            return x.add(mlp.forward(ln2.forward(x)));
        }
    }

    /**
     * Builds the resampler.
     *
     * @param parameters those of the whole model: query_tokens, query_position_embeddings,
     *     transformer_Fusion
     */
    public AudioResampler(Parameters parameters, int width, int heads, int layers, int queries) {
        this.queryTokens = parameters.get("query_tokens", Init.ORTHONORMAL_COLUMNS, width, queries);
        this.queryPositions =
                parameters.get(
                        "query_position_embeddings.weight", Init.normal(0.02), queries, width);
        for (int i = 0; i < layers; i++) {
            blocks.add(new Block(parameters.at("transformer_Fusion.resblocks." + i), width, heads));
        }
    }

    /**
     * Runs all blocks.
     *
     * @param audio [B, A, D]
     * @return [B, M, D]
     */
    public Tensor forward(Tensor audio) {
        Tensor queries = queries(audio.size(0));
        for (int i = 0; i < blocks.size(); i++) {
            queries = block(i, queries, audio);
        }
        return queries;
    }

    /** The learned queries plus their positions, once per clip: [B, M, D]. */
    public Tensor queries(long batch) {
        Tensor queries = queryTokens.t().add(queryPositions); // [M, D]
        return queries.unsqueeze(0).expand(batch, queries.size(0), queries.size(1));
    }

    /** One block: queries [B, M, D], audio [B, A, D]. */
    public Tensor block(int i, Tensor queries, Tensor audio) {
        return blocks.get(i).forward(queries, audio);
    }
}
