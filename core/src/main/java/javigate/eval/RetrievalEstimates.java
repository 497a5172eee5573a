package javigate.eval;

import org.jspecify.annotations.Nullable;

/**
 * Estimates of a pair of directions.
 *
 * @param videoToText null where only the other direction is defined, as {@code rSum}
 */
public record RetrievalEstimates(
        MetricEstimates textToVideo,
        @Nullable MetricEstimates videoToText,
        @Nullable Estimate rSum) {}
