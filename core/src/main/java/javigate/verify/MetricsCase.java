package javigate.verify;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javigate.eval.QueryBank;
import javigate.eval.QueryRanks;
import javigate.eval.RetrievalMetrics;
import javigate.eval.ScoreMatrix;
import javigate.eval.ScoreNormalisation;
import javigate.eval.TieRule;

/**
 * The reference case of metrics and post-processing. A post-processed matrix is compared by its
 * tolerance; metrics are then taken of the expected matrix, for where that is float32 its last bits
 * make ties that ours, in double, has not.
 */
final class MetricsCase {

    private static final Pattern BANK = Pattern.compile("k(\\d+)_beta([\\d.]+)");
    private static final Pattern SINKHORN = Pattern.compile("beta([\\d.]+)_iter(\\d+)");
    private static final Pattern RECALL = Pattern.compile("R(\\d+)");

    private MetricsCase() {}

    /** Every section of the case's results; one that is unknown fails. */
    static void run(ReferenceCase c, Path folder) {
        for (Map.Entry<String, JsonNode> section : c.json().path("results").properties()) {
            JsonNode results = section.getValue();
            switch (section.getKey()) {
                case "square" -> square(c, "square", "square", results);
                case "small_even" -> square(c, "small_even", "small", results);
                case "ties" -> square(c, "ties", "ties", results);
                case "multi" -> multi(c, results);
                case "qbnorm" -> queryBank(c, results);
                case "sinkhorn" -> sinkhorn(c, results);
                default -> c.fail("results." + section.getKey() + ": no such section is known");
            }
        }
    }

    private static void square(ReferenceCase c, String name, String tensor, JsonNode results) {
        double[][] logits = matrix(c, "in." + tensor + ".logits");
        double[][] back = ScoreMatrix.transpose(logits);
        QueryRanks texts = QueryRanks.ofPairs(logits, TieRule.OFFICIAL_SQUARE);
        QueryRanks videos = QueryRanks.ofPairs(back, TieRule.OFFICIAL_SQUARE);
        metrics(c, name + ".plain.t2v", results.path("plain").path("t2v"), texts);
        metrics(c, name + ".plain.v2t", results.path("plain").path("v2t"), videos);
        ranks(c, name, "ranks_t2v", results, texts);
        ranks(c, name, "ranks_v2t", results, videos);
        if (results.has("dsl")) {
            String out = "out." + tensor + ".dsl_";
            JsonNode dsl = results.path("dsl");
            normalised(c, out + "t2v", ScoreNormalisation.dualSoftmax(logits), "dsl");
            pairs(c, name + ".dsl.t2v", dsl.path("t2v"), out + "t2v");
            normalised(c, out + "v2t", ScoreNormalisation.dualSoftmax(back), "dsl");
            pairs(c, name + ".dsl.v2t", dsl.path("v2t"), out + "v2t");
        }
    }

    private static void multi(ReferenceCase c, JsonNode results) {
        int[] owner =
                Arrays.stream(c.tensors().longs("in.multi.owner"))
                        .mapToInt(Math::toIntExact)
                        .toArray();
        ScoreMatrix logits = new ScoreMatrix(matrix(c, "in.multi.logits"), owner);
        int[] counts = Arrays.stream(logits.captions()).mapToInt(own -> own.length).toArray();
        c.exact(
                "multi.captions_per_video",
                counts,
                ReferenceCase.integers(results, "captions_per_video"));
        int[] ends = counts.clone();
        Arrays.parallelPrefix(ends, Integer::sum);
        c.exact("multi.cut_off_points", ends, ReferenceCase.integers(results, "cut_off_points"));
        QueryRanks texts = QueryRanks.textToVideo(logits, TieRule.OFFICIAL_MULTI);
        JsonNode plain = results.path("plain");
        metrics(c, "multi.plain.t2v", plain.path("t2v"), texts);
        metrics(
                c,
                "multi.plain.v2t",
                plain.path("v2t"),
                QueryRanks.videoToText(logits, TieRule.OFFICIAL_MULTI));
        ranks(c, "multi", "ranks_t2v", results, texts);

        double[][] back = ScoreMatrix.transpose(logits.videoToText());
        String out = "out.multi.";
        exactly(c, out + "v2t_sim", logits.videoToText());
        JsonNode dsl = results.path("dsl");
        double[][] ordinal = ScoreNormalisation.dualSoftmaxByOrdinal(logits);
        normalised(c, out + "dsl_t2v", ordinal, "dsl");
        captions(c, "multi.dsl.t2v", dsl.path("t2v"), out + "dsl_t2v", owner);
        double[][] flat = ScoreNormalisation.dualSoftmax(logits.scores());
        normalised(c, out + "dsl_t2v_all_captions", flat, "dsl");
        captions(
                c,
                "multi.dsl.t2v_all_captions",
                dsl.path("t2v_all_captions"),
                out + "dsl_t2v_all_captions",
                owner);
        double[][] consistent = ScoreNormalisation.dualSoftmax(logits.videoToText());
        normalised(c, out + "dsl_v2t_consistent", consistent, "dsl");
        pairs(
                c,
                "multi.dsl.v2t_consistent",
                dsl.path("v2t_consistent"),
                out + "dsl_v2t_consistent");
        // The code multiplies by the factor of the transposed matrix and does not turn it back.
        double[][] commented =
                ScoreNormalisation.product(logits.videoToText(), ScoreNormalisation.prior(back));
        normalised(c, out + "dsl_v2t_as_commented", commented, "dsl");
        pairs(
                c,
                "multi.dsl.v2t_as_commented",
                dsl.path("v2t_as_commented"),
                out + "dsl_v2t_as_commented");
    }

    private static void queryBank(ReferenceCase c, JsonNode results) {
        double[][] bank = matrix(c, "in.qb.bank");
        double[][] test = matrix(c, "in.qb.test");
        for (Map.Entry<String, JsonNode> entry : results.properties()) {
            Matcher form = BANK.matcher(entry.getKey());
            if (!form.matches()) {
                unknownUnlessText(c, "qbnorm." + entry.getKey(), entry.getValue());
                continue;
            }
            String name = "qbnorm." + entry.getKey();
            QueryBank queries =
                    new QueryBank(
                            test[0].length,
                            Integer.parseInt(form.group(1)),
                            Double.parseDouble(form.group(2)));
            for (double[] row : bank) {
                queries.add(row);
            }
            c.exact(
                    name + ".activation_set",
                    queries.activationSet(),
                    ReferenceCase.integers(entry.getValue(), "activation_set"));
            c.exact(
                    name + ".normalised_rows",
                    IntStream.range(0, test.length)
                            .filter(i -> queries.normalises(test[i]))
                            .toArray(),
                    ReferenceCase.integers(entry.getValue(), "normalised_rows"));
            String out = "out.qb." + entry.getKey();
            normalised(c, out, queries.normalise(test), "qb");
            pairs(c, name + ".t2v", entry.getValue().path("t2v"), out);
        }
    }

    private static void sinkhorn(ReferenceCase c, JsonNode results) {
        double[][] cosines = matrix(c, "in.sinkhorn.sim");
        for (Map.Entry<String, JsonNode> entry : results.properties()) {
            Matcher form = SINKHORN.matcher(entry.getKey());
            if (!form.matches()) {
                unknownUnlessText(c, "sinkhorn." + entry.getKey(), entry.getValue());
                continue;
            }
            double[][] ours =
                    ScoreNormalisation.sinkhorn(
                            cosines,
                            Double.parseDouble(form.group(1)),
                            Integer.parseInt(form.group(2)));
            String out = "out.sinkhorn." + entry.getKey();
            normalised(c, out, ours, "sinkhorn");
            String name = "sinkhorn." + entry.getKey();
            pairs(c, name + ".t2v", entry.getValue().path("t2v"), out);
            double[][] back = ScoreMatrix.transpose(matrix(c, out));
            metrics(
                    c,
                    name + ".v2t",
                    entry.getValue().path("v2t"),
                    QueryRanks.ofPairs(back, TieRule.OFFICIAL_SQUARE));
        }
    }

    private static void unknownUnlessText(ReferenceCase c, String name, JsonNode value) {
        if (!value.isTextual()) {
            c.fail(name + ": not a form that is known");
        }
    }

    private static void pairs(ReferenceCase c, String name, JsonNode expected, String out) {
        metrics(c, name, expected, QueryRanks.ofPairs(matrix(c, out), TieRule.OFFICIAL_SQUARE));
    }

    private static void captions(
            ReferenceCase c, String name, JsonNode expected, String out, int[] owner) {
        metrics(c, name, expected, QueryRanks.of(matrix(c, out), owner, TieRule.OFFICIAL_MULTI));
    }

    /** Every field of an object of metrics. */
    static void metrics(ReferenceCase c, String name, JsonNode expected, QueryRanks ranks) {
        if (!expected.isObject() || expected.isEmpty()) {
            c.fail(name + ": the case has no metrics there");
            return;
        }
        RetrievalMetrics ours = RetrievalMetrics.of(ranks);
        for (String field : (Iterable<String>) expected::fieldNames) {
            String at = name + "." + field;
            Matcher recall = RECALL.matcher(field);
            if (recall.matches()) {
                int k = Integer.parseInt(recall.group(1));
                number(c, at, ranks.recallAt(k), ReferenceCase.number(expected, field));
            } else if (field.equals("MR") || field.equals("MedR") || field.equals("MedianR")) {
                number(c, at, ours.medianRank(), ReferenceCase.number(expected, field));
            } else if (field.equals("MeanR")) {
                number(c, at, ours.meanRank(), ReferenceCase.number(expected, field));
            } else if (field.equals("cols")) {
                int[] fromZero = Arrays.stream(ranks.all()).map(rank -> rank - 1).toArray();
                c.exact(at, fromZero, ReferenceCase.integers(expected, field));
            } else {
                c.fail(at + ": no such metric is known");
            }
        }
    }

    /**
     * Ranks from 0 of each query: a list, or where there are ties the greater and the equal ones.
     */
    private static void ranks(
            ReferenceCase c, String section, String field, JsonNode results, QueryRanks ranks) {
        String name = section + "." + field;
        JsonNode expected = results.path(field);
        int[] greater = Arrays.stream(ranks.first()).map(rank -> rank - 1).toArray();
        if (expected.isObject()) {
            c.exact(
                    name + ".strictly_greater",
                    greater,
                    ReferenceCase.integers(expected, "strictly_greater"));
            c.exact(name + ".equal", ranks.count(), ReferenceCase.integers(expected, "equal"));
        } else if (!expected.isMissingNode()) {
            c.exact(name, greater, ReferenceCase.integers(results, field));
        }
    }

    private static void number(ReferenceCase c, String name, double ours, double expected) {
        JsonNode own = c.tolerance("metrics");
        JsonNode tolerance = own.isObject() ? own : c.json().path("tolerance");
        compare(c, name, new double[] {ours}, new double[] {expected}, tolerance);
    }

    private static void normalised(ReferenceCase c, String out, double[][] ours, String part) {
        compare(c, out, flat(ours), c.tensors().doubles(out), c.tolerance(part));
    }

    /** A choice among given values. */
    private static void exactly(ReferenceCase c, String out, double[][] ours) {
        c.compare(out, flat(ours), c.tensors().doubles(out), 0, 0);
    }

    private static void compare(
            ReferenceCase c, String name, double[] ours, double[] expected, JsonNode tolerance) {
        c.compare(
                name,
                ours,
                expected,
                tolerance.path("atol").asDouble(0),
                tolerance.path("rtol").asDouble(0));
    }

    private static double[] flat(double[][] matrix) {
        return Stream.of(matrix).flatMapToDouble(Arrays::stream).toArray();
    }

    private static double[][] matrix(ReferenceCase c, String name) {
        long[] shape = c.tensors().shape(name);
        if (shape.length != 2) {
            throw new IllegalArgumentException(
                    name + " has shape " + Arrays.toString(shape) + ", not that of a matrix");
        }
        double[] values = c.tensors().doubles(name);
        double[][] rows = new double[Math.toIntExact(shape[0])][];
        int columns = Math.toIntExact(shape[1]);
        Arrays.setAll(rows, i -> Arrays.copyOfRange(values, i * columns, (i + 1) * columns));
        return rows;
    }
}
