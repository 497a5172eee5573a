package javigate.media;

import java.io.IOException;

/** A file that cannot be used as a video; the message names the file, the reason and the remedy. */
public final class MediaException extends IOException {
    private static final long serialVersionUID = 1L;

    public MediaException(String message) {
        super(message);
    }
}
