package javigate.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the charts have in common: frames, labels, signs of the lines. Sizes are in pixels. */
final class Charts {

    /** Signs of lines, colours and dashes; the style sheet has as many. */
    private static final int STYLES = 6;

    private Charts() {}

    /** A number with so many digits behind the point; a dash for one that is not defined. */
    static String number(double value, int digits) {
        String number = String.format(Locale.ROOT, "%." + digits + "f", value);
        return !Double.isFinite(value) ? "–" : number.replaceFirst("^-(0[.]?0*)$", "$1");
    }

    /**
     * @param label read out in its place
     */
    static Tag svg(int width, int height, String label) {
        return Tag.of(
                "svg",
                "viewBox",
                "0 0 " + width + " " + height,
                "role",
                "img",
                "aria-label",
                label);
    }

    /** A chart with its title above. */
    static Tag panel(String title, Tag svg) {
        return Tag.of("figure", "class", "panel").with(Tag.of("figcaption").text(title), svg);
    }

    /**
     * @param anchor start, middle or end
     */
    static Tag label(double x, double y, String anchor, String text) {
        return Tag.of("text", "x", x, "y", y, "text-anchor", anchor).text(text);
    }

    static Tag line(String kind, double x1, double y1, double x2, double y2) {
        return Tag.of("line", "class", kind, "x1", x1, "y1", y1, "x2", x2, "y2", y2);
    }

    /** A bar, shown with a text where the pointer rests. */
    static Tag bar(String kind, double x, double y, double width, double height, String text) {
        return Tag.of("rect", "class", kind, "x", x, "y", y, "width", width, "height", height)
                .with(Tag.of("title").text(text));
    }

    /** The name of a series' look. */
    static String style(int series) {
        return "s" + series % STYLES;
    }

    /** A point of a series, with its own shape and a text where the pointer rests. */
    static Tag marker(int series, double x, double y, String text) {
        double r = 4;
        Tag shape =
                switch (series % STYLES) {
                    case 0 -> Tag.of("circle", "cx", x, "cy", y, "r", r);
                    case 1 -> polygon(x, y, -r, -r, r, -r, r, r, -r, r);
                    case 2 -> polygon(x, y, 0, -r - 1, r + 1, r, -r - 1, r);
                    case 3 -> polygon(x, y, 0, -r - 1, r + 1, 0, 0, r + 1, -r - 1, 0);
                    case 4 -> polygon(x, y, 0, r + 1, r + 1, -r, -r - 1, -r);
                    default -> polygon(x, y, -r - 1, -1.5, r + 1, -1.5, r + 1, 1.5, -r - 1, 1.5);
                };
        return Tag.of("g", "class", "marker " + style(series))
                .with(shape.with(Tag.of("title").text(text)));
    }

    private static Tag polygon(double x, double y, double... corners) {
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < corners.length; i += 2) {
            points.append(
                    String.format(Locale.ROOT, "%.2f,%.2f ", x + corners[i], y + corners[i + 1]));
        }
        return Tag.of("polygon", "points", points.toString().strip());
    }

    /** What the lines are. */
    static Tag legend(List<String> names) {
        Tag list = Tag.of("ul", "class", "legend");
        for (int i = 0; i < names.size(); i++) {
            Tag sample =
                    Tag.of("svg", "viewBox", "0 0 40 14", "width", 40, "height", 14)
                            .with(
                                    line("line " + style(i), 0, 7, 40, 7),
                                    marker(i, 20, 7, names.get(i)));
            list.with(Tag.of("li").with(sample).text(" " + names.get(i)));
        }
        return list;
    }

    /** What the bars are. */
    static Tag barLegend(List<String> names) {
        Tag list = Tag.of("ul", "class", "legend");
        for (int i = 0; i < names.size(); i++) {
            Tag sample =
                    Tag.of("svg", "viewBox", "0 0 22 14", "width", 22, "height", 14)
                            .with(bar("bar b" + i, 0, 0, 22, 14, names.get(i)));
            list.with(Tag.of("li").with(sample).text(" " + names.get(i)));
        }
        return list;
    }

    /** The pattern of the second bars, once in the page. */
    static Tag patterns() {
        return Tag.of("svg", "class", "defs", "width", 0, "height", 0, "aria-hidden", "true")
                .with(
                        Tag.of("defs")
                                .with(
                                        Tag.of(
                                                        "pattern",
                                                        "id",
                                                        "hatch",
                                                        "width",
                                                        5,
                                                        "height",
                                                        5,
                                                        "patternUnits",
                                                        "userSpaceOnUse",
                                                        "patternTransform",
                                                        "rotate(45)")
                                                .with(
                                                        Tag.of(
                                                                "rect",
                                                                "class",
                                                                "hatch-ground",
                                                                "width",
                                                                5,
                                                                "height",
                                                                5),
                                                        Tag.of(
                                                                "rect",
                                                                "class",
                                                                "hatch-line",
                                                                "width",
                                                                2.5,
                                                                "height",
                                                                5))));
    }

    /** Side by side as the screen allows. */
    static Tag grid(List<Tag> parts) {
        return Tag.of("div", "class", "grid").with(new ArrayList<>(parts));
    }
}
