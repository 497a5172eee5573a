package javigate.media;

import java.nio.file.Path;

/** Reads parts of video files, and of sound files that go with them. */
public interface VideoReader extends AutoCloseable {

    /**
     * Reads headers and packets, decodes nothing.
     *
     * @throws MediaException if the file is missing, empty, no video, or has no picture
     */
    VideoInfo probe(Path file) throws MediaException;

    /**
     * Decodes the wanted pictures and the sound of one part of a file.
     *
     * @throws MediaException if the file cannot be read or yields no picture there
     */
    Clip read(Path file, ClipRequest request) throws MediaException;

    /**
     * Decodes a part of a file of sound alone, such as a WAV that was taken out of a video.
     *
     * @param endMs first millisecond no longer wanted, above {@code startMs}; the sound ends with
     *     the file
     * @return {@link Audio.Absent} where the file holds less than one window of sound there
     * @throws MediaException if the file cannot be read or holds no audio stream
     */
    Audio readSound(Path file, long startMs, long endMs) throws MediaException;

    /**
     * Decodes the whole video to find where its shots change.
     *
     * @throws MediaException if the file cannot be read; what breaks later is a note
     */
    ShotChanges shotChanges(Path file) throws MediaException;

    @Override
    void close();
}
