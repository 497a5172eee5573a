package javigate.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.DoubleStream;
import javigate.eval.Evaluation;
import javigate.eval.Retrieval;
import javigate.eval.RetrievalMetrics;
import javigate.eval.ScoreMatrix;
import javigate.eval.TieRule;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

/** What the page says, against the evaluation it is made of. */
class EvalReportFiguresTest {

    @TempDir static Path folder;
    private static ReportPage page;

    @BeforeAll
    static void write() throws Exception {
        page = ReportPage.write(folder);
    }

    @Test
    void tablesHoldTheFigures() {
        Evaluation.Table table =
                page.evaluation().table(page.evaluation().raw(), ReportPage.BOOTSTRAP);
        List<Element> tables = ReportPage.within(page.section("metrics"), "tbody", "");
        assertEquals(2, tables.size());
        List<Element> rows = ReportPage.within(tables.getFirst(), "tr", "");
        assertEquals(2 * 5, rows.size(), "all and four kinds, with sound and without");
        int row = 0;
        for (String kind : table.heard().keySet()) {
            for (Map<String, Evaluation.Row> figures : List.of(table.heard(), table.muted())) {
                Evaluation.Row expected = Objects.requireNonNull(figures.get(kind));
                RetrievalMetrics m = expected.scores().textToVideo();
                List<String> values =
                        DoubleStream.of(
                                        m.r1(),
                                        m.r5(),
                                        m.r10(),
                                        m.medianRank(),
                                        m.meanRank(),
                                        m.ndcg10())
                                .mapToObj(v -> String.format(Locale.ROOT, "%.1f", v))
                                .toList();
                assertEquals(
                        values, ReportPage.texts(ReportPage.within(rows.get(row), "b", "")), kind);
                assertEquals(
                        String.format(
                                Locale.ROOT,
                                "%.1f … %.1f",
                                expected.intervals().textToVideo().r1().low(),
                                expected.intervals().textToVideo().r1().high()),
                        ReportPage.within(rows.get(row), "span", "").getFirst().getTextContent());
                assertEquals(
                        kind,
                        ReportPage.within(rows.get(row), "th", "")
                                .getFirst()
                                .getAttribute("aria-label"));
                row++;
            }
        }
    }

    @Test
    void chartsHoldTheFigures() {
        double r5 = page.evaluation().raw().heard().scores().textToVideo().r5();
        double muted = page.evaluation().raw().muted().scores().textToVideo().r5();
        List<String> points =
                ReportPage.texts(ReportPage.within(page.section("recall"), "title", ""));
        assertTrue(
                points.contains("R@5 this model, with sound: %.1f %%".formatted(r5)),
                points.toString());
        assertTrue(points.contains("R@5 this model, without sound: %.1f %%".formatted(muted)));
        Map<String, Integer> queries = new LinkedHashMap<>();
        for (String bar : ReportPage.texts(ReportPage.within(page.section("ranks"), "title", ""))) {
            if (bar.startsWith("rank ")) {
                String way = bar.substring(bar.indexOf(", ") + 2, bar.lastIndexOf(':'));
                queries.merge(
                        way, Integer.valueOf(bar.replaceAll(".*: (\\d+) .*", "$1")), Integer::sum);
            }
        }
        assertEquals(Map.of("this model, with sound", 7, "this model, without sound", 7), queries);
        List<Element> panels = ReportPage.within(page.section("gates"), "figure", "panel");
        assertEquals(2 * ReportPage.LAYERS, panels.size());
        for (Element panel : panels) {
            int clips =
                    ReportPage.texts(ReportPage.within(panel, "title", "")).stream()
                            .mapToInt(
                                    bar -> Integer.parseInt(bar.replaceAll(".*: (\\d+) .*", "$1")))
                            .sum();
            assertEquals(ReportPage.KINDS.size(), clips);
        }
    }

    @Test
    void ranksAreBinnedByDoubling() {
        assertEquals(
                List.of(2, 1, 2, 3, 0, 1),
                list(RankHistogram.counts(new int[] {1, 1, 2, 3, 4, 5, 6, 8, 32}, 20 + 12)));
        assertEquals(1, RankHistogram.counts(new int[] {1}, 1).length);
    }

    @Test
    void theHardestComeFirstWithWhatWasFoundInstead() {
        int[] ranks = page.evaluation().raw().heard().textToVideo().first();
        List<Element> cards = ReportPage.within(page.section("hardest"), "article", "");
        assertEquals(Arrays.stream(ranks).filter(rank -> rank > 1).count(), cards.size());
        int before = Integer.MAX_VALUE;
        for (Element card : cards) {
            String caption = ReportPage.within(card, "h3", "").getFirst().getTextContent();
            int query = page.evaluation().captions().indexOf(caption.replace('\ufffd', '\ud800'));
            assertTrue(ranks[query] <= before, "sorted");
            before = ranks[query];
            assertEquals(
                    List.of(
                            String.valueOf(ranks[query]),
                            String.valueOf(
                                    page.evaluation().raw().muted().textToVideo().first()[query])),
                    ReportPage.texts(
                            ReportPage.within(
                                    ReportPage.within(card, "p", "ranks").getFirst(), "b", "")));
            List<Element> clips = ReportPage.within(card, "figure", "clip");
            double[] scores = page.evaluation().heard().scores()[query];
            double best = Arrays.stream(scores).max().orElseThrow();
            assertTrue(clips.get(0).getTextContent().contains("✓ right"));
            assertTrue(clips.get(1).getTextContent().contains("✗ wrong"));
            assertTrue(
                    clips.get(1).getTextContent().contains("score %.3f,".formatted(best)),
                    clips.get(1).getTextContent());
        }
    }

    @Test
    void theOthersStandBesideWithTheirOwnGates() {
        List<Element> cards = ReportPage.within(page.section("side-by-side"), "article", "wide");
        assertFalse(cards.isEmpty());
        for (Element card : cards) {
            List<String> titles =
                    ReportPage.within(card, "figure", "clip").stream()
                            .map(
                                    clip ->
                                            ReportPage.within(clip, "b", "")
                                                    .getFirst()
                                                    .getTextContent())
                            .toList();
            assertEquals(
                    List.of(
                            "Its own clip",
                            "this model, with sound",
                            "this model, without sound",
                            "no \"gate\""),
                    titles);
            assertEquals(
                    2, ReportPage.within(card, "svg", "").size(), "gates where there is sound");
        }
        Evaluation elsewhere =
                ReportPage.evaluation(
                        ReportPage.manifest(page.evaluation().manifest().items().reversed()),
                        1,
                        ReportPage.LAYERS);
        String refused =
                String.valueOf(
                        assertThrows(
                                        IllegalArgumentException.class,
                                        () ->
                                                new EvalReport(
                                                        Map.of(),
                                                        page.evaluation(),
                                                        Map.of("b", elsewhere),
                                                        ReportPage.BOOTSTRAP))
                                .getMessage());
        assertTrue(refused.contains("b was evaluated on other clips"), refused);
    }

    @Test
    void aQueryTiedWithItsOwnClipShowsTheOtherOne() {
        ScoreMatrix tied = ScoreMatrix.square(new double[][] {{1, 1}, {0, 2}});
        Answers answers =
                new Answers("tied", tied, Retrieval.of(tied, TieRule.OWN_LAST), List.of());
        assertEquals(1, answers.top(0));
        assertEquals(1, answers.top(1));
        assertEquals(List.of(0), QueryChoice.hardest(answers, 5));
    }

    private static List<Integer> list(int[] values) {
        return Arrays.stream(values).boxed().toList();
    }
}
