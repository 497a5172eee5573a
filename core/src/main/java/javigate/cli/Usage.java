package javigate.cli;

import java.util.function.Supplier;

/** Tells wrong usage (exit code 2) from what failed. */
final class Usage {

    /** What was given on the command line is wrong; the message says how it should be. */
    static final class WrongException extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        WrongException(String message) {
            super(message);
        }
    }

    private Usage() {}

    /**
     * What is made of the command line alone.
     *
     * @throws WrongException where {@code made} throws an IllegalArgumentException
     */
    static <T> T of(Supplier<T> made) {
        try {
            return made.get();
        } catch (IllegalArgumentException e) {
            throw new WrongException(String.valueOf(e.getMessage()));
        }
    }

    /** Lets a count of results pass. */
    static void requireCount(int k) {
        if (k < 1) {
            throw new WrongException("-k " + k + " is below 1");
        }
    }
}
