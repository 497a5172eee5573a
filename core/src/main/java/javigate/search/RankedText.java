package javigate.search;

/**
 * How well a text fits a video.
 *
 * @param rank from 1
 * @param text as given
 * @param score of the text and its best clip (Eq. 9)
 * @param startMs where that clip starts in the video
 * @param endMs first millisecond after it
 */
public record RankedText(int rank, String text, double score, long startMs, long endMs) {}
