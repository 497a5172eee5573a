package javigate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javigate.search.TinyModel;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library's verbs as they are typed. */
class LibraryVerbsTest {

    @TempDir Path folder;
    private Path videos;

    private record Said(int exit, String out, String err) {
        JsonNode json() throws IOException {
            return new ObjectMapper().readTree(out);
        }
    }

    @BeforeEach
    void fill() throws IOException {
        var _ = TinyModel.save(folder.resolve("model"), 1);
        videos = Files.createDirectory(folder.resolve("my videos é"));
        for (int i = 0; i < 3; i++) {
            TinyModel.clip(videos.resolve(i + ".mp4"), 1 + i, 400 * (i + 1));
        }
        assertEquals(0, run(true, "add", videos.toString()).exit);
    }

    @Test
    void wrongUsageHasAnExitCodeOfItsOwn() throws IOException {
        String video = videos.resolve("0.mp4").toString();
        Path texts = Files.writeString(folder.resolve("texts"), "rain\nwind\n");
        String[][] wrong = {
            {"search", "rain", "-k", "0"},
            {"search", "rain", "--filter", "foo"},
            {"search", "rain -\"unfinished"},
            {"search", "rain", "--approximate", "3", "-k", "5"},
            {"search", "rain", "--rerank-ms", "-5"},
            {"search", "rain", "--approximate=0"},
            {"search", "--approximate=abc"},
            {"similar", video, "-k", "0"},
            {"similar", video, "--at", "NaN"},
            {"rank", video, "--texts", texts.toString(), "-k", "0"},
        };
        for (String[] command : wrong) {
            Said said = run(true, command);
            assertEquals(2, said.exit, String.join(" ", command));
            List<String> lines = said.err.lines().toList();
            assertTrue(lines.getFirst().startsWith("javigate: "), said.err);
            boolean parsed = !lines.getLast().startsWith("see ./javigate ");
            assertTrue(lines.size() <= (parsed ? 1 : 3), said.err);
        }
        assertEquals(1, run(true, "rank", video, "--texts", videos.toString()).exit);
        assertTrue(
                run(true, "rank", video, "--texts", videos.toString())
                        .err
                        .startsWith("javigate: " + videos));
    }

    @Test
    void whatIsMissingOrUnknownIsToldWithItsRemedy() {
        String quotes = "TEXT is one, in quotes; behind -- if it begins with -";
        String help = "see ./javigate search --help";
        assertEquals(
                List.of("javigate: Missing required parameter: 'TEXT'", quotes, help),
                wrong("search", "--explain", "-rain"));
        assertEquals(
                List.of("javigate: Unknown option: '-person'", quotes, help),
                wrong("search", "rain", "-person"));
        assertEquals(
                List.of(
                        "javigate: Unknown option: '--explan'",
                        "Possible solutions: --explain",
                        quotes,
                        help),
                wrong("search", "rain", "--explan"));
        assertEquals(
                List.of("javigate: Invalid value for option '-k': 'a' is not an int", help),
                wrong("search", "rain", "-k", "a"));
        List<String> group = wrong("model");
        assertEquals("javigate: Missing required subcommand", group.get(0));
        assertTrue(group.contains("Usage: javigate model [-hV] VERB"));
        assertEquals("see ./javigate model --help", wrong("model", "lst").getLast());
    }

    private static List<String> wrong(String... command) {
        Said said = said(command);
        assertEquals(2, said.exit);
        return said.err.lines().toList();
    }

    @Test
    void aFolderWithoutVideosSaysWhichAreTaken() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertTrue(run(true, "add", empty.toString()).out.contains("no video there"));
        Path gone = Files.createSymbolicLink(empty.resolve("gone.mp4"), folder.resolve("gone"));
        Said said = run(true, "add", empty.toString());
        assertEquals(0, said.exit);
        assertTrue(said.out.contains("failed   " + gone + ": a link that cannot be followed"));
        assertFalse(said.out.contains("passed over"), said.out);
    }

    @Test
    void aFileNamedToSteerTheTerminalIsShownEscaped() throws IOException {
        Path evil = videos.resolve("a\n\u001b[2J\u202ee.mp4");
        TinyModel.clip(evil, 9, 800);
        Files.writeString(
                evil.resolveSibling(evil.getFileName() + ".json"), "{\"\\u001b[3J\": {\"x\": 1}}");
        String shown = "a\\u000a\\u001b[2J\\u202ee.mp4";
        Said added = run(true, "add", evil.toString());
        assertTrue(added.out.contains(shown + " (1 clip)"), added.out);
        for (String[] verb :
                new String[][] {{"ls"}, {"search", "rain", "--explain"}, {"rm", evil.toString()}}) {
            Said said = run(verb[0].equals("search"), verb);
            assertTrue(said.out.contains(shown), said.out);
            assertFalse(said.out.contains("\u001b"), said.out);
        }
        Said gone = run(false, "rm", evil.toString());
        assertTrue(gone.err.contains(shown), gone.err);
        Said missing = run(true, "similar", videos.resolve("\n\u001b.mp4").toString());
        assertTrue(missing.err.contains("\\u000a\\u001b.mp4"), missing.err);
    }

    @Test
    void theWordBehindApproximateIsTheTextUnlessItIsANumber() {
        for (String[] rest :
                new String[][] {
                    {"--approximate", "a bell"},
                    {"a bell", "--approximate"},
                    {"--approximate", "100", "a bell"},
                    {"--approximate=100", "a bell"},
                }) {
            List<String> command = new ArrayList<>(List.of("search", "-k", "2"));
            command.addAll(List.of(rest));
            Said said = run(true, command.toArray(String[]::new));
            assertEquals(0, said.exit, said.err);
            assertTrue(said.out.startsWith("approximate: the 3 clips"), said.out);
        }
    }

    @Test
    void aFilterOfANameThatNobodyGaveIsTold() throws IOException {
        Files.writeString(videos.resolve("0.json"), "{\"tags\": \"x\", \"year\": 2020}");
        assertEquals(0, run(true, "add", videos.toString()).exit);
        for (String[] asked :
                new String[][] {
                    {"search", "rain"}, {"similar", videos.resolve("0.mp4").toString()}
                }) {
            Said said = run(true, asked[0], asked[1], "--filter", "yaer=2020", "--json");
            assertEquals(0, said.json().size());
            assertTrue(
                    said.err.contains(
                            "nothing is said of the videos under \"yaer\", only under: tag, year"),
                    said.err);
        }
        assertEquals(
                1, run(true, "search", "rain", "--filter", "year=2020.0", "--json").json().size());
    }

    @Test
    void filesInJsonAreNamedAsOtherVerbsTakeThem() throws IOException {
        Said similar = run(true, "similar", videos.resolve("0.mp4").toString(), "--json");
        assertEquals(2, similar.json().size());
        for (JsonNode clip : similar.json()) {
            assertTrue(Files.exists(Path.of(clip.path("file").asText())), similar.out);
        }
    }

    @Test
    void removingGoesOnAfterWhatIsUnknownAndTakesNoEmptyName() throws IOException {
        String first = videos.resolve("0.mp4").toString();
        String last = videos.resolve("2.mp4").toString();
        assertEquals(1, run(false, "rm", "").exit);
        assertEquals(1, run(true, "add", "").exit);
        Said said = run(false, "rm", first, "nope", last, "--json");
        assertEquals(1, said.exit);
        assertEquals(2, said.json().path("removed").size());
        assertEquals(List.of("nope"), List.of(said.json().path("unknown").get(0).asText()));
        assertTrue(said.err.startsWith("javigate: nope: not in the library "), said.err);
        assertEquals(0, run(false, "rm", videos.toString()).exit);
        assertTrue(run(false, "ls").out.startsWith("0 videos"));
    }

    @Test
    void whatIsLostOfADescriptionIsSaidWheneverItIsRead() throws IOException {
        Files.writeString(
                videos.resolve("0.json"),
                "{\"tags\": \"x\", \"date\": \"2020-01-01\", \"place\": {\"lat\": 1}}");
        Said said = run(true, "add", videos.toString());
        String updated =
                said.out.lines().filter(l -> l.startsWith("updated  ")).findFirst().orElse("");
        assertTrue(
                updated.endsWith(
                        "; place, no text, number or truth value; date, known of the video itself"
                                + " (said of it, but not kept)"),
                updated);
    }

    @Test
    void subtitlesAfterTheEndAreSaidToBeLost() throws IOException {
        String cue = "1\n00:00:00,000 --> 00:00:01,000\nrain\n\n";
        String later = "2\n01:00:00,000 --> 01:00:01,000\nsnow\n\n";
        String lost = "1 of 2 subtitles, after its end at ";
        Path subtitles = videos.resolve("0.srt");
        Files.writeString(subtitles, cue + later);
        assertTrue(run(true, "add", videos.toString()).out.contains(lost)); // of a stored video
        Files.copy(videos.resolve("0.mp4"), videos.resolve("new.mp4"));
        Files.copy(subtitles, videos.resolve("new.srt"));
        Said said = run(true, "add", videos.toString());
        assertTrue(
                said.out.lines().anyMatch(l -> l.contains("new.mp4") && l.contains(lost)),
                said.out);
        Files.writeString(subtitles, cue);
        assertFalse(run(true, "add", videos.toString()).out.contains(lost));
    }

    private Said run(boolean model, String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--library", folder.resolve("library").toString()));
        if (model) {
            all.addAll(List.of("--model", folder.resolve("model").toString()));
        }
        return said(all.toArray(String[]::new));
    }

    private static Said said(String... args) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
        try {
            int exit = Javigate.run(args);
            return new Said(
                    exit,
                    outBytes.toString(StandardCharsets.UTF_8),
                    errBytes.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }
}
