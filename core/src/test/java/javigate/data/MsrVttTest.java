package javigate.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MsrVttTest {

    private static final String TRAIN = "MSRVTT_train.9k.csv";
    private static final String TEST = "MSRVTT_JSFUSION_test.csv";

    private static final String JSON =
            """
            {"info": {"year": "2016"},
             "videos": [{"video_id": "video0", "url": "u", "category": 9, "split": "train"}],
             "sentences": [
              {"caption": "a car", "video_id": "video0", "sen_id": 0},
              {"caption": "a man", "video_id": "video1", "sen_id": 1},
              {"caption": " ", "video_id": "video2", "sen_id": 2},
              {"caption": "a red car", "video_id": "video0", "sen_id": 3},
              {"caption": "a red car", "video_id": "video0", "sen_id": 4}]}
            """;

    @TempDir private Path folder;

    private Path json;
    private Path videos;

    @BeforeEach
    void writeJson() throws IOException {
        json = Files.writeString(folder.resolve("MSRVTT_data.json"), JSON);
        videos = Files.createDirectory(folder.resolve("videos"));
    }

    @Test
    void aTrainingListTakesAllSentencesInFileOrder() throws IOException {
        Files.createFile(videos.resolve("video1.webm"));
        Manifest manifest = read(TRAIN, "video_id\nvideo1\nvideo0\n");
        assertEquals("video1", manifest.items().getFirst().videoId());
        assertEquals(videos.resolve("video1.webm"), manifest.items().getFirst().file());
        assertEquals(
                List.of("a car", "a red car", "a red car"), manifest.items().get(1).captions());
        assertEquals("", manifest.items().get(1).kind());
        assertEquals(List.of(manifest.items().get(1)), manifest.missing());
        assertEquals(Manifest.Role.TRAINING, manifest.role());
        assertEquals(1, manifest.leftOut().captionsOfOthers());
    }

    @Test
    void aTestListBringsItsOwnSentences() throws IOException {
        Manifest manifest =
                read(
                        TEST,
                        """
                        key,vid_key,video_id,sentence\r
                        ret0,msr1,video7,"a man, ""the cook"",
                        stirs"\r
                        ret1,msr2,video0,a car\
                        """);
        assertEquals(
                List.of("a man, \"the cook\",\nstirs"), manifest.items().getFirst().captions());
        assertEquals(List.of("a car"), manifest.items().get(1).captions());
        assertEquals(Manifest.Role.TEST, manifest.role());
    }

    @Test
    void clipsWithoutCaptionsAreLeftOutAndCounted() throws IOException {
        Manifest manifest = read(TRAIN, "video_id\nvideo2\nvideo0\nvideo9\n");
        assertEquals(1, manifest.items().size());
        assertEquals(new Manifest.LeftOut(1, List.of("video2", "video9"), 1), manifest.leftOut());
    }

    @Test
    void trainingGoesOnWithoutMissingVideosAndEvaluationDoesNot() throws IOException {
        Files.createFile(videos.resolve("video1.mp4"));
        Manifest manifest = read(TRAIN, "video_id\nvideo1\nvideo0\n");
        String lack =
                "MSR-VTT train-9k: 1 of 2 videos are missing ("
                        + videos.resolve("video0.mp4")
                        + ")";
        List<String> warnings = new ArrayList<>();
        Manifest rest = manifest.withoutMissing(warnings::add);
        assertEquals(List.of(manifest.items().getFirst()), rest.items());
        assertEquals(List.of("WARNING: " + lack + "; training goes on without them"), warnings);
        assertEquals(rest, rest.withoutMissing(warnings::add));
        assertEquals(1, warnings.size());
        assertEquals(rest, rest.requireVideos());
        IOException e = assertThrows(IOException.class, manifest::requireVideos);
        assertTrue(String.valueOf(e.getMessage()).startsWith(lack + "; figures over"));
        Files.delete(videos.resolve("video1.mp4"));
        e = assertThrows(IOException.class, () -> manifest.withoutMissing(warnings::add));
        assertTrue(
                String.valueOf(e.getMessage()).endsWith("; look with data check"), e.getMessage());
    }

    @Test
    void errorsNameFileAndLine() throws IOException {
        String name = folder.resolve(TRAIN).toString();
        assertFails("id\nvideo0\n", name + " line 1: no column video_id, only [id]");
        assertFails(
                "video_id\nvideo0\nvideo1\nvideo0\n",
                name + " line 4: video0 is listed in line 2 already");
        assertFails("video_id,x\n,1\n", name + " line 2: no id of a video");
        assertFails(
                "video_id,sentence\nvideo0,a car, red\n",
                name + " line 2: 3 fields, the header has 2; quote fields with commas");
        assertFails("video_id,sentence\nvideo0,\"a\n", name + " line 2: a quote is never closed");
        assertFails("video_id\n", name + ": lists no clip");
        assertFails(
                "video_id\nvideo9\n",
                name + ": lists 1 clips but there is no caption for any of them");
        assertFails("", name + ": is empty; it needs a header with video_id");
    }

    @Test
    void aBrokenJsonIsNamedToo() throws IOException {
        Files.writeString(folder.resolve(TRAIN), "video_id\nvideo0\n");
        String message = failure("{\"sentences\": [\n{\"caption\": }]}");
        assertTrue(message.startsWith(json + " line 2: not JSON: "), message);
        assertEquals(
                json + ": sentences[0] has no text 'video_id'",
                failure("{\"sentences\": [{\"caption\": \"a\"}]}"));
        assertEquals(json + ": has no list 'sentences'; MSR-VTT's JSON has one", failure("{}"));
    }

    @Test
    void writtenCsvReadsBack() throws IOException {
        List<String> fields = List.of("a", "", "b,c", "\"d\"", "e\nf", " g ");
        Path csv =
                Files.writeString(
                        folder.resolve("list.csv"), Csv.line(fields) + "\n" + Csv.line(fields));
        List<Csv.Row> rows = Csv.read(csv);
        assertEquals(List.of(new Csv.Row(1, fields), new Csv.Row(4, fields)), rows);
    }

    private Manifest read(String list, String csv) throws IOException {
        Files.writeString(folder.resolve(list), csv);
        return MsrVtt.read(folder, videos, null).getFirst();
    }

    private void assertFails(String csv, String message) {
        IOException e = assertThrows(IOException.class, () -> read(TRAIN, csv));
        assertEquals(message, e.getMessage());
    }

    private String failure(String text) throws IOException {
        Files.writeString(json, text);
        IOException e = assertThrows(IOException.class, () -> MsrVtt.read(folder, videos, null));
        return String.valueOf(e.getMessage());
    }
}
