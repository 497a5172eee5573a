package javigate.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import javigate.checkpoint.ForeignWeights;
import javigate.checkpoint.ModelFolders;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code model inspect MODEL}. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        description =
                "Says what a model or a weight file is: architecture, parameters per part, types,"
                        + " hash. Checks its names, and that all its values are numbers.")
final class ModelInspectCommand implements Callable<Integer> {

    @Parameters(
            paramLabel = "MODEL",
            description = "An installed model's name, a model folder, a weight file, or org/name.")
    private String model = "";

    @Option(names = "--json", description = "Print as JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        ModelSummary summary = summary();
        if (json) {
            Json.print(summary.fields());
        } else {
            summary.print();
        }
        return 0;
    }

    private ModelSummary summary() throws IOException {
        if (ModelFolders.isModel(model)) {
            return ModelSummary.of(ModelFolders.open(model));
        }
        try (ForeignWeights weights = ForeignWeights.open(ModelSources.find(model))) {
            return ModelSummary.of(weights);
        }
    }
}
