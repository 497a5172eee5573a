package javigate.index;

/**
 * A video of the library in one line.
 *
 * @param file as it was when embedded
 * @param segments stored clips, at least 1
 * @param durationMs length of all segments together
 * @param descriptionSource {@link Description#source} of its clips
 */
public record StoredVideo(
        VideoFile file, int segments, long durationMs, String descriptionSource) {}
