package javigate.train;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import javigate.tensor.Ops;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Gradients of a batch whose graph would not fit into memory at once (Gao et al., 2021, <i>Scaling
 * Deep Contrastive Learning Batch Size under Memory Limited Setup</i>): every clip is embedded
 * without a graph, the loss of all embeddings gives the gradient of each, and chunk by chunk the
 * embedding is computed again, with a graph, to carry these gradients on to the parameters. The
 * result is that of the plain batch up to rounding.
 */
final class GradCache {

    private GradCache() {}

    /**
     * Adds to the parameters' gradients. Those that the loss uses directly, as the logit scale, get
     * theirs from the loss; what an embedding only lends without gradient, as the margin's frames,
     * passes none on.
     *
     * @param clips in the batch
     * @param chunk clips whose graph is held at a time, at least 1
     * @param loss of the embeddings of the whole batch, finite
     * @return the loss
     */
    static double backward(
            int clips, int chunk, Objective.Drawn drawn, Function<List<Tensor>, Tensor> loss) {
        try (var _ = new PointerScope()) {
            List<int[]> chunks = Trainer.chunks(clips, chunk);
            List<Tensor> embedded = embedAll(chunks, drawn);
            Tensor value = loss.apply(embedded);
            value.backward();
            for (int[] part : chunks) {
                try (var _ = new PointerScope()) {
                    carryOn(part, drawn, embedded);
                }
            }
            return value.item_float();
        }
    }

    /** Embeddings of the whole batch, without graph; where a gradient can be asked, it is. */
    private static List<Tensor> embedAll(List<int[]> chunks, Objective.Drawn drawn) {
        PointerScope outer = PointerScope.getInnerScope();
        List<List<Tensor>> parts = new ArrayList<>();
        try (var _ = new NoGradGuard()) {
            for (int[] part : chunks) {
                try (var _ = new PointerScope()) {
                    List<Tensor> embedded = embed(part, drawn);
                    embedded.forEach(outer::attach); // outlives the inner scope
                    parts.add(embedded);
                }
            }
        }
        List<Tensor> all = new ArrayList<>();
        for (int i = 0; i < parts.get(0).size(); i++) {
            int which = i;
            Tensor joined =
                    Ops.cat(0, parts.stream().map(p -> p.get(which)).toArray(Tensor[]::new));
            all.add(joined.is_floating_point() ? joined.requires_grad_(true) : joined);
        }
        return all;
    }

    /** Takes the gradients of a chunk's embeddings on to the parameters. */
    private static void carryOn(int[] part, Objective.Drawn drawn, List<Tensor> embedded) {
        List<Tensor> again = embed(part, drawn);
        TensorVector roots = new TensorVector();
        TensorVector gradients = new TensorVector();
        for (int i = 0; i < again.size(); i++) {
            Tensor gradient = embedded.get(i).grad();
            if (gradient.defined() && again.get(i).requires_grad()) {
                roots.push_back(again.get(i));
                gradients.push_back(gradient.narrow(0, part[0], part.length));
            }
        }
        torch.backward(roots, gradients, new BoolOptional(), false, new TensorVector());
    }

    private static List<Tensor> embed(int[] part, Objective.Drawn drawn) {
        return drawn.embed(part[0], part[0] + part.length);
    }
}
