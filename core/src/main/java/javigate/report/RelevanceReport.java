package javigate.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javigate.eval.RelevanceFigures;
import javigate.eval.Reliability;
import javigate.report.Page.Section;

/** Reliability curves of a relevance as one HTML file without anything from elsewhere. */
public final class RelevanceReport {

    private static final int WIDTH = 420;
    private static final int HEIGHT = 400;
    private static final int LEFT = 44;
    private static final int RIGHT = 14;
    private static final int TOP = 24;
    private static final int BOTTOM = 42;

    /** Grey, dotted: what said and seen would be if they were equal. */
    private static final int DIAGONAL = 5;

    private static final List<String> LINES =
            List.of("captions of the library", "a quarter of the queries unanswerable");

    private RelevanceReport() {}

    /**
     * Writes the page, over a file that is there.
     *
     * @param facts for the page's head; the first three make its title
     * @param figures by split
     * @throws IOException if the file cannot be written
     */
    public static void write(
            Path file, Map<String, String> facts, Map<String, List<RelevanceFigures>> figures)
            throws IOException {
        List<Section> sections = new ArrayList<>();
        figures.forEach((split, of) -> sections.add(section(split, of)));
        Files.writeString(file, Page.html("javigate relevance", facts, sections));
    }

    private static Section section(String split, List<RelevanceFigures> figures) {
        List<Tag> panels = new ArrayList<>();
        List<Tag> parts = new ArrayList<>();
        figures.forEach(of -> panels.add(chart(of)));
        parts.add(
                Tag.of("p", "class", "words")
                        .text(
                                "Of hits that are said to match with a probability, how many do? On"
                                        + " the diagonal as many as said; above it more, below it fewer."
                                        + " Each point is a tenth of the scale; where the pointer rests"
                                        + " it tells its share of all hits. The ten best hits of each"
                                        + " query, over libraries of so many clips."));
        parts.add(Charts.legend(LINES));
        parts.add(Charts.grid(panels));
        parts.add(falseAlarms(figures));
        return new Section(split, "On " + split, parts);
    }

    private static Tag chart(RelevanceFigures of) {
        Tag svg =
                Charts.svg(WIDTH, HEIGHT, "Reliability over libraries of " + of.clips() + " clips");
        for (int percent = 0; percent <= 100; percent += 20) {
            double p = percent / 100.0;
            svg.with(
                    Charts.line("rule", LEFT, y(p), WIDTH - RIGHT, y(p)),
                    Charts.line("rule", x(p), y(0), x(p), y(0) + 5),
                    Charts.label(LEFT - 6.0, y(p) + 4, "end", String.valueOf(percent)),
                    Charts.label(x(p), y(0) + 18, "middle", String.valueOf(percent)));
        }
        svg.with(
                Charts.line("line " + Charts.style(DIAGONAL), x(0), y(0), x(1), y(1)),
                Charts.label(4, 13, "start", "matching, % of hits"),
                Charts.label(x(0.5), HEIGHT - 5.0, "middle", "relevance, %"));
        curve(svg, 0, of.captions());
        curve(svg, 1, of.mixed());
        return Charts.panel(
                "%d clips: ECE %s and %s"
                        .formatted(
                                of.clips(),
                                Charts.number(of.captions().ece(), 3),
                                Charts.number(of.mixed().ece(), 3)),
                svg);
    }

    private static void curve(Tag svg, int series, Reliability of) {
        StringBuilder points = new StringBuilder();
        for (Reliability.Bin bin : of.bins()) {
            points.append(String.format(Locale.ROOT, "%.2f,%.2f ", x(bin.said()), y(bin.seen())));
        }
        svg.with(
                Tag.of(
                        "polyline",
                        "class",
                        "line " + Charts.style(series),
                        "points",
                        points.toString().strip()));
        for (Reliability.Bin bin : of.bins()) {
            svg.with(
                    Charts.marker(
                            series,
                            x(bin.said()),
                            y(bin.seen()),
                            "%s: said %s %%, seen %s %%, %s %% of hits"
                                    .formatted(
                                            LINES.get(series),
                                            percent(bin.said()),
                                            percent(bin.seen()),
                                            percent(bin.share()))));
        }
    }

    private static Tag falseAlarms(List<RelevanceFigures> figures) {
        Tag head =
                Tag.of("tr")
                        .with(Tag.of("th").text("clips"), Tag.of("th").text("true hits kept, %"));
        List<String> tiers = List.copyOf(figures.getFirst().falseAlarms().keySet());
        tiers.forEach(tier -> head.with(Tag.of("th").text("false alarms, %: " + tier)));
        Tag table = Tag.of("table").with(head);
        for (RelevanceFigures of : figures) {
            Tag row =
                    Tag.of("tr")
                            .with(
                                    Tag.of("th").text(String.valueOf(of.clips())),
                                    Tag.of("td").text(percent(of.kept())));
            of.falseAlarms()
                    .values()
                    .forEach(alarms -> row.with(Tag.of("td").text(percent(alarms.share()))));
            table.with(row);
        }
        return table;
    }

    private static String percent(double share) {
        return Charts.number(100 * share, 1);
    }

    private static double x(double share) {
        return LEFT + (WIDTH - LEFT - RIGHT) * share;
    }

    private static double y(double share) {
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - share);
    }
}
