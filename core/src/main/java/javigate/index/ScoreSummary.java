package javigate.index;

import java.util.Optional;

/**
 * What all scores of a library for one query have in common.
 *
 * @param clips whose scores these are, at least 1
 * @param mean of their scores
 * @param deviation standard deviation of their scores, at least 0
 */
public record ScoreSummary(long clips, double mean, double deviation) {

    public ScoreSummary {
        if (clips < 1 || !Double.isFinite(mean) || !(deviation >= 0)) {
            throw new IllegalArgumentException(
                    "%d clips with mean score %s; there is no summary of none"
                            .formatted(clips, mean));
        }
    }

    /** Takes scores one by one, in constant memory; one for each thread, then merged. */
    public static final class Accumulator {
        private long clips;
        private double sum;
        private double squares;

        /** Takes the score of one clip. */
        public void add(double score) {
            clips++;
            sum += score;
            squares += score * score;
        }

        /** Takes all that another thread has taken. */
        public void addAll(Accumulator other) {
            clips += other.clips;
            sum += other.sum;
            squares += other.squares;
        }

        /** The summary so far; none of no clips. */
        Optional<ScoreSummary> summaryIfAny() {
            return clips == 0 ? Optional.empty() : Optional.of(summary());
        }

        /**
         * The summary so far.
         *
         * @throws IllegalArgumentException if there was no score, or one was no finite number
         */
        public ScoreSummary summary() {
            double mean = sum / clips;
            return new ScoreSummary(
                    clips, mean, Math.sqrt(Math.max(0, squares / clips - mean * mean)));
        }
    }
}
