package javigate.cli;

import java.util.Locale;
import javigate.train.Trainer;
import org.jspecify.annotations.Nullable;

/** Shows training: a bar for the steps, a line per epoch. Only the first process shows anything. */
final class TrainProgress implements Trainer.Listener, AutoCloseable {

    private final boolean shown;
    private final long startNanos = System.nanoTime();
    private @Nullable Progress bar;
    private String task = "";
    private long nanos;
    private long waitedNanos;

    TrainProgress(boolean shown) {
        this.shown = shown;
    }

    @Override
    public void preparing(String what, int done, int clips) {
        bar("computing " + what, clips, done);
    }

    @Override
    public void note(String text) {
        if (shown) {
            System.err.println(text);
        }
    }

    @Override
    public void step(Trainer.Step step) {
        nanos += step.nanos();
        waitedNanos += step.waitedNanos();
        bar("training", step.steps(), step.step());
        if (bar != null) {
            bar.message(
                    String.format(
                            Locale.ROOT,
                            "loss %.3f, waited %.0f %%",
                            step.loss(),
                            waitedPercent()));
        }
    }

    private double waitedPercent() {
        return nanos == 0 ? 0 : 100.0 * waitedNanos / nanos;
    }

    private void bar(String name, long total, long done) {
        if (!shown) {
            return;
        }
        if (!task.equals(name)) {
            close();
            bar = Progress.of(name, total);
            task = name;
        }
        if (bar != null) {
            bar.to(done);
        }
    }

    @Override
    public void epoch(int epoch, double meanLoss, double validation, double best) {
        note(
                String.format(
                        Locale.ROOT,
                        "epoch %d  loss %.3f  val %.1f %%  best %.1f %%  %d s, waited for data %.1f %%",
                        epoch,
                        meanLoss,
                        validation,
                        best,
                        (System.nanoTime() - startNanos) / 1_000_000_000L,
                        waitedPercent()));
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
