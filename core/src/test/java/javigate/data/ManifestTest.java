package javigate.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestTest {

    private static final String JSON =
            """
            {"info": {"year": "2016"},
             "videos": [{"video_id": "video0", "url": "u", "category": 9, "split": "train"}],
             "sentences": [
              {"caption": "a car", "video_id": "video0", "sen_id": 0},
              {"caption": "a man", "video_id": "video1", "sen_id": 1},
              {"caption": "a red car", "video_id": "video0", "sen_id": 2}]}
            """;

    @TempDir private Path folder;

    private Path json;

    @BeforeEach
    void writeJson() throws IOException {
        json = Files.writeString(folder.resolve("data.json"), JSON);
    }

    @Test
    void aTrainingListTakesAllSentencesInFileOrder() throws IOException {
        Files.createFile(folder.resolve("video1.webm"));
        Manifest manifest = Manifest.read(json, csv("video_id\nvideo1\nvideo0\n"), folder);
        assertEquals("video1", manifest.items().getFirst().videoId());
        assertEquals(folder.resolve("video1.webm"), manifest.items().getFirst().file());
        assertEquals(List.of("a car", "a red car"), manifest.items().get(1).captions());
        assertEquals("", manifest.items().get(1).kind());
        assertEquals(List.of(manifest.items().get(1)), manifest.missing());
    }

    @Test
    void aTestListBringsItsOwnSentences() throws IOException {
        Path csv =
                csv(
                        """
                        key,vid_key,video_id,sentence\r
                        ret0,msr1,video7,"a man, ""the cook"",
                        stirs"\r
                        ret1,msr2,video0,a car\
                        """);
        Manifest manifest = Manifest.read(json, csv, folder);
        assertEquals(
                List.of("a man, \"the cook\",\nstirs"), manifest.items().getFirst().captions());
        assertEquals(List.of("a car"), manifest.items().get(1).captions());
    }

    @Test
    void errorsNameFileAndLine() throws IOException {
        String name = folder.resolve("list.csv").toString();
        assertFails(
                "video_id\nvideo0\nvideo9\n", name + " line 3: video9 has no sentence in " + json);
        assertFails("id\nvideo0\n", name + " line 1: no column video_id, only [id]");
        assertFails(
                "video_id\nvideo0\nvideo1\nvideo0\n",
                name + " line 4: video0 is listed in line 2 already");
        assertFails(
                "video_id,sentence\nvideo0,\"two\nlines\"\nvideo1,\n",
                name + " line 4: video1 has an empty sentence; remove or fill it");
        assertFails(
                "video_id,sentence\nvideo0,a car, red\n",
                name + " line 2: 3 fields, the header has 2; quote fields with commas");
        assertFails("video_id,sentence\nvideo0,\"a\n", name + " line 2: a quote is never closed");
        assertFails("video_id\n", name + ": lists no clip, only a header");
        assertFails("", name + ": is empty; it needs a header with video_id");
    }

    @Test
    void aBrokenJsonIsNamedToo() throws IOException {
        Path csv = csv("video_id\nvideo0\n");
        Files.writeString(json, "{\"sentences\": [\n{\"caption\": }]}");
        IOException e = assertThrows(IOException.class, () -> Manifest.read(json, csv, folder));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith(json + " line 2: not JSON: "), message);
        Files.writeString(json, "{\"sentences\": [{\"caption\": \"a\"}]}");
        e = assertThrows(IOException.class, () -> Manifest.read(json, csv, folder));
        assertEquals(json + ": sentences[0] has no text 'video_id'", e.getMessage());
        Files.writeString(json, "{}");
        e = assertThrows(IOException.class, () -> Manifest.read(json, csv, folder));
        assertEquals(json + ": has no list 'sentences'; MSR-VTT's JSON has one", e.getMessage());
    }

    @Test
    void writtenCsvReadsBack() throws IOException {
        List<String> fields = List.of("a", "", "b,c", "\"d\"", "e\nf", " g ");
        Path csv = csv(Csv.line(fields) + "\n" + Csv.line(fields));
        List<Csv.Row> rows = Csv.read(csv);
        assertEquals(List.of(new Csv.Row(1, fields), new Csv.Row(4, fields)), rows);
    }

    private void assertFails(String csv, String message) throws IOException {
        Path file = csv(csv);
        IOException e = assertThrows(IOException.class, () -> Manifest.read(json, file, folder));
        assertEquals(message, e.getMessage());
    }

    private Path csv(String text) throws IOException {
        return Files.writeString(folder.resolve("list.csv"), text);
    }
}
