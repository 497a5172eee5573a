package javigate.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javigate.checkpoint.Checkpoint;
import javigate.checkpoint.ModelFolders;
import javigate.eval.Bootstrap;
import javigate.eval.Evaluation;
import javigate.eval.MetricEstimates;
import javigate.eval.Reranking;
import javigate.eval.Retrieval;
import javigate.eval.RetrievalMetrics;
import javigate.eval.ScoreMatrix;
import javigate.eval.TieRule;
import picocli.CommandLine.Option;

/** The evaluated model as re-ranker of the top of a first stage (TEFAL, Table 9). */
final class EvalRerankOptions {

    @Option(
            names = "--first-stage",
            paramLabel = "NAME=MODEL",
            description =
                    "Show what is left of the model's figures when it scores only the top of what"
                            + " this model's pooled vectors rank first, and of what its own pooled"
                            + " frames do; may come more than once.")
    private Map<String, String> firstStages = new LinkedHashMap<>();

    @Option(
            names = "--top",
            split = ",",
            paramLabel = "K",
            defaultValue = "1%,2%,5%,10%,20%,50%",
            converter = Top.Reader.class,
            description =
                    "Clips that are re-ranked, counts or shares of all (default ${DEFAULT-VALUE}).")
    private List<Top> tops = List.of();

    /**
     * One row of the table.
     *
     * @param firstStage what chose the clips
     * @param top as it was asked for
     * @param k clips re-ranked
     * @param textToVideo of both stages
     * @param difference to the model's scores of all clips, with paired 95 % intervals
     */
    record Row(
            String firstStage,
            String top,
            int k,
            RetrievalMetrics textToVideo,
            MetricEstimates difference) {}

    /**
     * The models of the first stages, by name.
     *
     * @throws IOException if there is no such model
     */
    Map<String, Checkpoint> open() throws IOException {
        Map<String, Checkpoint> models = new LinkedHashMap<>();
        for (Map.Entry<String, String> model : firstStages.entrySet()) {
            models.put(model.getKey(), ModelFolders.open(model.getValue()));
        }
        return models;
    }

    /** Every first stage with every K. */
    List<Row> rows(
            Evaluation model, Map<String, ScoreMatrix> stages, TieRule ties, Bootstrap bootstrap) {
        Retrieval full = Reranking.of(model.heard(), model.heard(), model.heard().videos(), ties);
        List<Row> rows = new ArrayList<>();
        stages.forEach(
                (name, first) -> {
                    for (Top top : tops) {
                        int k = top.of(first.videos());
                        Retrieval both = Reranking.of(first, model.heard(), k, ties);
                        rows.add(
                                new Row(
                                        name,
                                        top.text(),
                                        k,
                                        RetrievalMetrics.of(both.textToVideo()),
                                        bootstrap.difference(both, full).textToVideo()));
                    }
                });
        return rows;
    }

    /** Prints the table for people. */
    static void print(String model, List<Row> rows) {
        System.out.printf(
                "%n%s as re-ranker: t2v, and the difference to its scores of all clips%n", model);
        System.out.printf(
                "  %-28s %-6s %5s  %-17s  R@1 difference, 95 %%%n",
                "first stage", "top", "clips", "R@1/5/10");
        for (Row row : rows) {
            System.out.printf(
                    Locale.ROOT,
                    "  %-28s %-6s %5d  %5.1f/%5.1f/%5.1f  %+.1f (%+.1f – %+.1f)%n",
                    row.firstStage(),
                    row.top(),
                    row.k(),
                    row.textToVideo().r1(),
                    row.textToVideo().r5(),
                    row.textToVideo().r10(),
                    row.difference().r1().value(),
                    row.difference().r1().low(),
                    row.difference().r1().high());
        }
    }
}
