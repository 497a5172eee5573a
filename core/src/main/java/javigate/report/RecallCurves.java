package javigate.report;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import javigate.eval.QueryRanks;

/** Recall at every K up to 50, one line for each way to answer. */
final class RecallCurves {

    static final int LARGEST = 50;

    private static final int WIDTH = 420;
    private static final int HEIGHT = 300;
    private static final int LEFT = 44;
    private static final int RIGHT = 14;
    private static final int TOP = 24;
    private static final int BOTTOM = 42;

    private final int largest;

    /**
     * @param candidates that are ranked; K ends there
     */
    RecallCurves(int candidates) {
        this.largest = Math.clamp(candidates, 2, LARGEST);
    }

    /**
     * @param ranks of one way to answer
     */
    Tag chart(String title, List<Answers> ways, Function<Answers, QueryRanks> ranks) {
        Tag svg = Charts.svg(WIDTH, HEIGHT, "Recall at K: " + title);
        axes(svg);
        for (int i = 0; i < ways.size(); i++) {
            curve(svg, i, ways.get(i).name(), ranks.apply(ways.get(i)));
        }
        return Charts.panel(title, svg);
    }

    private void axes(Tag svg) {
        for (int percent = 0; percent <= 100; percent += 20) {
            svg.with(
                    Charts.line("rule", LEFT, y(percent), WIDTH - RIGHT, y(percent)),
                    Charts.label(LEFT - 6.0, y(percent) + 4, "end", String.valueOf(percent)));
        }
        for (int k : new int[] {1, 2, 5, 10, 20, 50}) {
            if (k <= largest) {
                svg.with(
                        Charts.line("rule", x(k), y(0), x(k), y(0) + 5),
                        Charts.label(x(k), y(0) + 18, "middle", String.valueOf(k)));
            }
        }
        svg.with(
                Charts.label(4, 13, "start", "found, % of queries"),
                Charts.label(
                        (LEFT + WIDTH - RIGHT) / 2.0,
                        HEIGHT - 5.0,
                        "middle",
                        "K: looking at the first K (logarithmic)"));
    }

    private void curve(Tag svg, int series, String name, QueryRanks ranks) {
        StringBuilder points = new StringBuilder();
        for (int k = 1; k <= largest; k++) {
            points.append(String.format(Locale.ROOT, "%.2f,%.2f ", x(k), y(ranks.recallAt(k))));
        }
        svg.with(
                Tag.of(
                        "polyline",
                        "class",
                        "line " + Charts.style(series),
                        "points",
                        points.toString().strip()));
        for (int k : new int[] {1, 5, 10, LARGEST}) {
            if (k <= largest) {
                double recall = ranks.recallAt(k);
                svg.with(
                        Charts.marker(
                                series,
                                x(k),
                                y(recall),
                                "R@%d %s: %s %%".formatted(k, name, Charts.number(recall, 1))));
            }
        }
    }

    private double x(int k) {
        return LEFT + (WIDTH - LEFT - RIGHT) * Math.log(k) / Math.log(largest);
    }

    private static double y(double percent) {
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - percent / 100);
    }
}
