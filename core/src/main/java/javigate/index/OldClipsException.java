package javigate.index;

import java.io.IOException;

/** Some clips were written before format 4, without what is asked of them. */
final class OldClipsException extends IOException {
    private static final long serialVersionUID = 1L;

    OldClipsException() {
        super("clips of an older format");
    }
}
