package javigate.model.ast;

import javigate.tensor.Init;
import javigate.tensor.LayerNorm;
import javigate.tensor.Ops;
import javigate.tensor.Parameters;
import javigate.tensor.Recompute;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** AST's pre-norm transformer block (that of DeiT), with exact GELU. T tokens, W width. */
final class AstBlock {

    private static final Init LINEAR = Init.normal(0.02);

    private final LayerNorm norm1;
    private final LayerNorm norm2;
    private final Tensor qkvWeight;
    private final Tensor qkvBias;
    private final Tensor projWeight;
    private final Tensor projBias;
    private final Tensor fc1Weight;
    private final Tensor fc1Bias;
    private final Tensor fc2Weight;
    private final Tensor fc2Bias;
    private final int width;
    private final int heads;

    AstBlock(Parameters parameters, AstConfig config) {
        this.width = config.width();
        this.heads = config.heads();
        this.norm1 = new LayerNorm(parameters.at("norm1"), width, AstConfig.EPSILON);
        this.qkvWeight = parameters.get("attn.qkv.weight", LINEAR, 3L * width, width);
        this.qkvBias = parameters.get("attn.qkv.bias", Init.ZEROS, 3L * width);
        this.projWeight = parameters.get("attn.proj.weight", LINEAR, width, width);
        this.projBias = parameters.get("attn.proj.bias", Init.ZEROS, width);
        this.norm2 = new LayerNorm(parameters.at("norm2"), width, AstConfig.EPSILON);
        this.fc1Weight = parameters.get("mlp.fc1.weight", LINEAR, 4L * width, width);
        this.fc1Bias = parameters.get("mlp.fc1.bias", Init.ZEROS, 4L * width);
        this.fc2Weight = parameters.get("mlp.fc2.weight", LINEAR, width, 4L * width);
        this.fc2Bias = parameters.get("mlp.fc2.bias", Init.ZEROS, width);
    }

    /** [B, T, W] to [B, T, W]. */
    Tensor forward(Tensor x) {
        return Recompute.through(this::block, x);
    }

    private Tensor block(Tensor x) {
        Tensor joint = Ops.linear(norm1.forward(x), qkvWeight, qkvBias); // [B, T, 3W]
        Tensor mixed =
                Ops.attention(
                        joint.narrow(2, 0, width),
                        joint.narrow(2, width, width),
                        joint.narrow(2, 2L * width, width),
                        heads,
                        false,
                        null);
        Tensor attended = x.add(Ops.linear(mixed, projWeight, projBias));
        Tensor hidden = torch.gelu(Ops.linear(norm2.forward(attended), fc1Weight, fc1Bias));
        return attended.add(Ops.linear(hidden, fc2Weight, fc2Bias));
    }
}
