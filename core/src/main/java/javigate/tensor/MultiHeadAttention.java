package javigate.tensor;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
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
        Tensor q = project(x, 0);
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

    /**
     * The same as {@link #cross}, for few queries on many keys (H · Q below W). No key and no value
     * is ever projected: with rows x of the other tokens, softmax(q·(W_k x + b_k)) =
     * softmax((W_kᵀq)·x), as q·b_k is the same for every key; and Σ p (W_v x + b_v) = W_v (Σ p x) +
     * b_v. That is H · Q · W instead of W² multiplications per token, twice.
     *
     * @param x queries [B, Q, W]
     * @param other keys and values [B, K, W]
     * @return [B, Q, W]
     */
    public Tensor crossOfFew(Tensor x, Tensor other) {
        long b = x.size(0);
        long q = x.size(1);
        int head = width / heads; // h
        Tensor keyWeight = inWeight.narrow(0, width, width).view(heads, head, width); // [H, h, W]
        Tensor valueWeight = inWeight.narrow(0, 2L * width, width).view(heads, head, width);
        Tensor queries = project(x, 0);
        Tensor folded =
                torch.bmm(headsFirst(queries.view(b, q, heads, head)), keyWeight)
                        .view(heads, b, q, width); // [H, B, Q, W]
        Tensor rows = folded.permute(1, 0, 2, 3).reshape(b, heads * q, width); // [B, HQ, W]
        Tensor scores = Ops.scale(torch.bmm(rows, other.transpose(1, 2)), 1 / Math.sqrt(head));
        Tensor mixed = torch.bmm(torch.softmax(scores, -1), other).view(b, heads, q, width);
        Tensor values =
                torch.bmm(
                                headsFirst(mixed.permute(0, 2, 1, 3)),
                                valueWeight.transpose(1, 2)) // [H, BQ, h]
                        .view(heads, b, q, head)
                        .permute(1, 2, 0, 3)
                        .reshape(b, q, width)
                        .add(inBias.narrow(0, 2L * width, width)); // [B, Q, W]
        return Ops.linear(values, outWeight, outBias);
    }

    /** [B, Q, H, n] to [H, B · Q, n]. */
    private static Tensor headsFirst(Tensor x) {
        return x.permute(2, 0, 1, 3).reshape(x.size(2), x.size(0) * x.size(1), x.size(3));
    }

    /**
     * How much of each other token x would take in, the mean over heads; values and output
     * projection have no part in it.
     *
     * @param x queries [B, Q, W]
     * @param other keys [B, K, W]
     * @return [B, Q, K], rows sum to 1
     */
    public Tensor weights(Tensor x, Tensor other) {
        return Ops.attentionWeights(project(x, 0), project(other, 1), heads);
    }

    /** By the rows of queries (0), keys (1) or values (2). */
    private Tensor project(Tensor x, int part) {
        long first = (long) part * width;
        return Ops.linear(x, inWeight.narrow(0, first, width), inBias.narrow(0, first, width));
    }
}
