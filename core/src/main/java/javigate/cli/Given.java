package javigate.cli;

import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** Which options a command line has. */
final class Given {
    private Given() {}

    /** Those of {@code names} that the user wrote, in the same order. */
    static List<String> of(CommandSpec spec, String... names) {
        return Arrays.stream(names)
                .filter(spec.commandLine().getParseResult()::hasMatchedOption)
                .toList();
    }
}
