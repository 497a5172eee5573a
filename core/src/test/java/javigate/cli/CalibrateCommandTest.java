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
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javigate.checkpoint.Calibration;
import javigate.checkpoint.Checkpoint;
import javigate.data.SightSound;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code calibrate} as a user runs it, with a copy of the model that ships. */
class CalibrateCommandTest {

    @TempDir Path folder;

    private record Said(int exit, String out, String err) {}

    @Test
    void fitsKeepsMeasuresAndDraws() throws Exception {
        Path data = folder.resolve("data");
        SightSound.generate(data, new SightSound.Sizes(0, 6, 4), 1, (_, _) -> {});
        Path model = Files.createDirectory(folder.resolve("model"));
        try (Stream<Path> files = Files.list(Checkpoint.shipped().folder())) {
            for (Path file : files.filter(f -> !f.endsWith("calibration.json")).toList()) {
                Files.copy(file, model.resolve(file.getFileName()));
            }
        }
        Path page = folder.resolve("relevance.html");
        String[] arguments = {
            "--data",
            data + "",
            "--checkpoint",
            model + "",
            "--test",
            "--json",
            "--report",
            page + ""
        };
        Said said = run(arguments);
        assertEquals(0, said.exit, said.err);
        assertTrue(said.err.startsWith("*** THE TEST SPLIT"), said.err);
        JsonNode json = new ObjectMapper().readTree(said.out);
        assertEquals(6, json.path("on").path("val").path(0).path("clips").asInt());
        assertEquals(4, json.path("on").path("test").path(0).path("clips").asInt());
        Optional<Calibration> kept = Calibration.of(Checkpoint.open(model));
        assertEquals(
                json.path("relevance").path("least").asDouble(),
                kept.orElseThrow().relevance().least());
        assertEquals(4, kept.orElseThrow().measuredOn().getLast().clips());
        String html = Files.readString(page);
        assertTrue(html.contains("On test") && html.contains("polyline"), "a curve on test");
        assertFalse(html.contains("<script"));
    }

    private static Said run(String... arguments) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(told, true, StandardCharsets.UTF_8));
        try {
            int exit =
                    new CommandLine(new CalibrateCommand())
                            .execute(List.of(arguments).toArray(String[]::new));
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
