package javigate.train;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * AdamW (Loshchilov and Hutter, 2019, Algorithm 2), operation by operation as libtorch has it.
 *
 * @param beta1 decay of the first moment, 0 to 1
 * @param beta2 decay of the second moment, 0 to 1
 * @param epsilon added to √v̂
 */
public record AdamW(double beta1, double beta2, double epsilon) implements UpdateRule {

    /** β₁ 0.9, β₂ 0.999, ε 1e-8. */
    public static final AdamW STANDARD = new AdamW(0.9, 0.999, 1e-8);

    /**
     * p ← (1 − ηλ) p; m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²; p ← p − η m̂ / (√v̂ + ε) with m̂ =
     * m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ).
     */
    @Override
    public void update(Tensor p, Tensor g, Moments moments, double rate, double decay) {
        if (decay != 0) {
            p.mul_(new Scalar(1 - rate * decay));
        }
        long t = moments.count();
        Tensor m = moments.mean().mul_(new Scalar(beta1)).add_(g, new Scalar(1 - beta1));
        Tensor v = moments.square().mul_(new Scalar(beta2)).addcmul_(g, g, new Scalar(1 - beta2));
        Tensor divisor =
                v.sqrt()
                        .div(new Scalar(Math.sqrt(1 - Math.pow(beta2, (double) t))))
                        .add_(new Scalar(epsilon));
        p.addcdiv_(m, divisor, new Scalar(-(rate / (1 - Math.pow(beta1, (double) t)))));
    }
}
