package javigate.eval;

/**
 * A metric, or the difference of a metric of two systems, with its 95 % interval.
 *
 * @param value of the queries as they are
 * @param low 2.5 % of the resamples lie below
 * @param high 2.5 % lie above
 */
public record Estimate(double value, double low, double high) {}
