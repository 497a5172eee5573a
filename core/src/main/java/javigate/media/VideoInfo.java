package javigate.media;

/**
 * What a file holds, from its headers and packets; nothing is decoded for it.
 *
 * @param durationMs from the first to the end of the last picture, in milliseconds
 * @param frameCount pictures, at least 1
 * @param framesPerSecond average rate
 * @param width as shown (after rotation), pixels
 * @param height as shown, pixels
 * @param rotationDegrees 0, 90, 180 or 270, clockwise, from the metadata
 * @param videoCodec the decoder's short name, for example {@code h264}
 * @param audioCodec the same of the sound, empty when there is none
 */
public record VideoInfo(
        long durationMs,
        long frameCount,
        double framesPerSecond,
        int width,
        int height,
        int rotationDegrees,
        String videoCodec,
        String audioCodec) {}
