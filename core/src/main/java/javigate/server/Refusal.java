package javigate.server;

/** A request that is answered with an error; the message goes to the client as it is. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;

    /**
     * @param status of HTTP, 400 to 499
     * @param message one line for the person at the other end; never a path of this machine
     */
    Refusal(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    int status() {
        return status;
    }
}
