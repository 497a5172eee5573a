package javigate.study;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import javigate.eval.RetrievalScores;

/** The cells of a study as Markdown tables of means over seeds with 95 % intervals. */
final class StudyTable {

    private final StudyConfig config;
    private final Map<String, List<Cell>> cells;

    /**
     * @param cells those that are there
     */
    StudyTable(StudyConfig config, List<Cell> cells) {
        this.config = config;
        this.cells = new LinkedHashMap<>();
        for (StudyConfig.Variant variant : config.variants()) {
            List<Cell> own =
                    cells.stream().filter(c -> c.variant().equals(variant.name())).toList();
            if (!own.isEmpty()) {
                this.cells.put(variant.name(), own);
            }
        }
    }

    String markdown() {
        StringBuilder text = new StringBuilder();
        Set<String> tables = new LinkedHashSet<>();
        config.variants().forEach(v -> tables.add(v.table()));
        for (String table : tables) {
            text.append("\n### ").append(table).append("\n\n").append(recalls(table));
        }
        text.append("\n### R@1 of texts by kind of clip\n\n").append(kinds());
        text.append("\n### What the sound adds: t2v R@1 with the clips' sound less without it\n\n");
        text.append(soundAdds());
        text.append("\n### Mean gates by kind of clip (first and last layer, attention / FFN)\n\n");
        text.append(gates());
        return text.toString();
    }

    private String recalls(String table) {
        List<String> header =
                List.of(
                        "Variant",
                        "seeds",
                        "t2v R@1",
                        "R@5",
                        "R@10",
                        "v2t R@1",
                        "RSum",
                        "t2v R@1 less " + first(),
                        "trained parameters",
                        "minutes");
        List<List<String>> rows = new ArrayList<>();
        for (StudyConfig.Variant variant : config.variants()) {
            List<Cell> own = cells.get(variant.name());
            if (own != null && (variant.table().equals(table) || variant.name().equals(first()))) {
                rows.add(
                        List.of(
                                variant.name(),
                                own.size() + " of " + config.seedsOf(variant).size(),
                                mean(own, c -> all(c).textToVideo().r1()),
                                mean(own, c -> all(c).textToVideo().r5()),
                                mean(own, c -> all(c).textToVideo().r10()),
                                mean(own, StudyTable::backR1),
                                mean(own, StudyTable::rSum),
                                variant.name().equals(first()) ? "" : less(own),
                                "%,d".formatted(own.getFirst().trainedParameters()),
                                mean(own, Cell::minutes)));
            }
        }
        return table(header, rows);
    }

    private String first() {
        return config.variants().getFirst().name();
    }

    private static RetrievalScores all(Cell cell) {
        RetrievalScores scores = cell.heard().get("all");
        if (scores == null) {
            throw new IllegalArgumentException("a cell without figures: " + cell.variant());
        }
        return scores;
    }

    private static double backR1(Cell cell) {
        var back = all(cell).videoToText();
        return back == null ? Double.NaN : back.r1();
    }

    private static double rSum(Cell cell) {
        Double sum = all(cell).rSum();
        return sum == null ? Double.NaN : sum;
    }

    /** Paired by seed. */
    private String less(List<Cell> own) {
        List<Cell> base = cells.getOrDefault(first(), List.of());
        double[] differences =
                own.stream()
                        .flatMap(
                                c ->
                                        base.stream()
                                                .filter(b -> b.seed() == c.seed())
                                                .map(
                                                        b ->
                                                                all(c).textToVideo().r1()
                                                                        - all(b).textToVideo()
                                                                                .r1()))
                        .mapToDouble(Double::doubleValue)
                        .toArray();
        return differences.length == 0 ? "" : SeedInterval.of(differences).toString();
    }

    private List<String> kindNames() {
        Set<String> kinds = new LinkedHashSet<>();
        cells.values().forEach(own -> own.forEach(c -> kinds.addAll(c.heard().keySet())));
        return List.copyOf(kinds);
    }

    private String kinds() {
        return perKind((cell, kind) -> r1(cell.heard(), kind));
    }

    private String soundAdds() {
        return perKind((cell, kind) -> r1(cell.heard(), kind) - r1(cell.muted(), kind));
    }

    private static double r1(Map<String, RetrievalScores> scores, String kind) {
        var own = scores.get(kind);
        return own == null ? Double.NaN : own.textToVideo().r1();
    }

    private interface OfKind {
        double value(Cell cell, String kind);
    }

    private String perKind(OfKind figure) {
        List<String> header = new ArrayList<>(List.of("Variant"));
        header.addAll(kindNames());
        List<List<String>> rows = new ArrayList<>();
        cells.forEach(
                (variant, own) -> {
                    List<String> row = new ArrayList<>(List.of(variant));
                    for (String kind : kindNames()) {
                        row.add(mean(own, c -> figure.value(c, kind)));
                    }
                    rows.add(row);
                });
        return table(header, rows);
    }

    private String gates() {
        List<String> header = new ArrayList<>(List.of("Variant"));
        header.addAll(kindNames());
        List<List<String>> rows = new ArrayList<>();
        cells.forEach(
                (variant, own) -> {
                    List<String> row = new ArrayList<>(List.of(variant));
                    for (String kind : kindNames()) {
                        row.add(gates(own, kind));
                    }
                    rows.add(row);
                });
        return table(header, rows);
    }

    private static String gates(List<Cell> own, String kind) {
        int layers = own.getFirst().gates().getOrDefault(kind, new double[0][]).length;
        if (layers == 0) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        for (int layer : layers == 1 ? new int[] {0} : new int[] {0, layers - 1}) {
            double[] sums = new double[2];
            for (Cell cell : own) {
                double[][] gates = cell.gates().getOrDefault(kind, new double[layers][2]);
                sums[0] += gates[layer][0] / own.size();
                sums[1] += gates[layer][1] / own.size();
            }
            text.append(text.isEmpty() ? "" : "; ")
                    .append("%.2f / %.2f".formatted(sums[0], sums[1]));
        }
        return text.toString();
    }

    private static String mean(List<Cell> cells, ToDoubleFunction<Cell> figure) {
        return SeedInterval.of(cells.stream().mapToDouble(figure).toArray()).toString();
    }

    private static String table(List<String> header, List<List<String>> rows) {
        StringBuilder text = new StringBuilder();
        text.append("| ").append(String.join(" | ", header)).append(" |\n");
        text.append("|").append("---|".repeat(header.size())).append("\n");
        for (List<String> row : rows) {
            text.append("| ").append(String.join(" | ", row)).append(" |\n");
        }
        return text.toString();
    }
}
