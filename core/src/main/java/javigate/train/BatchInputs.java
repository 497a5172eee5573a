package javigate.train;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/** The inputs of every step from a position on, in the order {@link GradCache} asks for them. */
final class BatchInputs implements Iterator<Supplier<List<Tensor>>> {
    private final BatchPlan plan;
    private final Objective objective;
    private final Queue<Supplier<List<Tensor>>> pending = new ArrayDeque<>();
    private int epoch;
    private int step;
    private int[] order = {};

    BatchInputs(BatchPlan plan, Objective objective, RunFolder.Position position) {
        this.plan = plan;
        this.objective = objective;
        this.epoch = position.epoch();
        this.step = (int) position.step();
        if (step >= plan.stepsPerEpoch()) {
            step = 0;
            epoch++;
        }
    }

    @Override
    public boolean hasNext() {
        return !pending.isEmpty() || epoch <= plan.config().epochs();
    }

    @Override
    public Supplier<List<Tensor>> next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        if (pending.isEmpty()) {
            drawStep();
        }
        return pending.remove();
    }

    private void drawStep() {
        if (order.length == 0 || step == 0) {
            order = new int[objective.samples()];
            Arrays.setAll(order, i -> i);
            Batches.shuffle(order, Seeds.order(plan.config().seed(), epoch));
        }
        Objective.Drawn drawn =
                objective.draw(
                        Arrays.copyOfRange(order, step * plan.batch(), (step + 1) * plan.batch()),
                        Seeds.step(plan.config().seed(), epoch, step));
        List<int[]> chunks = plan.shareChunks();
        int begin = plan.ranks().shareBegin(plan.batch());
        for (int pass = 0; pass < GradCache.passes(chunks.size()); pass++) {
            for (int[] chunk : chunks) {
                int from = begin + chunk[0];
                pending.add(() -> drawn.inputs(from, from + chunk.length));
            }
        }
        step++;
        if (step == plan.stepsPerEpoch()) {
            step = 0;
            epoch++;
        }
    }
}
