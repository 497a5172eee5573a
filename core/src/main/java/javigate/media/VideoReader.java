package javigate.media;

import java.nio.file.Path;

/** Reads parts of video files. */
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

    @Override
    void close();
}
