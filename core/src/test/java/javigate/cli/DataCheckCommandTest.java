package javigate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javigate.search.TinyModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code data check} as a process of its own. */
class DataCheckCommandTest {

    @TempDir private Path folder;

    private record Said(int code, String out, String err) {}

    @Test
    void whatIsMissingCorruptDamagedOrWithoutSoundIsTold() throws Exception {
        Path videos = Files.createDirectory(folder.resolve("videos"));
        TinyModel.clip(videos.resolve("good.mp4"), 2, 400);
        TinyModel.clip(videos.resolve("mute.mp4"), 2, 0);
        Files.writeString(videos.resolve("corrupt.mp4"), "no video");
        byte[] whole = Files.readAllBytes(TinyModel.clip(folder.resolve("a.mp4"), 8, 400));
        Files.write(
                videos.resolve("cut.mp4"), java.util.Arrays.copyOf(whole, whole.length * 2 / 3));
        Files.writeString(
                folder.resolve("MSRVTT_data.json"),
                Stream.of("good:a", "good:a", "good:ü", "mute:b", "corrupt:c", "cut:d", "gone:e")
                        .map(s -> s.split(":", 2))
                        .map(
                                s ->
                                        "{\"video_id\": \"%s\", \"caption\": \"%s\"}"
                                                .formatted(s[0], s[1]))
                        .collect(Collectors.joining(",", "{\"sentences\": [", "]}")));
        Files.writeString(
                folder.resolve("MSRVTT_train.9k.csv"),
                "video_id\ngood\nmute\ncorrupt\ncut\ngone\nsilent\n");
        Files.writeString(
                folder.resolve("MSRVTT_JSFUSION_test.csv"), "video_id,sentence\ngood,x\n");

        Said json = javigate(classPath(), "data", "check", "--data", folder.toString(), "--json");
        assertEquals(1, json.code(), json.err());
        JsonNode train = new ObjectMapper().readTree(json.out()).get(0);
        assertEquals("train-9k", train.path("split").asText());
        assertEquals(5, train.path("clips").asInt());
        assertEquals(4, train.path("found").asInt());
        assertEquals(videos.resolve("gone.mp4").toString(), train.at("/missing/0").asText());
        assertEquals(1, train.path("corrupt").size());
        assertTrue(train.at("/corrupt/0").asText().startsWith(videos + "/corrupt.mp4: "));
        assertEquals(1, train.path("damaged").size(), train::toPrettyString);
        assertTrue(train.at("/damaged/0").asText().startsWith(videos + "/cut.mp4: "));
        assertEquals("mute: no audio track", train.at("/withoutAudio/0").asText());
        assertEquals(7, train.at("/captions/total").asInt());
        assertEquals(3, train.at("/captions/most").asInt());
        assertEquals(1, train.at("/captions/duplicates").asInt());
        assertEquals("silent", train.at("/leftOut/withoutCaptions/0").asText());
        assertEquals(64, train.path("sha256").asText().length());

        Said table = javigate(classPath(), "data", "check", "--data", folder.toString());
        assertEquals(1, table.code());
        assertTrue(
                table.out()
                        .contains("train-9k    training         5      4       1       1       1"),
                table.out());
        assertTrue(table.out().contains("  missing: " + videos.resolve("gone.mp4")), table.out());

        Said test =
                javigate(
                        classPath(),
                        "data",
                        "check",
                        "--data",
                        folder.toString(),
                        "--split",
                        "test");
        assertEquals(0, test.code(), test.out());
    }

    @Test
    void withoutDuckDbParquetIsRefusedInOneLine() throws Exception {
        Path file = Files.writeString(folder.resolve("x.parquet"), "PAR1");
        List<String> without = new ArrayList<>(classPath());
        assertTrue(without.removeIf(entry -> entry.contains("duckdb")));
        Said said = javigate(without, "data", "check", "--data", file.toString());
        assertEquals(1, said.code());
        assertEquals(
                "javigate: "
                        + file
                        + ": reading Parquet needs DuckDB: add org.duckdb:duckdb_jdbc to the class"
                        + " path, or write the table as .jsonl",
                said.err().strip());
    }

    private static List<String> classPath() {
        return List.of(System.getProperty("java.class.path").split(File.pathSeparator, -1));
    }

    private Said javigate(List<String> classPath, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-cp");
        command.add(String.join(File.pathSeparator, classPath));
        command.add(Javigate.class.getName());
        command.addAll(List.of(arguments));
        Path out = folder.resolve("out.txt");
        Path err = folder.resolve("err.txt");
        int code =
                new ProcessBuilder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start()
                        .waitFor();
        return new Said(
                code,
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }
}
