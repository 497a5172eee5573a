package javigate.model.avigate;

import javigate.tensor.Init;
import javigate.tensor.LayerNorm;
import javigate.tensor.MultiHeadAttention;
import javigate.tensor.Ops;
import javigate.tensor.Parameters;
import javigate.tensor.QuickGeluMlp;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * One block of the gated fusion transformer (Eq. 1–4). B clips, F frames, M audio tokens, D width.
 */
public final class GatedFusionBlock {

    /** Frames after the block [B, F, D], and its gates [B], each in (−1, 1). */
    public record Fused(Tensor frames, Tensor gateMha, Tensor gateFfn) {}

    private final LayerNorm ln1;
    private final LayerNorm ln2;
    private final LayerNorm ln3;
    private final LayerNorm ln4;
    private final MultiHeadAttention crossAttention;
    private final MultiHeadAttention selfAttention;
    private final QuickGeluMlp mlp;
    private final Tensor crossIn;
    private final Tensor crossOut;
    private final Tensor gateMhaIn;
    private final Tensor gateMhaOut;
    private final Tensor gateFfnIn;
    private final Tensor gateFfnOut;
    private final AvigateConfig.Gate gating;

    /**
     * @param gating how the gates are set
     */
    public GatedFusionBlock(
            Parameters parameters, int width, int heads, AvigateConfig.Gate gating) {
        this.gating = gating;
        Init small = Init.normal(0.02);
        double epsilon = AudioResampler.EPSILON;
        this.selfAttention =
                new MultiHeadAttention(parameters.at("attn"), width, heads, small, small);
        this.crossAttention =
                new MultiHeadAttention(
                        parameters.at("cross_attn"), width, heads, Init.XAVIER_UNIFORM, small);
        this.ln1 = new LayerNorm(parameters.at("ln_1"), width, epsilon);
        this.mlp = new QuickGeluMlp(parameters.at("mlp"), width, small, small);
        this.ln2 = new LayerNorm(parameters.at("ln_2"), width, epsilon);
        this.ln3 = new LayerNorm(parameters.at("ln_3"), width, epsilon);
        this.ln4 = new LayerNorm(parameters.at("ln_4"), width, epsilon);
        this.crossIn = parameters.get("cross_ff.cross_fc.weight", small, 4L * width, width);
        this.crossOut = parameters.get("cross_ff.cross_proj.weight", small, width, 4L * width);
        this.gateMhaIn = parameters.get("attn_gate.ag_fc.weight", small, width / 2, 2L * width);
        this.gateMhaOut = parameters.get("attn_gate.ag_proj.weight", small, 1, width / 2);
        this.gateFfnIn = parameters.get("ff_gate.fg_fc.weight", small, width / 2, 2L * width);
        this.gateFfnOut = parameters.get("ff_gate.fg_proj.weight", small, 1, width / 2);
    }

    /**
     * @param frames f^{l−1} [B, F, D]
     * @param audio resampled audio tokens a [B, M, D]
     * @param mask [B, F], 1 for real frames; null when padded frames are treated as real
     */
    public Fused forward(Tensor frames, Tensor audio, @Nullable Tensor mask) {
        Tensor joint = jointRepresentation(frames, audio, mask);
        Tensor gateMha = set(gate(joint, gateMhaIn, gateMhaOut));
        Tensor gateFfn = set(gate(joint, gateFfnIn, gateFfnOut));
        Tensor fused =
                gating == AvigateConfig.Gate.CLOSED
                        ? frames
                        : gatedFusion(frames, audio, gateMha, gateFfn);
        return new Fused(refine(fused, mask), gateMha.select(1, 0), gateFfn.select(1, 0));
    }

    /** j = [mean of the frames ; mean of the audio tokens] (Eq. 4): [B, 2D]. */
    private static Tensor jointRepresentation(Tensor frames, Tensor audio, @Nullable Tensor mask) {
        Tensor seen;
        if (mask == null) {
            seen = Ops.mean(frames, 1);
        } else {
            Tensor weights = mask.to(torch.ScalarType.Float); // [B, F]
            seen =
                    Ops.sum(frames.mul(weights.unsqueeze(2)), 1)
                            .div(Ops.sum(weights, 1).unsqueeze(1));
        }
        return Ops.cat(1, seen, Ops.mean(audio, 1));
    }

    /** g = tanh(W₂ QuickGELU(W₁ j)) (Eq. 4): [B, 1]. */
    private static Tensor gate(Tensor joint, Tensor in, Tensor out) {
        return torch.linear(Ops.quickGelu(torch.linear(joint, in)), out).tanh();
    }

    /** The gate as it is set (the paper's ablation): [B, 1]. */
    private Tensor set(Tensor soft) {
        return switch (gating) {
            case SOFT -> soft;
            case HARD -> {
                Tensor hard = soft.gt(new Scalar(0)).to(soft.scalar_type());
                yield soft.add(hard.sub(soft).detach()); // the value of hard, the gradient of soft
            }
            case OPEN -> torch.ones_like(soft);
            case CLOSED -> torch.zeros_like(soft);
        };
    }

    /**
     * z = f + g_mha · MHA(LN f, a, a) (Eq. 1); f̂ = z + g_ffn · FFN(LN z) (Eq. 2). The audio tokens
     * are not normalised.
     */
    private Tensor gatedFusion(Tensor frames, Tensor audio, Tensor gateMha, Tensor gateFfn) {
        Tensor z =
                frames.add(
                        gateMha.unsqueeze(2).mul(crossAttention.cross(ln3.forward(frames), audio)));
        Tensor crossFfn =
                torch.linear(Ops.quickGelu(torch.linear(ln4.forward(z), crossIn)), crossOut);
        return z.add(gateFfn.unsqueeze(2).mul(crossFfn));
    }

    /** r = f̂ + MHSA(LN f̂); f^l = r + FFN(LN r) (Eq. 3). */
    private Tensor refine(Tensor fused, @Nullable Tensor mask) {
        Tensor r = fused.add(selfAttention.self(ln1.forward(fused), false, mask));
        return r.add(mlp.forward(ln2.forward(r)));
    }
}
