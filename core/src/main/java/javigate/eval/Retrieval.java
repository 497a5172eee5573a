package javigate.eval;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The ranks of a score matrix in its directions.
 *
 * @param textToVideo one query per caption
 * @param videoToText one query per video; null where only the other direction is defined
 * @param captions the captions of each video, [V][], as indices of {@code textToVideo}
 */
public record Retrieval(
        QueryRanks textToVideo, @Nullable QueryRanks videoToText, int[][] captions) {

    public Retrieval {
        if (videoToText != null && videoToText.queries() != captions.length) {
            throw new IllegalArgumentException(
                    "%d videos as queries and captions of %d"
                            .formatted(videoToText.queries(), captions.length));
        }
    }

    /** Both directions. */
    public static Retrieval of(ScoreMatrix matrix, TieRule rule) {
        return new Retrieval(
                QueryRanks.textToVideo(matrix, rule),
                QueryRanks.videoToText(matrix, rule),
                matrix.captions());
    }

    /** Number of videos V. */
    public int videos() {
        return captions.length;
    }

    /** These videos and their captions only, as queries; a video may come more than once. */
    public Retrieval only(int[] videos) {
        int[][] renumbered = new int[videos.length][];
        int next = 0;
        for (int i = 0; i < videos.length; i++) {
            renumbered[i] = new int[captions[videos[i]].length];
            for (int c = 0; c < renumbered[i].length; c++) {
                renumbered[i][c] = next++;
            }
        }
        int[] texts = Arrays.stream(videos).flatMap(v -> Arrays.stream(captions[v])).toArray();
        return new Retrieval(
                textToVideo.only(texts),
                videoToText == null ? null : videoToText.only(videos),
                renumbered);
    }

    /** The metrics of both directions. */
    public RetrievalScores scores() {
        return RetrievalScores.of(
                RetrievalMetrics.of(textToVideo),
                videoToText == null ? null : RetrievalMetrics.of(videoToText));
    }
}
