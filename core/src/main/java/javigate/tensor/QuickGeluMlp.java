package javigate.tensor;

import org.bytedeco.pytorch.Tensor;

/** CLIP's feed-forward part: W → 4W, QuickGELU, 4W → W, under the names c_fc and c_proj. */
public final class QuickGeluMlp {

    private final Tensor inWeight;
    private final Tensor inBias;
    private final Tensor outWeight;
    private final Tensor outBias;

    public QuickGeluMlp(Parameters parameters, int width, Init in, Init out) {
        this.inWeight = parameters.get("c_fc.weight", in, 4L * width, width);
        this.inBias = parameters.get("c_fc.bias", Init.ZEROS, 4L * width);
        this.outWeight = parameters.get("c_proj.weight", out, width, 4L * width);
        this.outBias = parameters.get("c_proj.bias", Init.ZEROS, width);
    }

    /** The same shape. */
    public Tensor forward(Tensor x) {
        return Ops.linear(Ops.quickGelu(Ops.linear(x, inWeight, inBias)), outWeight, outBias);
    }
}
