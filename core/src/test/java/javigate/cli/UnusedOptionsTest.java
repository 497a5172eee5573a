package javigate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Options that change nothing are not taken in silence. */
class UnusedOptionsTest {

    @TempDir Path folder;

    private record Said(int exit, String err) {}

    @Test
    void whatOnlyTheMeasureOfRecallReadsIsRefusedWithoutIt() {
        Said said = run("check", "--model", "x", "--texts", "y", "--library", folder.toString());
        assertEquals(2, said.exit);
        assertTrue(said.err.startsWith("--model, --texts is of use with --recall only"), said.err);
        assertFalse(run("check", "--library", folder.toString()).err.contains("--recall"));
    }

    @Test
    void aLimitOfTheRerankerIsSaidToBeUnusedWhereThereIsNone() {
        Said said = run("search", "a dog", "--rerank-top", "5", "--library", folder.toString());
        assertTrue(said.err.startsWith("--rerank-top: not used"), said.err);
        assertFalse(
                run("search", "a dog", "--library", folder.toString()).err.contains("not used"));
    }

    private static Said run(String... args) {
        PrintStream err = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            return new Said(Javigate.run(args), said.toString(StandardCharsets.UTF_8));
        } finally {
            System.setErr(err);
        }
    }
}
