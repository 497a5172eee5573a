package javigate.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import javigate.eval.Estimate;
import javigate.eval.Evaluation;
import javigate.eval.MetricEstimates;
import javigate.eval.RetrievalEstimates;
import org.jspecify.annotations.Nullable;

/** The figures as tables, each value above its 95 % interval. */
final class MetricTables {

    private static final List<String> METRICS =
            List.of("R@1 %", "R@5 %", "R@10 %", "MdR", "MnR", "nDCG@10 %");

    private static final String SUM = "RSum, both ways";

    private MetricTables() {}

    /**
     * One line of a table.
     *
     * @param words after the kind of clip
     * @param sum of both directions; null where it is not told
     */
    private record Line(
            String kind, List<String> words, MetricEstimates metrics, @Nullable Estimate sum) {}

    /**
     * Both directions.
     *
     * @param listens whether to set the figures without sound beside those with it
     */
    static List<Tag> figures(Evaluation.Table table, boolean listens) {
        List<Tag> parts = new ArrayList<>();
        List<String> words = List.of("sound", "captions");
        parts.add(
                table(
                        "Text to video: a caption looks for its clip",
                        words,
                        lines(table, listens, RetrievalEstimates::textToVideo, _ -> null),
                        false));
        List<Line> back =
                lines(table, listens, RetrievalEstimates::videoToText, RetrievalEstimates::rSum);
        if (!back.isEmpty()) {
            parts.add(table("Video to text: a clip looks for its caption", words, back, false));
        }
        return parts;
    }

    private static List<Line> lines(
            Evaluation.Table table,
            boolean listens,
            Function<RetrievalEstimates, @Nullable MetricEstimates> direction,
            Function<RetrievalEstimates, @Nullable Estimate> sum) {
        List<Line> lines = new ArrayList<>();
        for (String kind : table.heard().keySet()) {
            for (boolean sound : listens ? new boolean[] {true, false} : new boolean[] {true}) {
                Evaluation.Row row = (sound ? table.heard() : table.muted()).get(kind);
                MetricEstimates metrics = row == null ? null : direction.apply(row.intervals());
                if (row != null && metrics != null) {
                    String captions = String.valueOf(row.scores().textToVideo().queries());
                    String with = listens ? (sound ? "with" : "without") : "–";
                    lines.add(
                            new Line(
                                    kind,
                                    List.of(with, captions),
                                    metrics,
                                    sum.apply(row.intervals())));
                }
            }
        }
        return lines;
    }

    /** What one way to answer gains over another: differences, text to video and back. */
    static Tag differences(String caption, Map<String, RetrievalEstimates> byKind) {
        List<Line> lines = new ArrayList<>();
        byKind.forEach(
                (kind, estimates) -> {
                    lines.add(
                            new Line(
                                    kind,
                                    List.of("text to video"),
                                    estimates.textToVideo(),
                                    estimates.rSum()));
                    MetricEstimates back = estimates.videoToText();
                    if (back != null) {
                        lines.add(new Line(kind, List.of("video to text"), back, null));
                    }
                });
        return table(caption, List.of("direction"), lines, true);
    }

    private static Tag table(String caption, List<String> words, List<Line> lines, boolean signed) {
        boolean sums = lines.stream().anyMatch(line -> line.sum != null);
        Tag head = Tag.of("tr").with(head("clips", ""));
        words.forEach(word -> head.with(head(word, "word")));
        METRICS.forEach(metric -> head.with(head(metric, "")));
        if (sums) {
            head.with(head(SUM, ""));
        }
        Tag body = Tag.of("tbody");
        String before = "";
        for (Line line : lines) {
            boolean same = line.kind.equals(before);
            Tag row =
                    Tag.of("tr", "class", same ? "same" : "new")
                            .with(
                                    Tag.of("th", "scope", "row", "aria-label", line.kind)
                                            .text(same ? "" : line.kind));
            line.words.forEach(word -> row.with(Tag.of("td", "class", "word").text(word)));
            MetricEstimates m = line.metrics;
            Stream.of(m.r1(), m.r5(), m.r10(), m.medianRank(), m.meanRank(), m.ndcg10())
                    .forEach(estimate -> row.with(cell(estimate, signed)));
            if (sums) {
                row.with(line.sum == null ? Tag.of("td") : cell(line.sum, signed));
            }
            body.with(row);
            before = line.kind;
        }
        return Tag.of("div", "class", "scroll", "tabindex", 0, "role", "region")
                .with(
                        Tag.of("table")
                                .with(
                                        Tag.of("caption").text(caption),
                                        Tag.of("thead").with(head),
                                        body));
    }

    private static Tag head(String name, String kind) {
        return Tag.of("th", "scope", "col", "class", kind).text(name);
    }

    private static Tag cell(Estimate e, boolean signed) {
        return Tag.of("td")
                .with(Tag.of("b").text(value(e.value(), signed)))
                .with(
                        Tag.of("span")
                                .text(value(e.low(), signed) + " … " + value(e.high(), signed)));
    }

    private static String value(double value, boolean signed) {
        String number = Charts.number(value, 1);
        return signed && value > 0 && !number.equals("0.0") ? "+" + number : number;
    }
}
