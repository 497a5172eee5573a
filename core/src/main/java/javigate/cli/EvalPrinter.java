package javigate.cli;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import javigate.eval.Estimate;
import javigate.eval.Evaluation;
import javigate.eval.MetricEstimates;
import javigate.eval.RetrievalEstimates;
import javigate.eval.RetrievalMetrics;
import javigate.eval.RetrievalScores;

/** Prints an evaluation's tables for people. */
final class EvalPrinter {

    private static final String DIRECTION = "R@1/5/10      MdR     MnR nDCG@10";

    private static final String METRICS =
            "                         R@1             R@5             R@10            MdR"
                    + "             MnR             nDCG@10         RSum";

    private EvalPrinter() {}

    /** The figures, raw or post-processed. */
    static void figures(Evaluation.Table table) {
        System.out.printf(
                "                     t2v %s   v2t %s    RSum   captions%n", DIRECTION, DIRECTION);
        figures("with sound", table.heard());
        figures("without sound", table.muted());
    }

    private static void figures(String title, Map<String, Evaluation.Row> rows) {
        System.out.println(title);
        rows.forEach((kind, row) -> System.out.println(figures(kind, row.scores())));
    }

    private static String figures(String kind, RetrievalScores scores) {
        RetrievalMetrics back = scores.videoToText();
        return String.format(
                Locale.ROOT,
                "  %-16s %s   %s   %s   %d",
                kind,
                longRow(scores.textToVideo()),
                back == null ? " ".repeat(40) : longRow(back),
                scores.rSum() == null
                        ? " ".repeat(6)
                        : String.format(Locale.ROOT, "%6.1f", scores.rSum()),
                scores.textToVideo().queries());
    }

    /** R@1/5/10 in percent and the median rank. */
    static String row(RetrievalMetrics m) {
        return String.format(
                Locale.ROOT, "%5.1f/%5.1f/%5.1f %6.1f", m.r1(), m.r5(), m.r10(), m.medianRank());
    }

    private static String longRow(RetrievalMetrics m) {
        return String.format(Locale.ROOT, "%s %7.1f %7.1f", row(m), m.meanRank(), m.ndcg10());
    }

    /** Intervals of each metric. */
    static void intervals(Evaluation.Table table) {
        System.out.println(METRICS);
        intervals("with sound", table.heard());
        intervals("without sound", table.muted());
    }

    private static void intervals(String title, Map<String, Evaluation.Row> rows) {
        System.out.println(title);
        rows.forEach(
                (kind, row) ->
                        estimates(
                                kind,
                                row.intervals(),
                                e -> String.format(Locale.ROOT, "%.1f – %.1f", e.low(), e.high())));
    }

    /** Differences with their intervals. */
    static void differences(Map<String, RetrievalEstimates> byKind) {
        System.out.println(METRICS);
        byKind.forEach(
                (kind, estimates) ->
                        estimates(
                                kind,
                                estimates,
                                e ->
                                        String.format(
                                                Locale.ROOT, "%+.1f – %+.1f", e.low(), e.high())));
    }

    private static void estimates(
            String kind, RetrievalEstimates estimates, Function<Estimate, String> cell) {
        Estimate sum = estimates.rSum();
        System.out.printf(
                "  %-18s t2v %s%s%n",
                kind,
                cells(estimates.textToVideo(), cell),
                sum == null ? "" : " " + cell.apply(sum));
        MetricEstimates back = estimates.videoToText();
        if (back != null) {
            System.out.printf("  %-18s v2t %s%n", "", cells(back, cell));
        }
    }

    private static String cells(MetricEstimates m, Function<Estimate, String> cell) {
        return List.of(m.r1(), m.r5(), m.r10(), m.medianRank(), m.meanRank(), m.ndcg10()).stream()
                .map(e -> String.format(Locale.ROOT, "%-15s", cell.apply(e)))
                .collect(Collectors.joining(" "));
    }
}
