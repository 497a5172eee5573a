package javigate.media;

/**
 * A decoded picture and when it is shown.
 *
 * @param timestampMs milliseconds after the start of the video, at least 0
 * @param image the picture, upright (rotation metadata applied)
 */
public record VideoFrame(long timestampMs, RgbImage image) {
    public VideoFrame {
        if (timestampMs < 0) {
            throw new IllegalArgumentException("frame at " + timestampMs + " ms");
        }
    }
}
