package javigate.tensor;

import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Multi-head attention with one joint projection of queries, keys and values, under the names of
 * {@code torch.nn.MultiheadAttention}: {@code in_proj_weight} [3W, W] (query, key, value rows in
 * this order), {@code in_proj_bias}, {@code out_proj}.
 */
public final class MultiHeadAttention {

    private final Tensor inWeight;
    private final Tensor inBias;
    private final Tensor outWeight;
    private final Tensor outBias;
    private final int width;
    private final int heads;

    /**
     * @param out initialisation of the output projection
     */
    public MultiHeadAttention(Parameters parameters, int width, int heads, Init in, Init out) {
        this.inWeight = parameters.get("in_proj_weight", in, 3L * width, width);
        this.inBias = parameters.get("in_proj_bias", Init.ZEROS, 3L * width);
        this.outWeight = parameters.get("out_proj.weight", out, width, width);
        this.outBias = parameters.get("out_proj.bias", Init.ZEROS, width);
        this.width = width;
        this.heads = heads;
    }

    /**
     * Attention of x to itself.
     *
     * @param x [B, T, W]
     * @param causal whether token i sees tokens 0..i only
     * @param keyMask [B, T], 1 where a token may be seen; null when all may
     * @return [B, T, W]
     */
    public Tensor self(Tensor x, boolean causal, @Nullable Tensor keyMask) {
        Tensor joint = Ops.linear(x, inWeight, inBias); // [B, T, 3W]
        Tensor mixed =
                Ops.attention(
                        joint.narrow(2, 0, width),
                        joint.narrow(2, width, width),
                        joint.narrow(2, 2L * width, width),
                        heads,
                        causal,
                        keyMask);
        return Ops.linear(mixed, outWeight, outBias);
    }

    /**
     * Attention of x to other tokens.
     *
     * @param x queries [B, Q, W]
     * @param other keys and values [B, K, W]
     * @return [B, Q, W]
     */
    public Tensor cross(Tensor x, Tensor other) {
        Tensor q = Ops.linear(x, inWeight.narrow(0, 0, width), inBias.narrow(0, 0, width));
        Tensor kv =
                Ops.linear(
                        other,
                        inWeight.narrow(0, width, 2L * width),
                        inBias.narrow(0, width, 2L * width)); // [B, K, 2W]
        Tensor mixed =
                Ops.attention(
                        q, kv.narrow(2, 0, width), kv.narrow(2, width, width), heads, false, null);
        return Ops.linear(mixed, outWeight, outBias);
    }
}
