package javigate.study;

import java.util.Arrays;
import java.util.Locale;

/**
 * Mean over seeds with its 95 % interval by Student's t.
 *
 * @param mean of the values
 * @param halfWidth of the interval; NaN of fewer than two values
 * @param count of values
 */
record SeedInterval(double mean, double halfWidth, int count) {

    /** Two-sided 95 % points of Student's t by degrees of freedom, from 1 (any table). */
    private static final double[] T = {
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
        2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
        2.052, 2.048, 2.045, 2.042
    };

    static SeedInterval of(double[] values) {
        int n = values.length;
        double mean = Arrays.stream(values).average().orElse(Double.NaN);
        if (n < 2) {
            return new SeedInterval(mean, Double.NaN, n);
        }
        double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
        double t = T[Math.min(n - 1, T.length) - 1];
        return new SeedInterval(mean, t * Math.sqrt(squares / (n - 1) / n), n);
    }

    /** {@code 58.4 ± 1.2}, or the mean alone. */
    @Override
    public String toString() {
        return Double.isNaN(halfWidth)
                ? String.format(Locale.ROOT, "%.1f", mean)
                : String.format(Locale.ROOT, "%.1f ± %.1f", mean, halfWidth);
    }
}
