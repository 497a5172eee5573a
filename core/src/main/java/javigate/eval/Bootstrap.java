package javigate.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * 95 % intervals by the bootstrap (Efron, "Bootstrap methods: another look at the jackknife",
 * Annals of Statistics 1979), percentile method (Efron and Tibshirani, An Introduction to the
 * Bootstrap, 1993, §13.3). Queries are drawn with replacement, by video: a video brings its
 * captions along, for captions of one video are not independent; with one caption per video that is
 * drawing queries. The candidates stay as they are. The intervals tell how much hangs on the choice
 * of queries, not on the training run.
 *
 * @param resamples number of draws, at least 40
 * @param seed of the draws; the same for every call, so that all of one number of videos are paired
 */
public record Bootstrap(int resamples, long seed) {

    private static final double TAIL = 0.025;

    private static final int FEWEST = 40;

    public Bootstrap {
        if (resamples < FEWEST) {
            throw new IllegalArgumentException(
                    "%d resamples; 95 %% intervals need at least %d".formatted(resamples, FEWEST));
        }
    }

    private record Sample(RetrievalScores whole, List<RetrievalScores> draws) {}

    /**
     * Each metric with its interval.
     *
     * @throws IllegalArgumentException if there is no query
     */
    public RetrievalEstimates intervals(Retrieval system) {
        Sample sample = sample(system);
        return estimates(
                sample.whole.videoToText() != null,
                metric ->
                        estimate(
                                metric.applyAsDouble(sample.whole),
                                sample.draws.stream().mapToDouble(metric).toArray()));
    }

    /**
     * The difference of two systems on the same queries, each metric of {@code system} minus that
     * of {@code baseline} (paired: both are measured on the same draws).
     *
     * @throws IllegalArgumentException if there is no query, or the queries are not the same ones
     */
    public RetrievalEstimates difference(Retrieval system, Retrieval baseline) {
        if (!Arrays.deepEquals(system.captions(), baseline.captions())
                || (system.videoToText() == null) != (baseline.videoToText() == null)) {
            throw new IllegalArgumentException(
                    "systems of %d and %d videos, or other captions or directions, cannot be paired"
                            .formatted(system.videos(), baseline.videos()));
        }
        Sample ours = sample(system);
        Sample theirs = sample(baseline);
        return estimates(
                ours.whole.videoToText() != null,
                metric -> {
                    double[] values = new double[resamples];
                    Arrays.setAll(
                            values,
                            i ->
                                    metric.applyAsDouble(ours.draws.get(i))
                                            - metric.applyAsDouble(theirs.draws.get(i)));
                    return estimate(
                            metric.applyAsDouble(ours.whole) - metric.applyAsDouble(theirs.whole),
                            values);
                });
    }

    private Sample sample(Retrieval system) {
        if (system.videos() == 0) {
            throw new IllegalArgumentException("no queries to draw from");
        }
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        List<RetrievalScores> draws = new ArrayList<>();
        int[] videos = new int[system.videos()];
        for (int i = 0; i < resamples; i++) {
            Arrays.setAll(videos, _ -> random.nextInt(videos.length));
            draws.add(system.only(videos).scores());
        }
        return new Sample(system.scores(), draws);
    }

    private static RetrievalEstimates estimates(
            boolean bothDirections, Function<ToDoubleFunction<RetrievalScores>, Estimate> of) {
        MetricEstimates textToVideo =
                MetricEstimates.of(
                        metric -> of.apply(scores -> metric.applyAsDouble(scores.textToVideo())));
        return bothDirections
                ? new RetrievalEstimates(
                        textToVideo,
                        MetricEstimates.of(
                                metric ->
                                        of.apply(
                                                scores ->
                                                        metric.applyAsDouble(
                                                                Objects.requireNonNull(
                                                                        scores.videoToText())))),
                        of.apply(scores -> Objects.requireNonNull(scores.rSum())))
                : new RetrievalEstimates(textToVideo, null, null);
    }

    /** The B·α-th and B·(1 − α)-th of the ordered draws. */
    private static Estimate estimate(double value, double[] draws) {
        double[] sorted = draws.clone();
        Arrays.sort(sorted);
        int low = (int) Math.ceil(TAIL * sorted.length) - 1;
        int high = (int) Math.ceil((1 - TAIL) * sorted.length) - 1;
        return new Estimate(value, sorted[low], sorted[high]);
    }
}
