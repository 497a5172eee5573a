package javigate.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javigate.eval.Bootstrap;
import javigate.eval.Evaluation;
import javigate.report.Page.Section;

/** The page's sections, each with words on how to read it. */
final class ReportSections {

    private ReportSections() {}

    private static Tag words(String text) {
        return Tag.of("p", "class", "words").text(text);
    }

    static Section metrics(Evaluation evaluation, Bootstrap bootstrap) {
        boolean listens = evaluation.audio() != null;
        List<Tag> parts = new ArrayList<>();
        parts.add(
                words(
                        "Every caption is a query: the model ranks all clips by how well they fit,"
                                + " and the caption's own clip should come first. R@K is the share of"
                                + " queries whose own clip is among the first K; higher is better."
                                + " MdR and MnR are the median and the mean rank; 1 is perfect."
                                + " nDCG@10 is 100 where all rank first, less the further down, 0"
                                + " below rank 10. RSum adds the six recalls of both directions, 0"
                                + " to 600. Below each value stands its 95 % interval: how far"
                                + " it hangs on which queries were asked, not on the training run."));
        if (listens) {
            parts.add(
                    words(
                            "“Without” is the same model with every clip embedded as if it had no"
                                    + " sound. The lines below “all” take the queries of one kind of"
                                    + " clip; they are always ranked among all clips."));
        }
        parts.addAll(MetricTables.figures(evaluation.table(evaluation.raw(), bootstrap), listens));
        evaluation
                .postProcessed()
                .forEach(
                        (norm, ranks) ->
                                parts.add(
                                        Tag.of("details")
                                                .with(
                                                        Tag.of("summary")
                                                                .text(
                                                                        "Post-processed scores, "
                                                                                + norm.argument()
                                                                                + ": "
                                                                                + norm.uses()),
                                                        words(norm.form()))
                                                .with(
                                                        MetricTables.figures(
                                                                evaluation.table(ranks, bootstrap),
                                                                listens))));
        return new Section("metrics", "Metrics", parts);
    }

    static Section recall(Evaluation evaluation, List<Answers> ways) {
        int clips = evaluation.manifest().items().size();
        RecallCurves curves = new RecallCurves(clips);
        List<Tag> panels = new ArrayList<>();
        panels.add(curves.chart("Text to video, all", ways, way -> way.ranks().textToVideo()));
        if (ways.stream().allMatch(way -> way.ranks().videoToText() != null)) {
            panels.add(
                    curves.chart(
                            "Video to text, all",
                            ways,
                            way -> Objects.requireNonNull(way.ranks().videoToText())));
        }
        kindsOnly(evaluation)
                .forEach(
                        (kind, own) ->
                                panels.add(
                                        curves.chart(
                                                "Text to video, %s (%d clips)"
                                                        .formatted(kind, own.length),
                                                ways,
                                                way -> way.ranks().only(own).textToVideo())));
        return new Section(
                "recall",
                "Recall curves",
                List.of(
                        words(
                                "How many queries find their own clip when one looks at the first K"
                                        + " clips. A higher line is better; the gap between two lines"
                                        + " is what one way to answer gains over the other. Signs"
                                        + " stand at K = 1, 5, 10 and 50; rest the pointer on them"
                                        + " for the value."),
                        Charts.legend(ways.stream().map(Answers::name).toList()),
                        Charts.grid(panels)));
    }

    /** The kinds of clips without "all"; empty where the data has none. */
    private static Map<String, int[]> kindsOnly(Evaluation evaluation) {
        Map<String, int[]> kinds = new LinkedHashMap<>(evaluation.kinds());
        kinds.remove("all");
        return kinds;
    }

    static Section ranks(Evaluation evaluation, List<Answers> ways) {
        return new Section(
                "ranks",
                "Rank histogram",
                List.of(
                        words(
                                "How many queries have their own clip at which rank. Tall bars on"
                                        + " the left are good; what stands on the right are the hard"
                                        + " queries below. Each bin is twice as wide as the one"
                                        + " before."),
                        Charts.barLegend(ways.stream().map(Answers::name).toList()),
                        Charts.panel(
                                "Text to video",
                                RankHistogram.chart(ways, evaluation.manifest().items().size()))));
    }

    static Section gates(Evaluation evaluation, GateCharts charts) {
        if (evaluation.gates().getFirst().length == 0) {
            return new Section("gates", "Gates", List.of());
        }
        Map<String, int[]> kinds = kindsOnly(evaluation);
        List<Tag> parts = new ArrayList<>();
        parts.add(
                words(
                        "The model decides for each clip and layer how much of its sound to let in:"
                                + " g_mha scales what the frames take from the sound by attention,"
                                + " g_ffn what a feed-forward net adds to that. 0 shuts the sound"
                                + " out, 1 lets all of it in, below 0 it is taken off. One row for"
                                + " each kind of clip, its bars as a share of the row's tallest; the"
                                + " upright line is the median. Gates that work stand, in one layer"
                                + " or other, further right where the sound tells something than"
                                + " where it does not."));
        parts.addAll(
                charts.histograms(
                        evaluation.gates(), kinds.isEmpty() ? evaluation.kinds() : kinds));
        return new Section("gates", "Gates", parts);
    }

    static Section hardest(Answers heard, QueryCards cards) {
        List<Tag> found =
                QueryChoice.hardest(heard, EvalReport.SHOWN).stream().map(cards::missed).toList();
        return new Section(
                "hardest",
                "Hardest queries",
                List.of(
                        words(
                                found.isEmpty()
                                        ? "Every query finds its own clip first."
                                        : "The queries with the worst ranks, worst first: their own"
                                                + " clip, and the one that was found instead. Where"
                                                + " that one fits the caption as well, the fault is"
                                                + " the data's, not the model's."),
                        grid(found)));
    }

    private static Tag grid(List<Tag> cards) {
        return Tag.of("div", "class", "cards").with(cards);
    }

    static Section sound(
            Evaluation evaluation,
            Answers heard,
            Answers muted,
            Bootstrap bootstrap,
            QueryCards cards) {
        if (evaluation.audio() == null) {
            return new Section("sound", "What the sound added", List.of());
        }
        List<Integer> gained = QueryChoice.gains(heard, muted, EvalReport.SHOWN / 2);
        List<Integer> lost = QueryChoice.gains(muted, heard, EvalReport.SHOWN / 2);
        return new Section(
                "sound",
                "What the sound added",
                List.of(
                        words(
                                "The same queries with the clips' sound and without: differences,"
                                        + " with minus without, above their 95 % intervals. An"
                                        + " interval that does not hold 0 is more than chance. For"
                                        + " recall and nDCG above 0 is good, for ranks below 0."),
                        MetricTables.differences(
                                "With sound minus without", evaluation.soundAdds(bootstrap)),
                        Charts.barLegend(GateCharts.NAMES),
                        Tag.of("h3").text("Gained most"),
                        words(
                                gained.isEmpty()
                                        ? "No query ranks better with sound."
                                        : "The queries that the sound brought up by the most"
                                                + " places. The small bars are the gates of the own"
                                                + " clip, layer by layer."),
                        grid(gained.stream().map(cards::sound).toList()),
                        Tag.of("h3").text("Lost most"),
                        words(
                                lost.isEmpty()
                                        ? "No query ranks worse with sound."
                                        : "The queries that it pushed down by the most places."),
                        grid(lost.stream().map(cards::sound).toList())));
    }

    static Section sideBySide(
            EvalReport report, Answers heard, Answers muted, List<Answers> ways, QueryCards cards) {
        Evaluation evaluation = report.evaluation();
        List<Tag> parts = new ArrayList<>();
        parts.add(
                words(
                        "For queries drawn by chance (seed %d), what each way to answer finds first,"
                                        .formatted(report.bootstrap().seed())
                                + " with the gates of what it found, as in figures 3 and 5 of the"
                                + " AVIGATE paper. First come queries that the sound brought to rank"
                                + " 1, if there are any, then "
                                + (kindsOnly(evaluation).isEmpty()
                                        ? "others."
                                        : "queries of clips whose sound is beside the point: there a"
                                                + " good gate keeps it from doing harm.")));
        report.beside()
                .forEach(
                        (name, other) ->
                                parts.add(
                                        MetricTables.differences(
                                                "This model minus “%s”, both with sound"
                                                        .formatted(name),
                                                evaluation.minus(other, report.bootstrap()))));
        parts.add(Charts.barLegend(GateCharts.NAMES));
        List<Integer> drawn =
                QueryChoice.drawn(
                        heard,
                        muted,
                        evaluation.manifest().items(),
                        EvalReport.SHOWN,
                        report.bootstrap().seed());
        drawn.forEach(query -> parts.add(cards.sideBySide(query, ways)));
        return new Section("side-by-side", "Side by side", parts);
    }
}
