package javigate.tensor;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Layer norm over the last dimension (Ba et al., 2016), with scale and shift. */
public final class LayerNorm {

    private final Tensor weight;
    private final Tensor bias;
    private final long width;
    private final double epsilon;

    public LayerNorm(Parameters parameters, int width, double epsilon) {
        this.weight = parameters.get("weight", Init.ONES, width);
        this.bias = parameters.get("bias", Init.ZEROS, width);
        this.width = width;
        this.epsilon = epsilon;
    }

    /** The same shape, normalised. */
    public Tensor forward(Tensor x) {
        return torch.layer_norm(
                x,
                new long[] {width},
                new TensorOptional(weight),
                new TensorOptional(bias),
                epsilon,
                true);
    }
}
