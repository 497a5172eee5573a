package javigate.model.avigate;

import javigate.tensor.Ops;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The adaptive margin (AVIGATE Eq. 5). */
public final class AdaptiveMargin {

    private AdaptiveMargin() {}

    /**
     * m_ij = min(λ(1 − (c^v_ij + c^t_ij)/2), δ) for i ≠ j, 0 on the diagonal; no gradient.
     *
     * @param text texts t [B, D]
     * @param pooled pooled frames before fusion [B, D], L2-normalised
     * @param lambda λ, at least 0
     * @param max δ, at least 0
     * @return [B, B]
     */
    public static Tensor of(Tensor text, Tensor pooled, double lambda, double max) {
        Tensor t = Ops.l2Normalise(text.detach());
        Tensor v = pooled.detach();
        Tensor similarity =
                Ops.scale(torch.matmul(t, t.t()).add(torch.matmul(v, v.t())), 0.5); // [B, B]
        Tensor margin =
                torch.clamp_max(
                        Ops.scale(similarity, -lambda).add(new Scalar(lambda)), new Scalar(max));
        return margin.mul(offDiagonal(margin));
    }

    /** δ for i ≠ j, 0 on the diagonal: [B, B]. */
    public static Tensor fixed(Tensor text, double max) {
        Tensor square = torch.matmul(text.detach(), text.detach().t());
        return Ops.scale(offDiagonal(square), max);
    }

    /** 1 off the diagonal, 0 on it, in the shape of a square matrix. */
    private static Tensor offDiagonal(Tensor square) {
        return torch.ones_like(square).fill_diagonal_(new Scalar(0));
    }
}
