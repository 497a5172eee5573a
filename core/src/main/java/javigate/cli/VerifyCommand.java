package javigate.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import javigate.verify.ReferenceCases;
import javigate.verify.ReferenceCases.Outcome;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code verify FOLDER}. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = {
            "Runs every reference case in a folder and prints a line per case.",
            "Exit code 1 if any fails."
        })
final class VerifyCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FOLDER", description = "CASE.json and CASE.safetensors files.")
    private Path folder = Path.of(".");

    @Option(
            names = "--vocab",
            paramLabel = "FILE",
            description = {
                "CLIP's vocabulary, for the tokenizer's case: bpe_simple_vocab_16e6.txt.gz,",
                "tokenizer.json, or vocab.json with merges.txt beside it."
            })
    private @Nullable Path vocabulary;

    @Option(names = "--json", description = "Prints a JSON array of outcomes instead of lines.")
    private boolean json;

    @Override
    public Integer call() {
        List<Outcome> outcomes;
        try {
            outcomes =
                    ReferenceCases.run(
                            folder,
                            vocabulary,
                            outcome -> {
                                if (!json) {
                                    System.out.println(outcome.line());
                                }
                            });
        } catch (IOException e) {
            System.err.println("javigate: " + e.getMessage());
            return 1;
        }
        if (json) {
            System.out.println(asJson(outcomes).toPrettyString());
        }
        return outcomes.stream().anyMatch(o -> o.status() == ReferenceCases.Status.FAIL) ? 1 : 0;
    }

    /** Numbers that are not finite, as JSON has none of those, are null. */
    private static ArrayNode asJson(List<Outcome> outcomes) {
        ArrayNode array = new ObjectMapper().createArrayNode();
        for (Outcome outcome : outcomes) {
            ObjectNode node = array.addObject();
            node.put("case", outcome.name());
            node.put("status", outcome.status().name().toLowerCase(Locale.ROOT));
            node.put("comparisons", outcome.comparisons());
            node.put("largestError", finite(outcome.largestError()));
            node.put("tolerance", outcome.tolerance());
            node.put("worstShare", finite(outcome.worstShare()));
            node.put("detail", outcome.detail());
        }
        return array;
    }

    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }
}
