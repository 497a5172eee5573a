package javigate.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line: one class per verb, listed here. */
@Command(
        name = "javigate",
        description = "Video search that looks and listens.",
        mixinStandardHelpOptions = true,
        version = "javigate 0.1.0",
        synopsisSubcommandLabel = "VERB",
        subcommands = {
            AddCommand.class,
            DataCommand.class,
            DemoCommand.class,
            EvalCommand.class,
            ListCommand.class,
            RemoveCommand.class,
            SearchCommand.class,
            ServeCommand.class,
            TrainCommand.class,
            VerifyCommand.class
        })
public final class Javigate {

    /** Exit code after Ctrl-C, as shells have it. */
    private static final int INTERRUPTED = 130;

    private Javigate() {}

    /**
     * Runs the verb named in {@code args} and exits with 0 (good), 1 (failed) or 2 (wrong usage).
     */
    public static void main(String[] args) {
        AtomicBoolean ended = new AtomicBoolean();
        // Interrupted, the process stops at once: libtorch's exit handlers crash under running
        // computations, and what was reported is on disk already.
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    if (!ended.get()) {
                                        Runtime.getRuntime().halt(INTERRUPTED);
                                    }
                                }));
        int code =
                new CommandLine(new Javigate())
                        .setExecutionExceptionHandler(Javigate::report)
                        .execute(args);
        ended.set(true);
        System.exit(code);
    }

    /** A user's mistake is one line; anything else is a defect and shows where it happened. */
    private static int report(
            Exception e, CommandLine commandLine, CommandLine.ParseResult parsed) {
        switch (e) {
            case IOException _, UncheckedIOException _, IllegalArgumentException _ ->
                    System.err.println("javigate: " + e.getMessage());
            default -> {
                System.err.println("javigate: this is a defect, please report it:");
                e.printStackTrace();
            }
        }
        return 1;
    }
}
