package javigate.cli;

import java.io.Console;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * A progress bar on stderr where that is a terminal, with rate and time left; nothing elsewhere.
 */
final class Progress implements AutoCloseable {

    private final @Nullable ProgressBar bar;

    private Progress(@Nullable ProgressBar bar) {
        this.bar = bar;
    }

    static Progress of(String task, long total) {
        return new Progress(
                isTerminal() ? builder(task).setInitialMax(total).showSpeed().build() : null);
    }

    /** A bar that counts in megabytes, and its rate from what is done already. */
    static Progress ofBytes(String task, long done, long total) {
        return new Progress(
                isTerminal()
                        ? builder(task)
                                .setInitialMax(total)
                                .startsFrom(done, Duration.ZERO)
                                .setUnit(" MB", 1_000_000)
                                .showSpeed(
                                        new DecimalFormat(
                                                "0.0",
                                                DecimalFormatSymbols.getInstance(Locale.ROOT)))
                                .build()
                        : null);
    }

    private static boolean isTerminal() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    }

    private static ProgressBarBuilder builder(String task) {
        return new ProgressBarBuilder()
                .setTaskName(task)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(200);
    }

    synchronized void to(long done) {
        if (bar != null) {
            bar.stepTo(Math.max(done, bar.getCurrent()));
        }
    }

    /** Says of how many, where that was not known before. */
    synchronized void max(long total) {
        if (bar != null) {
            bar.maxHint(total);
        }
    }

    synchronized void add(long more) {
        if (bar != null) {
            bar.stepBy(more);
        }
    }

    synchronized void message(String text) {
        if (bar != null) {
            bar.setExtraMessage(" " + text);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
