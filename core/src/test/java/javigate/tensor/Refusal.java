package javigate.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;

/** How a bad file must be refused. */
final class Refusal {

    private static final int LONGEST = 600;

    private Refusal() {}

    /**
     * By an IOException whose one line begins with the file (or a file beside) and has {@code
     * said}.
     */
    static void of(Path file, String said) {
        IOException refusal = assertThrows(IOException.class, () -> WeightFiles.open(file).close());
        String message = requireOneLine(refusal, file);
        assertTrue(message.contains(said), said + " in: " + message);
    }

    static String requireOneLine(Exception refusal, Path file) {
        String message = String.valueOf(refusal.getMessage());
        assertTrue(message.startsWith(String.valueOf(file.getParent())), message);
        assertEquals(-1, message.indexOf('\n'), message);
        assertTrue(message.chars().noneMatch(Character::isISOControl), message);
        assertTrue(message.length() <= LONGEST, message.length() + " characters: " + message);
        return message;
    }
}
