package javigate.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import javigate.verify.ReferenceCases;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code verify FOLDER}. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = "Runs every reference case in a folder and prints a line per case.")
final class VerifyCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FOLDER", description = "CASE.json and CASE.safetensors files.")
    private Path folder = Path.of(".");

    @Override
    public Integer call() throws Exception {
        List<ReferenceCases.Outcome> outcomes =
                ReferenceCases.run(folder, outcome -> System.out.println(outcome.line()));
        return outcomes.stream().anyMatch(o -> o.status() == ReferenceCases.Status.FAIL) ? 1 : 0;
    }
}
