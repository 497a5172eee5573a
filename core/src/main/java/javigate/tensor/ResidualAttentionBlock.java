package javigate.tensor;

import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * CLIP's pre-norm transformer block: x += MHSA(ln_1 x); x += MLP(ln_2 x). Initialised as OpenAI's
 * code does (deviations from width and depth).
 */
public final class ResidualAttentionBlock {

    private final LayerNorm ln1;
    private final LayerNorm ln2;
    private final MultiHeadAttention attention;
    private final QuickGeluMlp mlp;

    /**
     * @param layers depth of the stack the block belongs to; sets the initial deviations only
     */
    public ResidualAttentionBlock(
            Parameters parameters, int width, int heads, int layers, double epsilon) {
        double attentionDeviation = Math.pow(width, -0.5);
        double projectionDeviation = attentionDeviation * Math.pow(2.0 * layers, -0.5);
        double inDeviation = Math.pow(2.0 * width, -0.5);
        this.attention =
                new MultiHeadAttention(
                        parameters.at("attn"),
                        width,
                        heads,
                        Init.normal(attentionDeviation),
                        Init.normal(projectionDeviation));
        this.ln1 = new LayerNorm(parameters.at("ln_1"), width, epsilon);
        this.mlp =
                new QuickGeluMlp(
                        parameters.at("mlp"),
                        width,
                        Init.normal(inDeviation),
                        Init.normal(projectionDeviation));
        this.ln2 = new LayerNorm(parameters.at("ln_2"), width, epsilon);
    }

    /**
     * @param x [B, T, W]
     * @param keyMask [B, T] or null
     * @return [B, T, W]
     */
    public Tensor forward(Tensor x, boolean causal, @Nullable Tensor keyMask) {
        return Recompute.through(in -> block(in, causal, keyMask), x);
    }

    private Tensor block(Tensor x, boolean causal, @Nullable Tensor keyMask) {
        Tensor attended = x.add(attention.self(ln1.forward(x), causal, keyMask));
        return attended.add(mlp.forward(ln2.forward(attended)));
    }
}
