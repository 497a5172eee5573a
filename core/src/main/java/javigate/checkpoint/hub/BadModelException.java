package javigate.checkpoint.hub;

import java.io.IOException;

/** A repository's files, by their names, are no model that can be used. */
final class BadModelException extends IOException {

    BadModelException(String message) {
        super(message);
    }
}
