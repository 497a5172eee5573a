package javigate.index;

/**
 * What all scores of a library for one query have in common.
 *
 * @param clips scored, at least 1
 * @param mean of their scores
 */
public record ScoreSummary(long clips, double mean) {

    public ScoreSummary {
        if (clips < 1 || !Double.isFinite(mean)) {
            throw new IllegalArgumentException(
                    "%d clips with mean score %s; there is no summary of none"
                            .formatted(clips, mean));
        }
    }

    /** Takes scores one by one, in constant memory; one for each thread, then merged. */
    public static final class Accumulator {
        private long clips;
        private double sum;

        /** Takes the score of one clip. */
        public void add(double score) {
            clips++;
            sum += score;
        }

        /** Takes all that another thread has taken. */
        public void addAll(Accumulator other) {
            clips += other.clips;
            sum += other.sum;
        }

        /**
         * The summary so far.
         *
         * @throws IllegalArgumentException if there was no score, or one was no finite number
         */
        public ScoreSummary summary() {
            return new ScoreSummary(clips, sum / clips);
        }
    }
}
