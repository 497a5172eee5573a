package javigate.checkpoint.hub;

import java.io.IOException;

/** The network, or the hub itself, fails: another time it may work, or a cached copy will do. */
final class HubUnreachableException extends IOException {

    HubUnreachableException(String message) {
        super(message);
    }

    HubUnreachableException(String message, Throwable cause) {
        super(message, cause);
    }
}
