package javigate.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import javigate.tensor.Ops;
import javigate.tensor.Recompute;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Gradients of a batch of which no process holds the whole graph. The loss is taken of all
 * embeddings cut off from what they were computed from, which gives the gradient of each; those of
 * a process's own samples are then carried on to the parameters. What does not fit into memory is
 * embedded twice, chunk by chunk: without a graph for the loss, with one for the gradients (Gao et
 * al., 2021, <i>Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup</i>). The
 * gradients are those of one process with the whole batch, up to rounding.
 *
 * @param ranks the processes that share the batch
 * @param parameters those that train
 * @param embed inputs to embeddings
 * @param loss of the embeddings of the whole batch
 * @param recompute whether transformer blocks are computed again instead of kept
 */
record GradCache(
        Ranks ranks,
        Map<String, Tensor> parameters,
        Function<List<Tensor>, List<Tensor>> embed,
        Function<List<Tensor>, Tensor> loss,
        boolean recompute) {

    /** How often the inputs of each chunk are asked for. */
    static int passes(int chunks) {
        return chunks > 1 ? 2 : 1;
    }

    /**
     * Adds the gradients of the batch to those of the parameters. What an embedding only lends
     * without gradient, as the margin's frames, passes none on.
     *
     * @param chunks this process's samples are embedded in so many chunks
     * @param inputs gives the inputs of each chunk in turn, and again if there are several
     * @return the loss of the whole batch
     */
    double backward(int chunks, Supplier<List<Tensor>> inputs) {
        boolean whole = chunks == 1;
        try (var _ = new PointerScope();
                Recompute tape = tape(whole)) {
            List<List<Tensor>> own = new ArrayList<>();
            for (int c = 0; c < chunks; c++) {
                own.add(whole ? embed.apply(inputs.get()) : withoutGraph(inputs));
            }
            List<Tensor> leaves = leaves(own);
            Tensor value = loss.apply(leaves);
            value.backward();
            dropWhatAllHave();
            long begin = ranks.rank() * ownSamples(own);
            for (List<Tensor> chunk : own) {
                if (whole) {
                    carryOn(chunk, leaves, begin, tape);
                } else {
                    try (var _ = new PointerScope();
                            Recompute again = tape(true)) {
                        carryOn(embed.apply(inputs.get()), leaves, begin, again);
                    }
                }
                begin += chunk.getFirst().size(0);
            }
            ranks.sum(gradients());
            return value.item_float();
        }
    }

    private @Nullable Recompute tape(boolean graph) {
        return recompute && graph ? Recompute.open() : null;
    }

    private static long ownSamples(List<List<Tensor>> own) {
        return own.stream().mapToLong(chunk -> chunk.getFirst().size(0)).sum();
    }

    private List<Tensor> withoutGraph(Supplier<List<Tensor>> inputs) {
        PointerScope outer = PointerScope.getInnerScope();
        try (var _ = new NoGradGuard();
                var _ = new PointerScope()) {
            List<Tensor> embedded = embed.apply(inputs.get());
            embedded.forEach(outer::attach); // outlives the inner scope
            return embedded;
        }
    }

    /** The embeddings of the whole batch, without a past; where a gradient can be asked, it is. */
    private List<Tensor> leaves(List<List<Tensor>> own) {
        List<Tensor> leaves = new ArrayList<>();
        for (int i = 0; i < own.getFirst().size(); i++) {
            int which = i;
            Tensor joined =
                    Ops.cat(0, own.stream().map(c -> c.get(which).detach()).toArray(Tensor[]::new));
            Tensor all = ranks.gather(joined);
            leaves.add(all.is_floating_point() ? all.requires_grad_(true) : all);
        }
        return leaves;
    }

    /**
     * Parameters that the loss uses directly, as the logit scale, now have the gradient of the
     * whole batch in every process: it counts once.
     */
    private void dropWhatAllHave() {
        if (!ranks.first()) {
            parameters.values().forEach(parameter -> parameter.mutable_grad().reset());
        }
    }

    /** Takes the gradients of a chunk's embeddings on to the parameters. */
    private static void carryOn(
            List<Tensor> embedded, List<Tensor> leaves, long begin, @Nullable Recompute tape) {
        long size = embedded.getFirst().size(0);
        TensorVector roots = new TensorVector();
        TensorVector gradients = new TensorVector();
        for (int i = 0; i < embedded.size(); i++) {
            Tensor gradient = leaves.get(i).grad();
            if (gradient.defined() && embedded.get(i).requires_grad()) {
                roots.push_back(embedded.get(i));
                gradients.push_back(gradient.narrow(0, begin, size));
            }
        }
        torch.backward(roots, gradients, new BoolOptional(), false, new TensorVector());
        if (tape != null) {
            tape.unwind();
        }
    }

    /**
     * The gradients to add up, in the same order everywhere: of every parameter that has one in
     * some process; where this one has none, it is zero.
     */
    private List<Tensor> gradients() {
        if (ranks.world() == 1) {
            return List.of();
        }
        List<Tensor> all = List.copyOf(parameters.values());
        float[] has = new float[all.size()];
        for (int i = 0; i < has.length; i++) {
            has[i] = all.get(i).grad().defined() ? 1 : 0;
        }
        Tensor somewhere = Ops.floats(has, has.length);
        ranks.sum(List.of(somewhere));
        float[] count = Ops.toFloats(somewhere);
        List<Tensor> gradients = new ArrayList<>();
        for (int i = 0; i < has.length; i++) {
            if (count[i] > 0) {
                if (has[i] == 0) {
                    all.get(i).mutable_grad().put(torch.zeros_like(all.get(i)));
                }
                gradients.add(all.get(i).grad());
            }
        }
        return gradients;
    }
}
