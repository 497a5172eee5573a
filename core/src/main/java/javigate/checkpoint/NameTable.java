package javigate.checkpoint;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javigate.tensor.Weights;

/**
 * A table of names: a source's on the left, the model's on the right. One line per tensor:
 *
 * <pre>
 * left = right             the same values
 * left ^ right             rows and columns exchanged
 * left.{a,b,c} + right     three matrices, joined along their rows in this order
 * left -                   known and dropped; may be absent
 * </pre>
 *
 * {@code #} stands for a layer number; layers count from 0, and what comes after a gap is unknown.
 * Used both ways, checked both ways: unknown and missing names are errors that list them.
 */
final class NameTable {

    private static final int NAMES_LISTED = 4;

    /** More than any model has; a name beyond is unknown. */
    private static final int MAX_LAYERS = 1_000;

    private enum Kind {
        SAME,
        TRANSPOSED,
        JOINED,
        DROPPED
    }

    private record Line(Kind kind, String left, String right) {}

    private final List<Line> lines;

    private NameTable(List<Line> lines) {
        this.lines = List.copyOf(lines);
    }

    /** Reads a table in the form above; a line of one name alone stands for both sides. */
    static NameTable parse(String text) {
        List<Line> lines = new ArrayList<>();
        for (String row : text.lines().filter(l -> !l.isBlank()).toList()) {
            String[] parts = row.trim().split("\\s+", -1);
            if (parts.length == 1) {
                lines.add(new Line(Kind.SAME, parts[0], parts[0]));
                continue;
            }
            Kind kind =
                    switch (parts[1]) {
                        case "=" -> Kind.SAME;
                        case "^" -> Kind.TRANSPOSED;
                        case "+" -> Kind.JOINED;
                        case "-" -> Kind.DROPPED;
                        default -> throw new IllegalStateException(row);
                    };
            lines.add(new Line(kind, parts[0], kind == Kind.DROPPED ? "" : parts[2]));
        }
        return new NameTable(lines);
    }

    /** This table with a prefix before each name of either side. */
    NameTable below(String left, String right) {
        return new NameTable(
                lines.stream()
                        .map(l -> new Line(l.kind(), left + l.left(), right + l.right()))
                        .toList());
    }

    /** This table for sources that leave a prefix out. */
    NameTable withoutLeft(String prefix) {
        return new NameTable(
                lines.stream()
                        .map(
                                l ->
                                        l.left().startsWith(prefix)
                                                ? new Line(
                                                        l.kind(),
                                                        l.left().substring(prefix.length()),
                                                        l.right())
                                                : l)
                        .toList());
    }

    NameTable plus(NameTable more) {
        List<Line> all = new ArrayList<>(lines);
        all.addAll(more.lines);
        return new NameTable(all);
    }

    /**
     * The source's tensors under the model's names.
     *
     * @param form names the source's kind in messages
     * @throws IllegalArgumentException listing unknown and missing names
     */
    Weights toModel(String form, Weights source) {
        Weights result = new Weights();
        Map<String, Integer> layers = layers(source.names(), true);
        Set<String> missing = new TreeSet<>();
        Set<String> used = new HashSet<>();
        for (Line line : lines) {
            for (int layer = 0; layer < count(line.left(), layers); layer++) {
                List<String> names = names(line.left(), layer);
                used.addAll(names);
                if (line.kind() == Kind.DROPPED) {
                    continue;
                }
                List<String> absent = names.stream().filter(n -> !source.has(n)).toList();
                if (!absent.isEmpty()) {
                    missing.addAll(absent);
                    continue;
                }
                String to = at(line.right(), layer);
                switch (line.kind()) {
                    case TRANSPOSED -> result.putTransposed(to, source.get(names.get(0)));
                    case JOINED ->
                            result.putJoinedRows(to, names.stream().map(source::get).toList());
                    default -> result.put(to, source.get(names.get(0)));
                }
            }
        }
        requireNone(form, missing, unknown(source.names(), used));
        return result;
    }

    /**
     * The model's tensors under the source's names: the way back.
     *
     * @throws IllegalArgumentException listing unknown and missing names
     */
    Weights fromModel(String form, Weights model) {
        Weights result = new Weights();
        Map<String, Integer> layers = layers(model.names(), false);
        Set<String> missing = new TreeSet<>();
        Set<String> used = new HashSet<>();
        for (Line line : lines) {
            if (line.kind() == Kind.DROPPED) {
                continue;
            }
            for (int layer = 0; layer < count(line.right(), layers); layer++) {
                String name = at(line.right(), layer);
                used.add(name);
                if (!model.has(name)) {
                    missing.add(name);
                    continue;
                }
                List<String> to = names(line.left(), layer);
                switch (line.kind()) {
                    case TRANSPOSED -> result.putTransposed(to.get(0), model.get(name));
                    case JOINED -> result.putSplitRows(to, model.get(name));
                    default -> result.put(to.get(0), model.get(name));
                }
            }
        }
        requireNone(form, missing, unknown(model.names(), used));
        return result;
    }

    private static Set<String> unknown(Set<String> names, Set<String> used) {
        Set<String> unknown = new TreeSet<>(names);
        unknown.removeAll(used);
        return unknown;
    }

    private static void requireNone(String form, Set<String> missing, Set<String> unknown) {
        List<String> wrong = new ArrayList<>();
        if (!missing.isEmpty()) {
            wrong.add(missing.size() + " missing: " + listed(missing));
        }
        if (!unknown.isEmpty()) {
            wrong.add(unknown.size() + " unknown: " + listed(unknown));
        }
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException(
                    "not the names of %s; %s".formatted(form, String.join("; ", wrong)));
        }
    }

    /** The first few, each short: names of a file are anyone's text. */
    static String listed(Set<String> names) {
        List<String> first = names.stream().limit(NAMES_LISTED).map(Weights::shown).toList();
        int more = names.size() - first.size();
        return String.join(", ", first) + (more > 0 ? " and " + more + " more" : "");
    }

    /** Layers of each row of layers, without a gap, by what stands before its number. */
    private Map<String, Integer> layers(Set<String> names, boolean left) {
        Set<String> prefixes = new LinkedHashSet<>();
        for (Line line : lines) {
            String pattern = left ? line.left() : line.right();
            int hash = pattern.indexOf('#');
            if (hash >= 0) {
                prefixes.add(pattern.substring(0, hash));
            }
        }
        Map<String, Integer> layers = new HashMap<>();
        for (String prefix : prefixes) {
            Set<String> numbers = new HashSet<>();
            for (String name : names) {
                int dot = name.indexOf('.', prefix.length());
                if (dot >= 0 && name.startsWith(prefix)) {
                    numbers.add(name.substring(prefix.length(), dot));
                }
            }
            int count = 0;
            while (count < MAX_LAYERS && numbers.contains(Integer.toString(count))) {
                count++;
            }
            layers.put(prefix, Math.max(1, count)); // so that a first one's names are missed
        }
        return layers;
    }

    private static int count(String pattern, Map<String, Integer> layers) {
        int hash = pattern.indexOf('#');
        return hash < 0 ? 1 : layers.getOrDefault(pattern.substring(0, hash), 1);
    }

    private static String at(String pattern, int layer) {
        return pattern.replace("#", Integer.toString(layer));
    }

    /** The names of a left side: one, or one for each of the braces' parts. */
    private static List<String> names(String pattern, int layer) {
        String name = at(pattern, layer);
        int open = name.indexOf('{');
        if (open < 0) {
            return List.of(name);
        }
        int close = name.indexOf('}');
        List<String> names = new ArrayList<>();
        for (String part : name.substring(open + 1, close).split(",", -1)) {
            names.add(name.substring(0, open) + part + name.substring(close + 1));
        }
        return names;
    }
}
