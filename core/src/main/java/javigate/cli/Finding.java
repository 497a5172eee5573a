package javigate.cli;

import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import org.jspecify.annotations.Nullable;

/**
 * What {@code doctor} found in one check.
 *
 * @param check its name, for people and programs
 * @param state whether it is well
 * @param found what was found, one line
 * @param remedy what to do about it, one line; empty when all is well
 */
record Finding(String check, State state, String found, String remedy) {

    /** All is well; something is lacking that javigate can do without; javigate cannot work. */
    enum State {
        OK("ok"),
        NOTE("note"),
        FAIL("FAIL");

        private final String word;

        State(String word) {
            this.word = word;
        }

        @Override
        public String toString() {
            return word;
        }
    }

    Finding {
        found = Libraries.joined(found);
        remedy = Libraries.joined(remedy);
        if (found.isEmpty() || (state == State.OK) != remedy.isEmpty()) {
            throw new IllegalArgumentException(
                    "%s: found \"%s\", remedy \"%s\"; only what is well goes without a remedy"
                            .formatted(check, found, remedy));
        }
    }

    static Finding ok(String check, String found) {
        return new Finding(check, State.OK, found, "");
    }

    static Finding note(String check, String found, String remedy) {
        return new Finding(check, State.NOTE, found, remedy);
    }

    static Finding fail(String check, String found, String remedy) {
        return new Finding(check, State.FAIL, found, remedy);
    }

    /** A check that ended in an exception; the remedy is the message's own where it has one. */
    static Finding of(String check, State state, Throwable e, String otherwise) {
        String reason = reason(e);
        int remedy = reason.lastIndexOf("; ");
        return remedy < 0
                ? new Finding(check, state, reason, otherwise)
                : new Finding(
                        check, state, reason.substring(0, remedy), reason.substring(remedy + 2));
    }

    /** Why, in one line. Of libraries that do not load the innermost cause names the one. */
    static String reason(Throwable e) {
        Throwable cause = e;
        while ((cause instanceof LinkageError || cause instanceof UncheckedIOException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        @Nullable String message = cause.getMessage();
        boolean speaks =
                message != null
                        && !message.isBlank()
                        && !(cause instanceof FileSystemException)
                        && (cause instanceof java.io.IOException
                                || cause instanceof IllegalArgumentException
                                || cause instanceof LinkageError);
        return Libraries.joined(speaks ? String.valueOf(message) : cause.toString());
    }
}
