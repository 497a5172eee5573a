package javigate.train;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * BERT's Adam, with which the official code trains: no bias correction, decay inside the update.
 *
 * @param beta1 decay of the first moment, 0 to 1
 * @param beta2 decay of the second moment, 0 to 1
 * @param epsilon added to √v
 * @param maxNorm each parameter's gradient is clipped to this norm, above 0
 */
public record BertAdam(double beta1, double beta2, double epsilon, double maxNorm)
        implements UpdateRule {

    /** The official code's constants: β₁ 0.9, β₂ 0.98, ε 1e-6, norm 1. */
    public static final BertAdam REFERENCE = new BertAdam(0.9, 0.98, 1e-6, 1.0);

    /**
     * g clipped to its norm; m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²; p ← p − η (m / (√v + ε) +
     * λp).
     */
    @Override
    public void update(Tensor p, Tensor g, Moments moments, double rate, double decay) {
        var _ = torch.clip_grad_norm_(p, maxNorm); // changes g, which is p's gradient
        long _ = moments.count();
        Tensor m = moments.mean().mul_(new Scalar(beta1)).add_(g, new Scalar(1 - beta1));
        Tensor v = moments.square().mul_(new Scalar(beta2)).addcmul_(g, g, new Scalar(1 - beta2));
        Tensor u = m.div(v.sqrt().add_(new Scalar(epsilon)));
        if (decay != 0) {
            u.add_(p, new Scalar(decay));
        }
        p.sub_(u, new Scalar(rate));
    }
}
