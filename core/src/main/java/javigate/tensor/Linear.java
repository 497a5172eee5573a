package javigate.tensor;

import org.bytedeco.pytorch.Tensor;

/** A linear layer with bias over the last dimension, under the names weight [out, in] and bias. */
public final class Linear {

    private final Tensor weight;
    private final Tensor bias;

    /**
     * Takes its parameters; a new bias is zero.
     *
     * @param init of the weight
     */
    public Linear(Parameters parameters, int in, int out, Init init) {
        this.weight = parameters.get("weight", init, out, in);
        this.bias = parameters.get("bias", Init.ZEROS, out);
    }

    /** [..., in] to [..., out]. */
    public Tensor forward(Tensor x) {
        return Ops.linear(x, weight, bias);
    }
}
