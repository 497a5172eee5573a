package javigate.cli;

import picocli.CommandLine.Command;

/** {@code model VERB}. */
@Command(
        name = "model",
        mixinStandardHelpOptions = true,
        description = "Fetches model weights.",
        synopsisSubcommandLabel = "VERB",
        subcommands = ModelPullCommand.class)
final class ModelCommand {}
