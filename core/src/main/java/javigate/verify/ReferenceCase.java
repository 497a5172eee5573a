package javigate.verify;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javigate.tensor.Ops;
import javigate.tensor.Weights;
import org.bytedeco.pytorch.Tensor;

/**
 * One reference case while it runs: its description, its tensors, and the comparisons made so far.
 * A value passes when |ours − expected| ≤ atol + rtol · |expected|.
 */
final class ReferenceCase {

    private final JsonNode json;
    private final Weights tensors;
    private final List<String> failures = new ArrayList<>();
    private double largestError;
    private double worstShare;
    private final Set<String> compared = new HashSet<>();
    private int comparisons;

    ReferenceCase(JsonNode json, Weights tensors) {
        this.json = json;
        this.tensors = tensors;
    }

    JsonNode json() {
        return json;
    }

    Weights tensors() {
        return tensors;
    }

    Tensor tensor(String name) {
        return tensors.get(name);
    }

    int config(String name) {
        return integer(json.path("config"), name);
    }

    double configNumber(String name) {
        return number(json.path("config"), name);
    }

    /** The tolerance of a part of the case, an object of atol and rtol. */
    JsonNode tolerance(String part) {
        return json.path("tolerance").path(part);
    }

    /**
     * An array of the description.
     *
     * @throws IllegalArgumentException if it is none or empty
     */
    static JsonNode rows(JsonNode node, String name) {
        JsonNode rows = node.path(name);
        if (!rows.isArray() || rows.isEmpty()) {
            throw new IllegalArgumentException("the case has no list \"" + name + "\"");
        }
        return rows;
    }

    /** An array of whole numbers of the description. */
    static int[] integers(JsonNode node, String name) {
        JsonNode array = node.path(name);
        if (!array.isArray()) {
            throw new IllegalArgumentException(name + " is " + array + ", not a list");
        }
        int[] values = new int[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = integer(array, i, name);
        }
        return values;
    }

    static int integer(JsonNode array, int index, String name) {
        JsonNode value = array.path(index);
        if (!value.isIntegralNumber()) {
            throw new IllegalArgumentException(
                    "%s[%d] is %s, not a whole number".formatted(name, index, value));
        }
        return value.asInt();
    }

    static double number(JsonNode node, String name) {
        JsonNode value = node.path(name);
        if (!value.isNumber()) {
            throw new IllegalArgumentException(name + " is " + value + ", not a number");
        }
        return value.asDouble();
    }

    static int integer(JsonNode node, String name) {
        JsonNode value = node.path(name);
        if (!value.isIntegralNumber()) {
            throw new IllegalArgumentException(name + " is " + value + ", not a whole number");
        }
        return value.asInt();
    }

    /** Compares with the case's general tolerance. */
    void compare(String name, Tensor ours) {
        compare(name, ours, json.path("tolerance"));
    }

    /** Compares with another tolerance of the case, an object of atol and rtol. */
    void compare(String name, Tensor ours, JsonNode tolerance) {
        compare(
                name,
                Ops.toFloats(ours),
                tensors.floats(name),
                tolerance.path("atol").asDouble(0),
                tolerance.path("rtol").asDouble(0));
    }

    /** Compares values; NaN in either place fails unless in both. */
    void compare(String name, float[] ours, float[] expected, double atol, double rtol) {
        compare(name, widened(ours), widened(expected), atol, rtol);
    }

    /** Compares values; NaN in either place fails unless in both. */
    void compare(String name, double[] ours, double[] expected, double atol, double rtol) {
        comparisons++;
        boolean _ = compared.add(name);
        if (ours.length != expected.length) {
            fail("%s: %d values instead of %d".formatted(name, ours.length, expected.length));
            return;
        }
        int wrong = 0;
        double worst = 0;
        for (int i = 0; i < ours.length; i++) {
            if (ours[i] == expected[i] || (Double.isNaN(ours[i]) && Double.isNaN(expected[i]))) {
                continue;
            }
            double error = Math.abs(ours[i] - expected[i]);
            double allowed = atol + rtol * Math.abs(expected[i]);
            if (!(error <= allowed)) {
                wrong++;
            }
            worst = Double.isNaN(error) ? Double.POSITIVE_INFINITY : Math.max(worst, error);
            double share = allowed > 0 ? error / allowed : Double.POSITIVE_INFINITY;
            worstShare =
                    Double.isNaN(share) ? Double.POSITIVE_INFINITY : Math.max(worstShare, share);
        }
        largestError = Math.max(largestError, worst);
        if (wrong > 0) {
            failures.add(
                    String.format(
                            Locale.ROOT,
                            "%s: %d of %d values off, largest error %.3g",
                            name,
                            wrong,
                            ours.length,
                            worst));
        }
    }

    /** Demands equality. */
    void exact(String name, int[] ours, int[] expected) {
        compare(
                name,
                Arrays.stream(ours).asDoubleStream().toArray(),
                Arrays.stream(expected).asDoubleStream().toArray(),
                0,
                0);
    }

    /** Demands equality. */
    void exact(String name, int ours, int expected) {
        exact(name, new int[] {ours}, new int[] {expected});
    }

    /**
     * Fails for every expected tensor that nothing was compared with so far, but {@code except}.
     */
    void requireAllCompared(Set<String> except) {
        for (String name : tensors.names()) {
            if (name.startsWith("out.") && !compared.contains(name) && !except.contains(name)) {
                fail(name + ": nothing here computes it");
            }
        }
    }

    /** Notes something wrong that is not a matter of numbers. */
    void fail(String what) {
        worstShare = Double.POSITIVE_INFINITY;
        failures.add(what);
    }

    private static double[] widened(float[] values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }

    List<String> failures() {
        return failures;
    }

    double largestError() {
        return largestError;
    }

    /** Largest error as a share of what was allowed for that value; at most 1 when all pass. */
    double worstShare() {
        return worstShare;
    }

    int comparisons() {
        return comparisons;
    }
}
