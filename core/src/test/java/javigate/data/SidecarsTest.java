package javigate.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javigate.data.AboutVideo.Subtitle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SidecarsTest {
    @TempDir Path folder;

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    private Sidecars read() throws IOException {
        return Sidecars.of(folder.resolve("Film.mp4"), new Sidecars.Folders());
    }

    private String failure() {
        return String.valueOf(assertThrows(IOException.class, this::read).getMessage());
    }

    @Test
    void readsWhatLiesBesideTheVideoAndNothingElse() throws IOException {
        assertEquals(new Sidecars(AboutVideo.NOTHING, ""), read());
        write(
                "Film.json",
                """
                {"Tags": ["sea", "sun"], "caption": "a beach", "notes": [" one ", null, ""],
                 "rating": 9.5, "seen": true, "Shot Date": "2024-05-01", "none": null,
                 "deep": {"er": 1}, "list": [1, 2]}
                """);
        write("film.EN.srt", "1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>Hello</i>\r\nyou\r\n\r\n");
        write(
                "Film.vtt",
                """
                WEBVTT

                NOTE x

                id
                01:00.5 --> 1:00:02.000 align:start
                <v Ann>AT&amp;T &#39;n&#39; R&B &lt;3 &lt;!-- &nope; &#10;a < b <i>and</i> c > d
                """);
        write("film2.srt", "no subtitles of this film");
        write("Film.info.json", "nor is this");
        AboutVideo about = read().about();
        assertEquals(
                Map.of(
                        "tag", List.of("sea", "sun"),
                        "rating", List.of("9.5"),
                        "seen", List.of("true"),
                        "shot_date", List.of("2024-05-01"),
                        "list", List.of("1", "2")),
                about.metadata());
        assertEquals(List.of("a beach"), about.captions());
        assertEquals(List.of("one"), about.notes());
        assertEquals(List.of("deep"), about.passedOver());
        assertEquals(
                List.of(
                        new Subtitle(1000, 2500, "Hello you"),
                        new Subtitle(
                                60_500, 3_602_000, "AT&T 'n' R&B <3 <!-- &nope;  a < b and c > d")),
                about.subtitles());
        String before = read().sha256();
        assertEquals(before, read().sha256());
        write("Film.vtt", "WEBVTT");
        assertNotEquals(before, read().sha256());
    }

    @Test
    void whatLiesBesideTwoVideosIsOfTheOneItIsWrittenAs() throws IOException {
        write("Film.json", "{\"who\": \"upper\"}");
        write("film.json", "{\"who\": \"lower\"}");
        assertEquals(Map.of("who", List.of("upper")), read().about().metadata());
        Sidecars.Folders folders = new Sidecars.Folders();
        Sidecars lower = Sidecars.of(folder.resolve("film.mp4"), folders);
        assertEquals(Map.of("who", List.of("lower")), lower.about().metadata());

        write("Film.day.srt", "00:00:01,000 --> 00:00:02,000\nwater\n");
        assertEquals(1, read().about().subtitles().size()); // day may be a language
        write("film.day.mp4", "");
        assertEquals(0, read().about().subtitles().size());
        Sidecars day = Sidecars.of(folder.resolve("film.day.mp4"), new Sidecars.Folders());
        assertEquals(1, day.about().subtitles().size());
    }

    @Test
    void aColumnThatIsThereTwiceIsRefused() throws IOException {
        write("table.csv", "video,tag,tag\nFilm.mp4,one,two\n");
        IOException refused =
                assertThrows(
                        IOException.class,
                        () -> CsvTable.read(folder.resolve("table.csv"), "video"));
        assertTrue(String.valueOf(refused.getMessage()).contains("line 1: two columns tag"));
    }

    @Test
    void whatCannotBeReadIsNamed() throws IOException {
        write("Film.json", "[1]");
        assertTrue(failure().contains("Film.json: no JSON object"), failure());
        write("Film.json", "{\n\n nonsense");
        assertTrue(failure().contains("Film.json line 3: not JSON"), failure());
        Files.delete(folder.resolve("Film.json"));
        write("Film.srt", "words");
        assertTrue(failure().contains("Film.srt: no subtitle in it"), failure());
        write("Film.srt", "\n00:00:02,000 --> 00:00:01,000\nx\n");
        assertTrue(failure().contains("Film.srt line 2: it ends at 1000 ms"), failure());
    }

    @Test
    void aTableTellsOfManyVideos() throws IOException {
        for (String table : List.of("t.jsonl", "t.csv")) {
            write(
                    "t.jsonl",
                    "{\"video\":\"a.mp4\",\"tags\":\"x\"}\n{\"video\":\"a.mp4\",\"tags\":\"y\"}\n");
            write("t.csv", "video,tags\na.mp4,x\n./a.mp4,y\n");
            AboutTable read = AboutTable.read(folder.resolve(table));
            assertEquals(
                    Map.of("tag", List.of("x", "y")),
                    read.of(folder.resolve("a.mp4")).orElseThrow().metadata());
            assertTrue(read.of(folder.resolve("b.mp4")).isEmpty());
            assertEquals(1, read.videos().size());
        }
        write("t.csv", "tags\nx\n");
        assertThrows(IOException.class, () -> AboutTable.read(folder.resolve("t.csv")));
    }
}
