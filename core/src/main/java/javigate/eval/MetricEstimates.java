package javigate.eval;

import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** An estimate of each metric of one direction, in the units of {@link RetrievalMetrics}. */
public record MetricEstimates(
        Estimate r1,
        Estimate r5,
        Estimate r10,
        Estimate medianRank,
        Estimate meanRank,
        Estimate ndcg10) {

    static MetricEstimates of(Function<ToDoubleFunction<RetrievalMetrics>, Estimate> estimate) {
        return new MetricEstimates(
                estimate.apply(RetrievalMetrics::r1),
                estimate.apply(RetrievalMetrics::r5),
                estimate.apply(RetrievalMetrics::r10),
                estimate.apply(RetrievalMetrics::medianRank),
                estimate.apply(RetrievalMetrics::meanRank),
                estimate.apply(RetrievalMetrics::ndcg10));
    }
}
