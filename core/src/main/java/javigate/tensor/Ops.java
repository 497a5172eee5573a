package javigate.tensor;

import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** The few operations every model is written in, over libtorch. Shapes are the callers' concern. */
public final class Ops {

    static {
        Engine.start(); // whoever makes the first tensor
    }

    private Ops() {}

    /** A float tensor of the given shape with a copy of {@code values}. */
    public static Tensor floats(float[] values, long... shape) {
        try (FloatPointer pointer = new FloatPointer(values)) {
            return onDevice(torch.from_blob(pointer, shape, kind(torch.ScalarType.Float)).clone());
        }
    }

    /** An int64 tensor of the given shape with a copy of {@code values}. */
    public static Tensor longs(long[] values, long... shape) {
        try (LongPointer pointer = new LongPointer(values)) {
            return onDevice(torch.from_blob(pointer, shape, kind(torch.ScalarType.Long)).clone());
        }
    }

    /** A float tensor without dimensions. */
    public static Tensor scalar(double value) {
        return floats(new float[] {(float) value});
    }

    private static Tensor onDevice(Tensor x) {
        return x.to(Engine.device(), x.scalar_type());
    }

    /** The values of a tensor of any number type, as floats in row-major order. */
    public static float[] toFloats(Tensor x) {
        Tensor flat = x.detach().to(torch.ScalarType.Float).cpu().contiguous();
        float[] values = new float[Math.toIntExact(flat.numel())];
        if (values.length > 0) { // there is no buffer of nothing
            FloatBuffer buffer = flat.createBuffer();
            buffer.get(values);
        }
        return values;
    }

    /** The values of an integer tensor, as longs in row-major order. */
    public static long[] toLongs(Tensor x) {
        Tensor flat = x.detach().to(torch.ScalarType.Long).cpu().contiguous();
        long[] values = new long[Math.toIntExact(flat.numel())];
        if (values.length > 0) { // there is no buffer of nothing
            LongBuffer buffer = flat.createBuffer();
            buffer.get(values);
        }
        return values;
    }

    /** Rows of a matrix [N, D] as float arrays. */
    public static float[][] toRows(Tensor x) {
        int rows = Math.toIntExact(x.size(0));
        int width = Math.toIntExact(x.size(1));
        float[] flat = toFloats(x);
        float[][] result = new float[rows][];
        for (int i = 0; i < rows; i++) {
            result[i] = java.util.Arrays.copyOfRange(flat, i * width, (i + 1) * width);
        }
        return result;
    }

    public static long[] shape(Tensor x) {
        long[] shape = new long[(int) x.dim()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = x.size(i);
        }
        return shape;
    }

    public static TensorOptions kind(torch.ScalarType type) {
        return new TensorOptions().dtype(new ScalarTypeOptional(type));
    }

    /** x · weightᵀ + bias. */
    public static Tensor linear(Tensor x, Tensor weight, Tensor bias) {
        return torch.linear(x, weight, new TensorOptional(bias));
    }

    /** x · factor. */
    public static Tensor scale(Tensor x, double factor) {
        return x.mul(new Scalar(factor));
    }

    /** QuickGELU, x·σ(1.702x), CLIP's activation. */
    public static Tensor quickGelu(Tensor x) {
        return x.mul(torch.sigmoid(scale(x, 1.702)));
    }

    /** x divided by its Euclidean length along the last dimension. */
    public static Tensor l2Normalise(Tensor x) {
        Tensor squares = x.mul(x).sum(new long[] {-1}, true, new ScalarTypeOptional());
        return x.div(squares.sqrt());
    }

    /** Mean over one dimension, which is dropped. */
    public static Tensor mean(Tensor x, long dimension) {
        return x.mean(new long[] {dimension}, false, new ScalarTypeOptional());
    }

    /** Sum over one dimension, which is dropped. */
    public static Tensor sum(Tensor x, long dimension) {
        return x.sum(new long[] {dimension}, false, new ScalarTypeOptional());
    }

    public static Tensor cat(long dimension, Tensor... parts) {
        return torch.cat(new TensorVector(parts), dimension);
    }

    public static Tensor stack(long dimension, List<Tensor> parts) {
        return torch.stack(new TensorVector(parts.toArray(Tensor[]::new)), dimension);
    }

    /**
     * Scaled dot-product attention of several heads.
     *
     * @param q queries [B, Q, W]
     * @param k keys [B, K, W]
     * @param v values [B, K, W]
     * @param heads divides W
     * @param causal whether query i sees keys 0..i only
     * @param keyMask 1 for keys that may be seen, else 0: [B, K], or null when all may
     * @return [B, Q, W]
     */
    public static Tensor attention(
            Tensor q,
            Tensor k,
            Tensor v,
            int heads,
            boolean causal,
            @org.jspecify.annotations.Nullable Tensor keyMask) {
        TensorOptional mask =
                keyMask == null
                        ? new TensorOptional()
                        : new TensorOptional(
                                keyMask.to(torch.ScalarType.Bool)
                                        .unsqueeze(1)
                                        .unsqueeze(1)); // [B, 1, 1, K]
        Tensor mixed =
                torch.scaled_dot_product_attention(
                        splitHeads(q, heads),
                        splitHeads(k, heads),
                        splitHeads(v, heads),
                        mask,
                        0.0,
                        causal,
                        new DoubleOptional(),
                        false); // [B, heads, Q, W / heads]
        return mixed.transpose(1, 2).reshape(q.size(0), q.size(1), q.size(2));
    }

    /**
     * The weights of scaled dot-product attention, softmax over the keys, as the mean over heads.
     *
     * @param q queries [B, Q, W]
     * @param k keys [B, K, W]
     * @param heads divides W
     * @return [B, Q, K]
     */
    public static Tensor attentionWeights(Tensor q, Tensor k, int heads) {
        double factor = 1 / Math.sqrt((double) q.size(2) / heads);
        Tensor products =
                torch.matmul(scale(splitHeads(q, heads), factor), splitHeads(k, heads).mT());
        return mean(torch.softmax(products, 3), 1); // from [B, heads, Q, K]
    }

    private static Tensor splitHeads(Tensor x, int heads) {
        return x.view(x.size(0), x.size(1), heads, x.size(2) / heads).transpose(1, 2);
    }
}
