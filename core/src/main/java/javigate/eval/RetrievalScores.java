package javigate.eval;

import org.jspecify.annotations.Nullable;

/**
 * The metrics of a pair of directions.
 *
 * @param videoToText null where only the other direction is defined
 * @param rSum RSum: the sum of the six recalls, percent, 0 to 600; null as {@code videoToText}
 */
public record RetrievalScores(
        RetrievalMetrics textToVideo,
        @Nullable RetrievalMetrics videoToText,
        @Nullable Double rSum) {

    static RetrievalScores of(
            RetrievalMetrics textToVideo, @Nullable RetrievalMetrics videoToText) {
        return new RetrievalScores(
                textToVideo,
                videoToText,
                videoToText == null ? null : textToVideo.recallSum() + videoToText.recallSum());
    }
}
