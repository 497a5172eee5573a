package javigate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javigate.data.Manifest;
import javigate.data.SightSound;
import javigate.search.TinyModel;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code eval} as a user runs it, with a model of random weights. */
class EvalCommandTest {

    @TempDir static Path folder;

    private record Said(int exit, String out, String err) {}

    @BeforeAll
    static void make() throws Exception {
        SightSound.generate(folder.resolve("data"), new SightSound.Sizes(2, 4, 3), 1, (_, _) -> {});
        var _ = TinyModel.save(folder.resolve("model"), 1);
    }

    @Test
    void theSplitToChooseByIsTheDefault() {
        Said said = run();
        assertEquals(0, said.exit, said.err);
        assertTrue(said.out.contains("split: val, 4 clips, 4 captions"), said.out);
        assertTrue(said.out.contains("ties: of tied clips a query's own counts last"), said.out);
        assertTrue(said.out.lines().anyMatch(line -> line.matches("sound: in \\d of 4 .*")));
        assertFalse(said.err.contains("TEST SPLIT"), said.err);
        assertFalse(said.out.contains("post-processed"), said.out);
    }

    @Test
    void theTestSplitIsLoud() {
        Said said = run("--split", "test");
        assertTrue(said.err.startsWith("*** THE TEST SPLIT"), said.err);
        assertTrue(said.out.contains("split: test (to report, not to choose by), 3 clips"));
    }

    @Test
    void postProcessedFiguresStandApart() throws Exception {
        Said table = run("--norm", "sk,dsl", "--ties", "official-square");
        int raw = table.out.indexOf("What the sound adds");
        int sk = table.out.indexOf("post-processed, sk: uses the whole test set");
        int dsl = table.out.indexOf("post-processed, dsl: uses the whole test set");
        assertTrue(raw > 0 && sk > raw && dsl > sk, table.out);
        Said said = run("--norm", "dsl,qb,sk", "--ties", "official-square", "--json");
        JsonNode json = new ObjectMapper().readTree(said.out);
        JsonNode plain = new ObjectMapper().readTree(run("--json").out);
        assertEquals(plain.path("textToVideo"), json.path("textToVideo"));
        assertEquals("val", json.path("split").asText());
        assertEquals("official-square", json.path("ties").asText());
        assertEquals(0, plain.path("postProcessed").size());
        JsonNode post = json.path("postProcessed");
        assertEquals(3, post.size());
        assertTrue(post.path("dsl").path("rSum").path("all").isNumber());
        assertTrue(post.path("qb").path("videoToText").isEmpty(), "defined for texts only");
        JsonNode interval = json.path("intervals").path("textToVideo").path("all").path("r1");
        assertTrue(interval.path("low").asDouble() <= interval.path("high").asDouble());
        JsonNode audio = json.path("audio");
        assertEquals(
                4,
                audio.path("sounding").asInt()
                        + audio.path("silent").asInt()
                        + audio.path("absent").asInt());
    }

    @Test
    void theReportTellsTheSameAsTheTableAndHowItWasMade() throws Exception {
        Path file = folder.resolve("it's a report.html");
        String model = folder.resolve("model") + "";
        Said said = run("--report", file + "", "--beside", "the same=" + model, "--json");
        assertEquals(0, said.exit, said.err);
        assertTrue(said.err.contains("report: " + file), said.err);
        JsonNode json = new ObjectMapper().readTree(said.out);
        String page = Files.readString(file);
        double mean = json.path("textToVideo").path("all").path("meanRank").asDouble();
        assertTrue(page.contains(String.format(Locale.ROOT, "<b>%.1f</b>", mean)), "mean rank");
        Manifest manifest = Manifest.readSightSound(folder.resolve("data"), "val");
        assertTrue(page.contains("<dd>" + manifest.sha256() + "</dd>"));
        assertTrue(page.contains("<dd>of tied clips a query's own counts last</dd>"));
        assertTrue(page.contains("libtorch"));
        assertTrue(
                page.contains("it'\\''s a report.html' --beside 'the same=" + model + "' --json"),
                "a shell can run it");
        assertTrue(page.contains("This model minus “the same”, both with sound"));
    }

    @Test
    void aReportWithoutAPlaceIsRefusedBeforeTheWork() {
        Said nowhere = run("--report", folder.resolve("no/such/report.html") + "");
        assertEquals(1, nowhere.exit);
        assertTrue(nowhere.err.contains("in a folder that is there"), nowhere.err);
        assertEquals("", nowhere.out);
        Said noFile = run("--beside", "b=" + folder.resolve("model"));
        assertEquals(1, noFile.exit);
        assertTrue(noFile.err.contains("name its file by --report"), noFile.err);
        Said noModel = run("--report", folder.resolve("r.html") + "", "--beside", "b=none");
        assertEquals(1, noModel.exit);
        assertTrue(noModel.err.contains("none: no such model folder"), noModel.err);
    }

    @Test
    void queriesAreNoBankOfTheirOwn() {
        Said said = run("--split", "train", "--norm", "qb");
        assertEquals(1, said.exit);
        assertTrue(said.err.contains("evaluate another split"), said.err);
        Said unknown = run("--ties", "first");
        assertEquals(2, unknown.exit);
        assertTrue(
                unknown.err.contains("first is none of own-last, official-square, official-multi"),
                unknown.err);
    }

    private static Said run(String... more) {
        List<String> arguments = new ArrayList<>(List.of("--data", folder.resolve("data") + ""));
        arguments.addAll(List.of("--checkpoint", folder.resolve("model") + ""));
        arguments.addAll(List.of(more));
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(told, true, StandardCharsets.UTF_8));
        try {
            int exit = new CommandLine(new EvalCommand()).execute(arguments.toArray(String[]::new));
            return new Said(
                    exit,
                    printed.toString(StandardCharsets.UTF_8),
                    told.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }
}
