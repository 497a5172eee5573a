package javigate.media;

import java.nio.file.Path;
import java.util.List;

/**
 * A part of a video, decoded: a few pictures and the sound.
 *
 * @param file where it came from
 * @param startMs first millisecond of the part
 * @param endMs first millisecond after it
 * @param frames at least one, in order of time
 * @param audio the sound of the part
 * @param notes what a person should know, for example that some frames were lost; empty when all is
 *     well
 */
public record Clip(
        Path file,
        long startMs,
        long endMs,
        List<VideoFrame> frames,
        Audio audio,
        List<String> notes) {
    public Clip {
        frames = List.copyOf(frames);
        notes = List.copyOf(notes);
        if (frames.isEmpty()) {
            throw new IllegalArgumentException(file + ": a clip needs at least one picture");
        }
    }
}
