package javigate.model.xpool;

import com.fasterxml.jackson.annotation.JsonProperty;
import javigate.tensor.Init;
import javigate.tensor.LayerNorm;
import javigate.tensor.Linear;
import javigate.tensor.Ops;
import javigate.tensor.Parameters;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * X-Pool's block (§3.3 of arXiv 2203.15086; TEFAL T1–T3): a text reads the tokens of a clip and
 * takes from each as much as it asks for. Under the official names: layer_norm1, cross_attn,
 * layer_norm2, linear_proj, layer_norm3. Linear layers start as the identity.
 *
 * <p>What depends on the clip alone, keys and values, is computed once by {@link #keysValues} and
 * may be kept; {@link #pool} reads it by any number of texts.
 *
 * <p>T texts, V clips, N tokens per clip (frames or sound), D width.
 */
public final class TextConditionedPooling {

    private static final double EPSILON = 1e-5;

    /** What follows the second layer norm. */
    public enum Tail {
        /** Nothing: T3 as TEFAL's paper writes it. */
        @JsonProperty("none")
        NONE,
        /** x + dropout(linear_proj(x)), then layer_norm3: X-Pool. */
        @JsonProperty("projection")
        PROJECTION
    }

    /**
     * What the block makes of clips before it sees a text.
     *
     * @param keys [V, N, D]
     * @param values [V, N, D]
     * @param mask [V, N], 1 for real tokens; null when all are
     */
    public record KeysValues(Tensor keys, Tensor values, @Nullable Tensor mask) {}

    private record Projection(Linear linear, LayerNorm norm, double dropout) {
        Tensor forward(Tensor x, boolean training) {
            return norm.forward(x.add(torch.dropout(linear.forward(x), dropout, training)));
        }
    }

    private final LayerNorm norm1;
    private final Linear query;
    private final Linear key;
    private final Linear value;
    private final Linear out;
    private final LayerNorm norm2;
    private final @Nullable Projection tail;
    private final int heads;

    /**
     * @param heads a divisor of the width; 1 in the official code
     * @param dropout of the tail's projection, in training only
     */
    public TextConditionedPooling(
            Parameters parameters, int width, int heads, Tail tail, double dropout) {
        this.heads = heads;
        this.norm1 = new LayerNorm(parameters.at("layer_norm1"), width, EPSILON);
        this.query = identity(parameters.at("cross_attn.q_proj"), width);
        this.key = identity(parameters.at("cross_attn.k_proj"), width);
        this.value = identity(parameters.at("cross_attn.v_proj"), width);
        this.out = identity(parameters.at("cross_attn.out_proj"), width);
        this.norm2 = new LayerNorm(parameters.at("layer_norm2"), width, EPSILON);
        this.tail =
                switch (tail) {
                    case NONE -> null;
                    case PROJECTION ->
                            new Projection(
                                    identity(parameters.at("linear_proj"), width),
                                    new LayerNorm(parameters.at("layer_norm3"), width, EPSILON),
                                    dropout);
                };
    }

    private static Linear identity(Parameters parameters, int width) {
        return new Linear(parameters, width, width, Init.IDENTITY);
    }

    /**
     * K = LN(E) W_K, V = LN(E) W_V (T1, T2).
     *
     * @param tokens E [V, N, D], not normalised
     * @param mask [V, N], 1 for real tokens, at least one per clip; null when all are (the official
     *     code, where a short video repeats its last frame)
     */
    public KeysValues keysValues(Tensor tokens, @Nullable Tensor mask) {
        Tensor normed = norm1.forward(tokens);
        return new KeysValues(key.forward(normed), value.forward(normed), mask);
    }

    /**
     * Every text's view of every clip: [T, D] to [T, V, D], neither L2-normalised.
     *
     * @param training whether dropout is on; it draws from libtorch's own generator
     */
    public Tensor pool(Tensor text, KeysValues clips, boolean training) {
        Tensor projected = query.forward(norm1.forward(text)).unsqueeze(0); // once for all clips
        Tensor queries = projected.expand(clips.keys().size(0), text.size(0), text.size(1));
        return attend(queries, clips, training).transpose(0, 1);
    }

    /**
     * E|t = LN(softmax(Q Kᵀ / √D) V W_O) with Q = LN(t) W_Q (T1–T3), then the tail; √ of a head's
     * width where there are several heads.
     *
     * @param texts those that read each clip [V, Q, D]
     * @return [V, Q, D]
     */
    public Tensor read(Tensor texts, KeysValues clips, boolean training) {
        return attend(query.forward(norm1.forward(texts)), clips, training);
    }

    /** The same of queries that are projected already. */
    private Tensor attend(Tensor queries, KeysValues clips, boolean training) {
        Tensor mixed =
                Ops.attention(
                        queries,
                        clips.keys(),
                        clips.values(),
                        heads,
                        false,
                        clips.mask()); // [V, Q, D]
        Tensor attended = norm2.forward(out.forward(mixed));
        return tail == null ? attended : tail.forward(attended, training);
    }
}
