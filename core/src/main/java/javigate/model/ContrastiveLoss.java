package javigate.model;

import javigate.tensor.Ops;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The symmetric contrastive loss (AVIGATE Eq. 6; TEFAL T4–T6). */
public final class ContrastiveLoss {

    private ContrastiveLoss() {}

    /**
     * Mean of both directions.
     *
     * @param logits scaled scores with margins, texts in rows, their clips on the diagonal [B, B]
     * @return scalar
     */
    public static Tensor of(Tensor logits) {
        return Ops.scale(sum(logits), 0.5);
    }

    /** Sum of both directions (TEFAL T6): logits [B, B] as above to a scalar. */
    public static Tensor sum(Tensor logits) {
        return direction(logits).add(direction(logits.t()));
    }

    /** Mean over rows of −log softmax at the diagonal: scalar. */
    public static Tensor direction(Tensor logits) {
        return torch.log_softmax(logits, 1).diagonal().mean().neg();
    }
}
