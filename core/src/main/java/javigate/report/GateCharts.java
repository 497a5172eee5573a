package javigate.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Gates as pictures, all on one scale. V clips, L layers.
 *
 * @param low left or lower end of the scale, at most 0
 * @param high its other end, at least 0
 */
record GateCharts(double low, double high) {

    static final List<String> NAMES = List.of("g_mha", "g_ffn");

    private static final List<String> WHAT = List.of("of the attention", "of the feed-forward net");

    private static final int BINS = 24;

    /** Sizes of the histograms. */
    private static final int LEFT = 94;

    private static final int PLOT = 168;
    private static final int WIDTH = 316;
    private static final int ROW = 38;

    /** Sizes of a clip's bars. */
    private static final int SMALL_WIDTH = 220;

    private static final int SMALL_HEIGHT = 80;

    /**
     * @param all gates that are to be shown, each [V][L][2]
     */
    static GateCharts of(List<List<float[][]>> all) {
        double[] values =
                all.stream()
                        .flatMap(List::stream)
                        .flatMap(Arrays::stream)
                        .flatMapToDouble(pair -> IntStream.range(0, 2).mapToDouble(g -> pair[g]))
                        .toArray();
        double low = Arrays.stream(values).min().orElse(0);
        double high = Arrays.stream(values).max().orElse(0);
        // In tenths, and never empty.
        return new GateCharts(
                Math.min(0, Math.floor(low * 10) / 10), Math.max(0.1, Math.ceil(high * 10) / 10));
    }

    /**
     * A histogram for each gate and layer, a row in it for each kind of clip.
     *
     * @param gates [V][L][2], L at least 1
     * @param kinds columns of each kind
     */
    List<Tag> histograms(List<float[][]> gates, Map<String, int[]> kinds) {
        List<Tag> grids = new ArrayList<>();
        for (int gate = 0; gate < 2; gate++) {
            List<Tag> panels = new ArrayList<>();
            for (int layer = 0; layer < gates.getFirst().length; layer++) {
                panels.add(panel(gates, kinds, layer, gate));
            }
            grids.add(Tag.of("h3").text(NAMES.get(gate) + ", " + WHAT.get(gate) + " to the sound"));
            grids.add(Charts.grid(panels));
        }
        return grids;
    }

    private Tag panel(List<float[][]> gates, Map<String, int[]> kinds, int layer, int gate) {
        int height = 20 + kinds.size() * ROW + 36;
        String title = "%s, layer %d".formatted(NAMES.get(gate), layer + 1);
        Tag svg = Charts.svg(WIDTH, height, "Histogram of " + title);
        int row = 0;
        for (Map.Entry<String, int[]> kind : kinds.entrySet()) {
            double[] values =
                    Arrays.stream(kind.getValue())
                            .mapToDouble(clip -> gates.get(clip)[layer][gate])
                            .sorted()
                            .toArray();
            row(svg, values, kind.getKey(), row, 20.0 + (row + 1) * ROW);
            row++;
        }
        double floor = height - 36;
        for (double tick : new double[] {low, 0, high}) {
            if (tick == 0 || Math.abs(x(tick) - x(0)) > 24) {
                svg.with(
                        Charts.line(tick == 0 ? "zero" : "rule", x(tick), 20, x(tick), floor + 4),
                        Charts.label(x(tick), floor + 16, "middle", Charts.number(tick, 1)));
            }
        }
        svg.with(
                Charts.label(WIDTH - 2.0, 12, "end", "median"),
                Charts.label(
                        LEFT + PLOT / 2.0, height - 5.0, "middle", "gate: 0 shuts the sound out"));
        return Charts.panel(title, svg);
    }

    private void row(Tag svg, double[] sorted, String kind, int series, double floor) {
        int[] counts = counts(sorted);
        int most = Arrays.stream(counts).max().orElseThrow();
        double width = PLOT / (double) BINS;
        for (int bin = 0; bin < BINS; bin++) {
            if (counts[bin] > 0) {
                double height = (ROW - 8.0) * counts[bin] / most;
                svg.with(
                        Charts.bar(
                                "ridge " + Charts.style(series),
                                LEFT + bin * width,
                                floor - height,
                                width - 0.8,
                                height,
                                "%s, %s to %s: %d clips"
                                        .formatted(
                                                kind,
                                                Charts.number(edge(bin), 2),
                                                Charts.number(edge(bin + 1), 2),
                                                counts[bin])));
            }
        }
        double median = (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
        svg.with(
                Charts.line("rule", LEFT, floor, LEFT + PLOT, floor),
                Charts.line("median", x(median), floor - ROW + 8, x(median), floor),
                Charts.label(LEFT - 6.0, floor - 8, "end", kind),
                Charts.label(WIDTH - 2.0, floor - 8, "end", Charts.number(median, 2)));
    }

    int[] counts(double[] values) {
        int[] counts = new int[BINS];
        for (double value : values) {
            counts[(int) Math.clamp((value - low) / (high - low) * BINS, 0, BINS - 1)]++;
        }
        return counts;
    }

    private double edge(int bin) {
        return low + (high - low) * bin / BINS;
    }

    private double x(double gate) {
        return LEFT + PLOT * (gate - low) / (high - low);
    }

    /**
     * A clip's gates as bars, two for each layer.
     *
     * @param gates [L][2]
     */
    Tag bars(float[][] gates) {
        String values =
                IntStream.range(0, 2)
                        .mapToObj(
                                g ->
                                        NAMES.get(g)
                                                + " "
                                                + Arrays.stream(gates)
                                                        .map(pair -> Charts.number(pair[g], 2))
                                                        .collect(Collectors.joining(" ")))
                        .collect(Collectors.joining(", "));
        Tag svg = Charts.svg(SMALL_WIDTH, SMALL_HEIGHT, "gates by layer: " + values);
        double left = 28;
        double unit = (SMALL_HEIGHT - 24) / (high - low);
        double zero = 6 + high * unit;
        double layer = (SMALL_WIDTH - left) / gates.length;
        double bar = Math.min(16, layer / 2 - 3);
        for (int l = 0; l < gates.length; l++) {
            double middle = left + (l + 0.5) * layer;
            for (int g = 0; g < 2; g++) {
                double value = gates[l][g];
                svg.with(
                        Charts.bar(
                                "bar b" + g,
                                middle - (1 - g) * (bar + 1) + g,
                                zero - Math.max(0, value) * unit,
                                bar,
                                Math.abs(value) * unit,
                                "%s, layer %d: %s"
                                        .formatted(NAMES.get(g), l + 1, Charts.number(value, 3))));
            }
            svg.with(
                    Charts.label(
                            middle,
                            SMALL_HEIGHT - 4.0,
                            "middle",
                            (l == 0 ? "layer " : "") + (l + 1)));
        }
        return svg.with(
                Charts.line("zero", left, zero, SMALL_WIDTH, zero),
                Charts.label(left - 4, zero + 4, "end", "0"),
                Charts.label(left - 4, 11, "end", Charts.number(high, 1)),
                Charts.label(
                        left - 4,
                        SMALL_HEIGHT - 14.0,
                        "end",
                        low < 0 ? Charts.number(low, 1) : ""));
    }
}
