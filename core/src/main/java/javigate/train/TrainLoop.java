package javigate.train;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import javigate.tensor.Weights;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** The steps from a position on, one after another. */
final class TrainLoop {
    /** A state is saved when the last save is so many times as long ago as it took, at least. */
    private static final long SAVE_SHARE = 20;

    private static final int LOG_EVERY = 10;

    /**
     * What is trained, and by what.
     *
     * @param weights all of the network's
     * @param loader gives each step's inputs
     */
    record Parts(
            Objective objective,
            Weights weights,
            Optimiser optimiser,
            GradCache gradients,
            Loader loader) {}

    private final BatchPlan plan;
    private final Parts parts;
    private final RunFolder folder;
    private final Trainer.Listener listener;
    private final @Nullable TrainLog log;
    private long savedNanos = System.nanoTime();
    private long saveTookNanos;

    /**
     * @param log null in the processes that write nothing
     */
    TrainLoop(
            BatchPlan plan,
            Parts parts,
            RunFolder folder,
            Trainer.Listener listener,
            @Nullable TrainLog log) {
        this.plan = plan;
        this.parts = parts;
        this.folder = folder;
        this.listener = listener;
        this.log = log;
    }

    /** Trains to the end, and says where that is. */
    RunFolder.Position from(RunFolder.Position start) throws IOException {
        RunFolder.Position p = start;
        while (p.epoch() <= plan.config().epochs() && !outOfPatience(p)) {
            while (p.step() < plan.stepsPerEpoch()) {
                p = step(p);
                saveNowAndThen(p);
            }
            p = endOfEpoch(p);
        }
        return p;
    }

    private boolean outOfPatience(RunFolder.Position p) {
        return plan.config().patience() > 0
                && p.bestEpoch() > 0
                && p.epoch() - 1 - p.bestEpoch() >= plan.config().patience();
    }

    private RunFolder.Position step(RunFolder.Position p) throws IOException {
        long start = System.nanoTime();
        long step = plan.stepsDone(p) + 1;
        double factor = parts.optimiser().factor();
        double loss;
        double norm;
        torch.manual_seed(Seeds.dropout(plan.config().seed(), p.epoch(), p.step()));
        try (var _ = new PointerScope()) {
            loss = parts.gradients().backward(plan.shareChunks().size(), parts.loader()::next);
            requireFinite(loss, p.epoch(), step);
            norm = parts.optimiser().step();
            parts.objective().afterStep();
        }
        Trainer.Step report =
                new Trainer.Step(
                        p.epoch(),
                        step,
                        plan.steps(),
                        loss,
                        norm,
                        factor,
                        System.nanoTime() - start,
                        parts.loader().takeWaitedNanos());
        listener.step(report);
        if (log != null && step % LOG_EVERY == 0) {
            Map<String, Double> values = new LinkedHashMap<>();
            values.put("loss", loss);
            values.put("gradient_norm", norm);
            values.put("rate_factor", factor);
            values.put("step_ms", report.nanos() / 1e6);
            values.put("waited_ms", report.waitedNanos() / 1e6);
            log.add(step, values);
        }
        return new RunFolder.Position(
                p.run(), p.epoch(), p.step() + 1, p.lossSum() + loss, p.best(), p.bestEpoch());
    }

    private RunFolder.Position endOfEpoch(RunFolder.Position p) throws IOException {
        double validation = validation();
        boolean better = validation >= p.best();
        RunFolder.Position next =
                new RunFolder.Position(
                        p.run(),
                        p.epoch() + 1,
                        0,
                        0,
                        better ? validation : p.best(),
                        better ? p.epoch() : p.bestEpoch());
        double meanLoss = p.lossSum() / plan.stepsPerEpoch();
        if (log != null) {
            if (better) {
                folder.saveBest(next, parts.weights().all());
            }
            Map<String, Double> values = new LinkedHashMap<>();
            values.put("epoch", (double) p.epoch());
            values.put("epoch_loss", meanLoss);
            values.put("validation", validation);
            log.add(p.epoch() * plan.stepsPerEpoch(), values);
        }
        listener.epoch(p.epoch(), meanLoss, validation, next.best());
        saveNowAndThen(next);
        return next;
    }

    private void saveNowAndThen(RunFolder.Position p) throws IOException {
        long now = System.nanoTime();
        if (log != null
                && now - savedNanos
                        >= Math.max(folder.saveEvery().toNanos(), SAVE_SHARE * saveTookNanos)) {
            folder.save(p, parts.weights().all(), parts.optimiser());
            savedNanos = System.nanoTime();
            saveTookNanos = savedNanos - now;
        }
    }

    private static void requireFinite(double loss, int epoch, long step) {
        if (!Double.isFinite(loss)) {
            throw new IllegalArgumentException(
                    "the loss is %s in epoch %d at step %d; a lower learning rate usually mends that"
                            .formatted(loss, epoch, step));
        }
    }

    private double validation() {
        try (var _ = new PointerScope();
                var _ = new NoGradGuard()) {
            return parts.objective().validate();
        }
    }
}
