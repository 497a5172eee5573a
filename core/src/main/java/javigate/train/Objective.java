package javigate.train;

import java.util.List;
import java.util.random.RandomGenerator;
import org.bytedeco.pytorch.Tensor;

/** What a stage optimises: a loss of a whole batch that sees each clip through its embedding. */
sealed interface Objective permits ClipObjective, AstObjective, AvigateObjective {

    /** A batch with all that was drawn for it: frames, mirroring, captions. */
    @FunctionalInterface
    interface Drawn {
        /**
         * Embeds the clips {@code from} to {@code to} of the batch, the latter exclusive: tensors
         * whose first dimension is the clips. Asked again, it gives the same.
         */
        List<Tensor> embed(int from, int to);
    }

    /** Draws a batch of training clips, by index. */
    Drawn draw(int[] clips, RandomGenerator random);

    /** Loss of a batch, from the embeddings of all its clips: scalar. */
    Tensor loss(List<Tensor> embedded);

    /** Called after each step, outside the graph. */
    void afterStep();

    /** Percent right on the validation clips: R@1 or accuracy. */
    double validate();
}
