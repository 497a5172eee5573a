package javigate.cli;

import picocli.CommandLine.Command;

/** {@code bench}: this machine beside its peers. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures javigate beside the peers it finds on this machine.",
        synopsisSubcommandLabel = "VERB",
        subcommands = {BenchTrainCommand.class, BenchSearchCommand.class})
final class BenchCommand {}
