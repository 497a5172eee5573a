package javigate.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import javigate.data.SightSoundQueries.Tier;
import javigate.model.Relevance;

/**
 * Fits a {@link Relevance}: the weights of least cross-entropy over the hits of queries, by
 * Newton's method, with a trace of ridge so that they stay finite where the scores part the hits
 * without a fault.
 */
final class RelevanceFit {

    /** Of the queries put to a library, the share that it has an answer to: an assumption. */
    static final double ANSWERABLE = 0.75;

    /** Share of best hits that match which must not be called nothing. */
    static final double KEPT = 0.95;

    private static final int WEIGHTS = 5;
    private static final double RIDGE = 1e-6;
    private static final int STEPS = 100;

    private RelevanceFit() {}

    /**
     * Fits to answered queries, each size of library counting the same.
     *
     * @param bySize queries by size of library, each with its tiers
     * @throws IllegalArgumentException if no best hit matches, or a better score does not make a
     *     match more likely
     */
    static Relevance of(List<List<AnsweredQuery>> bySize) {
        List<double[]> rows = new ArrayList<>();
        List<Double> shares = new ArrayList<>();
        List<Boolean> matches = new ArrayList<>();
        for (List<AnsweredQuery> answered : bySize) {
            double[] weights = weights(answered);
            for (int q = 0; q < weights.length; q++) {
                AnsweredQuery answer = answered.get(q);
                for (int i = 0; i < answer.scores().length; i++) {
                    rows.add(row(answer, i));
                    shares.add(weights[q] / bySize.size());
                    matches.add(answer.matches()[i]);
                }
            }
        }
        double[] w = logistic(rows, shares, matches);
        if (!(w[1] >= 0 && w[4] <= 0)) {
            throw new IllegalArgumentException(
                    ("a better score does not make a match likelier (weight %.3g of the score, %.3g"
                                    + " of the distance to the best): this model has learnt too"
                                    + " little to be calibrated")
                            .formatted(w[1], w[4]));
        }
        Relevance without = new Relevance(w[0], w[1], -w[2], w[3], -w[4], 0);
        return new Relevance(
                without.intercept(),
                without.score(),
                without.offset(),
                without.mean(),
                without.behind(),
                quantile(bestThatMatch(without, bySize), 1 - KEPT));
    }

    /**
     * What a hit of each query counts, so that hits add up to 1: {@link #ANSWERABLE} of it is for
     * queries that have an answer, the rest for those that have none, every tier of these alike.
     */
    static double[] weights(List<AnsweredQuery> answered) {
        Map<Tier, Long> hits = new EnumMap<>(Tier.class);
        for (AnsweredQuery answer : answered) {
            hits.merge(answer.query().tier(), (long) answer.scores().length, Long::sum);
        }
        int without = hits.size() - 1;
        return answered.stream()
                .mapToDouble(
                        answer ->
                                (answer.answerable() ? ANSWERABLE : (1 - ANSWERABLE) / without)
                                        / hits.getOrDefault(answer.query().tier(), 1L))
                .toArray();
    }

    private static double[] row(AnsweredQuery answer, int hit) {
        double[] scores = answer.scores();
        double log = Math.log1p((double) answer.library().clips());
        return new double[] {
            1, scores[hit] / log, 1 / log, answer.library().mean(), scores[0] - scores[hit]
        };
    }

    /** The relevance of each best hit that matches. */
    static double[] bestThatMatch(Relevance by, List<List<AnsweredQuery>> bySize) {
        return bySize.stream()
                .flatMap(List::stream)
                .filter(answer -> answer.matches()[0])
                .mapToDouble(answer -> answer.relevance(by)[0])
                .toArray();
    }

    /** The largest of the values that at least a share of {@code 1 - below} of them reach. */
    static double quantile(double[] values, double below) {
        if (values.length == 0) {
            throw new IllegalArgumentException("no query's best hit matches: nothing to fit to");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) (below * sorted.length)];
    }

    /** Rows [n][5], weights that add up to 1 and labels to coefficients [5]. */
    private static double[] logistic(
            List<double[]> rows, List<Double> shares, List<Boolean> matches) {
        double[] w = new double[WEIGHTS];
        for (int step = 0; step < STEPS; step++) {
            double[] gradient = new double[WEIGHTS];
            double[][] hessian = new double[WEIGHTS][WEIGHTS];
            for (int i = 0; i < WEIGHTS; i++) {
                gradient[i] = RIDGE * w[i];
                hessian[i][i] = RIDGE;
            }
            for (int n = 0; n < rows.size(); n++) {
                double[] x = rows.get(n);
                double p = 1 / (1 + Math.exp(-dot(w, x)));
                double error = shares.get(n) * (p - (matches.get(n) ? 1 : 0));
                double curve = shares.get(n) * p * (1 - p);
                for (int i = 0; i < WEIGHTS; i++) {
                    gradient[i] += error * x[i];
                    for (int j = 0; j <= i; j++) {
                        hessian[i][j] += curve * x[i] * x[j];
                    }
                }
            }
            double[] change = solve(hessian, gradient);
            for (int i = 0; i < WEIGHTS; i++) {
                w[i] -= change[i];
            }
            if (Arrays.stream(change).map(Math::abs).max().orElse(0) < 1e-9) {
                return w;
            }
        }
        throw new IllegalArgumentException(
                "relevance could not be fitted to %d hits in %d steps: its weights are %s"
                        .formatted(rows.size(), STEPS, Arrays.toString(w)));
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    /**
     * Solves A x = b by Cholesky's decomposition, A symmetric and positive, its lower half given.
     */
    private static double[] solve(double[][] a, double[] b) {
        int n = b.length;
        double[] x = b.clone();
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = a[i][j];
                for (int k = 0; k < j; k++) {
                    sum -= a[i][k] * a[j][k];
                }
                a[i][j] = i == j ? Math.sqrt(sum) : sum / a[j][j];
            }
            for (int k = 0; k < i; k++) {
                x[i] -= a[i][k] * x[k];
            }
            x[i] /= a[i][i];
        }
        for (int i = n - 1; i >= 0; i--) {
            for (int k = i + 1; k < n; k++) {
                x[i] -= a[k][i] * x[k];
            }
            x[i] /= a[i][i];
        }
        return x;
    }
}
