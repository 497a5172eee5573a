package javigate.index;

/**
 * The score of one clip with its parts.
 *
 * @param score weighted mean of the two below (Eq. 9)
 * @param global cosine of the text with the pooled frames (Eq. 7), 0 where they cancel out
 * @param local soft maximum of the cosines with the frames (Eq. 8)
 * @param cosines [F]; of the text with each frame
 */
public record ClipScore(double score, double global, double local, double[] cosines) {}
