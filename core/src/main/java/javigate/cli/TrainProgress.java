package javigate.cli;

import java.util.Locale;
import javigate.train.Trainer;
import org.jspecify.annotations.Nullable;

/** Shows training: a bar for the steps, a line per epoch. */
final class TrainProgress implements Trainer.Listener, AutoCloseable {

    private final long startNanos = System.nanoTime();
    private @Nullable Progress bar;

    @Override
    public void step(int epoch, long step, long totalSteps, double loss, double rateFactor) {
        if (bar == null) {
            bar = Progress.of("training", totalSteps);
        }
        bar.to(step);
        bar.message(String.format(Locale.ROOT, "loss %.3f", loss));
    }

    @Override
    public void epoch(int epoch, double meanLoss, double validation, double best) {
        System.err.println(
                String.format(
                        Locale.ROOT,
                        "epoch %d  loss %.3f  val %.1f %%  best %.1f %%  %d s",
                        epoch,
                        meanLoss,
                        validation,
                        best,
                        (System.nanoTime() - startNanos) / 1_000_000_000L));
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
