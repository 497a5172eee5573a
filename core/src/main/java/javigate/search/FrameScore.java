package javigate.search;

/**
 * What one frame has to do with a score.
 *
 * @param timeMs when it is shown in the video
 * @param cosine its cosine with the text, −1 to 1
 * @param cosineWithoutSound the same of the frame embedded as if the clip had no sound
 * @param localShare its part of the local score's part of the score
 * @param globalShare its part of the global score's
 */
public record FrameScore(
        long timeMs,
        double cosine,
        double cosineWithoutSound,
        double localShare,
        double globalShare) {

    /** Its part of the score; the parts of a clip's frames add up to the score. */
    public double share() {
        return localShare + globalShare;
    }
}
