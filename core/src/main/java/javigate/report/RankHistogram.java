package javigate.report;

import java.util.Arrays;
import java.util.List;

/** How many queries have which rank, in bins that double. */
final class RankHistogram {

    private static final int HEIGHT = 280;
    private static final int LEFT = 44;
    private static final int TOP = 26;
    private static final int BOTTOM = 44;
    private static final int BIN = 74;

    private RankHistogram() {}

    /**
     * Queries by rank 1, 2, 3–4, 5–8, 9–16, …
     *
     * @param ranks from 1
     * @param largest the largest possible
     */
    static int[] counts(int[] ranks, int largest) {
        int[] counts = new int[bin(largest) + 1];
        for (int rank : ranks) {
            counts[bin(rank)]++;
        }
        return counts;
    }

    /** ⌈log₂ rank⌉. */
    private static int bin(int rank) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(rank - 1);
    }

    private static String name(int bin, int largest) {
        int last = Math.min(1 << bin, largest);
        int first = (1 << bin) / 2 + 1;
        return first >= last ? String.valueOf(last) : first + "–" + last;
    }

    /**
     * @param ways at most two
     * @param largest rank that is possible
     */
    static Tag chart(List<Answers> ways, int largest) {
        List<int[]> counts =
                ways.stream()
                        .map(way -> counts(way.ranks().textToVideo().first(), largest))
                        .toList();
        int bins = counts.getFirst().length;
        int width = LEFT + bins * BIN + 8;
        int most = Math.max(1, counts.stream().flatMapToInt(Arrays::stream).max().orElseThrow());
        int step = step(most);
        double unit = (HEIGHT - TOP - BOTTOM) / (double) ((most + step - 1) / step * step);
        double floor = HEIGHT - BOTTOM;
        Tag svg = Charts.svg(width, HEIGHT, "Histogram of ranks");
        for (int n = 0; n * unit <= floor - TOP + 1e-6; n += step) {
            svg.with(
                    Charts.line("rule", LEFT, floor - n * unit, width - 8, floor - n * unit),
                    Charts.label(LEFT - 6.0, floor - n * unit + 4, "end", String.valueOf(n)));
        }
        double bar = (BIN - 14.0) / ways.size();
        for (int bin = 0; bin < bins; bin++) {
            double left = LEFT + bin * BIN + 7.0;
            for (int way = 0; way < ways.size(); way++) {
                int n = counts.get(way)[bin];
                double x = left + way * bar;
                svg.with(
                        Charts.bar(
                                "bar b" + way,
                                x,
                                floor - n * unit,
                                bar - 2,
                                n * unit,
                                "rank %s, %s: %d queries"
                                        .formatted(name(bin, largest), ways.get(way).name(), n)),
                        Charts.label(
                                x + bar / 2 - 1,
                                floor - n * unit - 4,
                                "middle",
                                String.valueOf(n)));
            }
            svg.with(Charts.label(left + BIN / 2.0 - 7, floor + 18, "middle", name(bin, largest)));
        }
        svg.with(
                Charts.label(4, 13, "start", "queries"),
                Charts.label(
                        (LEFT + width - 8) / 2.0,
                        HEIGHT - 5.0,
                        "middle",
                        "rank of the query's own clip (1 is best; bins double)"));
        return svg;
    }

    /** Between the lines of the scale: 1, 2 or 5 times a power of ten, at most six lines. */
    private static int step(int most) {
        for (int power = 1; ; power *= 10) {
            for (int step : new int[] {power, 2 * power, 5 * power}) {
                if (most <= 5L * step) {
                    return step;
                }
            }
        }
    }
}
