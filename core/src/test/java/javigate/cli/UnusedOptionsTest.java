package javigate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import javigate.search.TinyModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Options that change nothing are not taken in silence. */
class UnusedOptionsTest {

    @TempDir Path folder;

    private record Said(int exit, String err) {}

    @Test
    void whatTheOtherKindOfCheckReadsIsRefused() {
        Said said = run("check", "--model", "x", "--texts", "y", "--library", folder.toString());
        assertEquals(2, said.exit);
        assertTrue(said.err.startsWith("javigate: only with --recall: --model, --texts"), said.err);
        said = run("check", "--recall", "--no-files", "--library", folder.toString());
        assertEquals(2, said.exit);
        assertTrue(said.err.startsWith("javigate: not with --recall: --no-files"), said.err);
        assertFalse(run("check", "--library", folder.toString()).err.contains("--recall"));
    }

    @Test
    void aLimitOfTheRerankerIsSaidToBeUnusedWhereThereIsNone() throws Exception {
        String model = folder.resolve("model").toString();
        var _ = TinyModel.save(Path.of(model), 1);
        TinyModel.clip(folder.resolve("a.mp4"), 1, 400);
        String library = folder.resolve("library").toString();
        String video = folder.resolve("a.mp4").toString();
        Said said = run("add", video, "--library", library, "--model", model);
        assertEquals(0, said.exit, said.err);
        said = run("search", "a dog", "--library", library, "--model", model, "--rerank-top", "5");
        assertEquals(0, said.exit, said.err);
        assertTrue(said.err.contains("not used, as nothing looks"), said.err);
        said = run("search", "a dog", "--library", library, "--model", model);
        assertFalse(said.err.contains("not used"), said.err);
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
