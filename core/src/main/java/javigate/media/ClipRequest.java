package javigate.media;

/**
 * Which part of a file to read and how densely.
 *
 * @param startMs first millisecond, at least 0
 * @param endMs first millisecond no longer wanted, above {@code startMs}
 * @param framesPerSecond pictures to consider per second of video, above 0; 1 is the reference's
 * @param maxFrames pictures at most, spread evenly (the reference's {@code slice_framepos} 2), at
 *     least 1
 */
public record ClipRequest(long startMs, long endMs, double framesPerSecond, int maxFrames) {
    public ClipRequest {
        if (startMs < 0 || endMs <= startMs || !(framesPerSecond > 0) || maxFrames < 1) {
            throw new IllegalArgumentException(
                    "clip from %d to %d ms, %s frames/s, at most %d frames"
                            .formatted(startMs, endMs, framesPerSecond, maxFrames));
        }
    }
}
