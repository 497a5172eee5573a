package javigate.cli;

import picocli.CommandLine.Command;

/** {@code model VERB}. */
@Command(
        name = "model",
        mixinStandardHelpOptions = true,
        description = "Models and weights: fetch, convert, assemble, inspect, list.",
        synopsisSubcommandLabel = "VERB",
        subcommands = {
            ModelAssembleCommand.class,
            ModelConvertCommand.class,
            ModelInspectCommand.class,
            ModelListCommand.class,
            ModelPullCommand.class
        })
final class ModelCommand {}
