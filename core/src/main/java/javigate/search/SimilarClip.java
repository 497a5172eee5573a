package javigate.search;

import java.nio.file.Path;

/**
 * A clip that is like another.
 *
 * @param rank from 1
 * @param id of the clip in its library
 * @param file the video
 * @param startMs first millisecond of the clip in the video
 * @param endMs first millisecond after it
 * @param score a cosine, −1 to 1
 * @param asked where the clip that it is most like starts in the video that was asked for,
 *     milliseconds
 */
public record SimilarClip(
        int rank, String id, Path file, long startMs, long endMs, double score, long asked) {}
