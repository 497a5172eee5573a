package javigate.cli;

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
            DataCommand.class,
            ServeCommand.class,
            TrainCommand.class,
            VerifyCommand.class
        })
public final class Javigate {

    private Javigate() {}

    /**
     * Runs the verb named in {@code args} and exits with 0 (good), 1 (failed) or 2 (wrong usage).
     */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Javigate()).execute(args));
    }
}
