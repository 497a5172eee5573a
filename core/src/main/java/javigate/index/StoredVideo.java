package javigate.index;

/**
 * A video of the library in one line.
 *
 * @param file as it was when embedded
 * @param segments stored clips, at least 1
 * @param durationMs length of all segments together
 */
public record StoredVideo(VideoFile file, int segments, long durationMs) {}
