package javigate.train;

import java.util.List;
import java.util.random.RandomGenerator;
import org.bytedeco.pytorch.Tensor;

/**
 * What a stage optimises: a loss of a whole batch that sees each sample through its embedding. The
 * way of a batch: drawn (cheap, alike in every process), its inputs prepared (on the loader's
 * thread), embedded chunk by chunk, and the loss taken of all embeddings together.
 */
sealed interface Objective permits ClipObjective, AstObjective, RetrievalObjective {

    /** Samples that an epoch goes through. */
    int samples();

    /** A batch with all that was drawn for it: frames, mirroring, captions. */
    @FunctionalInterface
    interface Drawn {
        /**
         * Prepares the samples {@code from} to {@code to} of the batch, the latter exclusive:
         * tensors whose first dimension is the samples. Asked again, it gives the same. Runs beside
         * the training step, so it leaves the model alone.
         */
        List<Tensor> inputs(int from, int to);
    }

    /**
     * Draws a batch.
     *
     * @param samples indices below {@link #samples}
     */
    Drawn draw(int[] samples, RandomGenerator random);

    /** Embeds prepared samples: tensors whose first dimension is the samples. */
    List<Tensor> embed(List<Tensor> inputs);

    /** Loss of a batch, from the embeddings of all its samples: scalar. */
    Tensor loss(List<Tensor> embedded);

    /** Called after each step, outside the graph. */
    void afterStep();

    /** Percent right on the validation clips: R@1 or accuracy. */
    double validate();
}
