package javigate.search;

/**
 * What one frame has to do with a score.
 *
 * @param timeMs when it is shown in the video
 * @param cosine its cosine with the text, −1 to 1
 * @param cosineWithoutSound the same of the frame embedded as if the clip had no sound
 * @param share its part of the score; the parts of a clip's frames add up to the score
 */
public record FrameScore(long timeMs, double cosine, double cosineWithoutSound, double share) {}
