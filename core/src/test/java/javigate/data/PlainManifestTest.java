package javigate.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javigate.media.Audio;
import javigate.media.Clip;
import javigate.media.FfmpegVideoReader;
import javigate.search.TinyModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlainManifestTest {

    private static final List<String> IDS =
            List.of("a.mp4", "a.mp4#t=2.000,3.500", "ü/b.mp4#t=1.000");

    @TempDir private Path folder;

    @Test
    void theThreeFormsGiveTheSameClips() throws Exception {
        Path jsonl =
                write(
                        "train.jsonl",
                        """
                        {"video": "a.mp4", "captions": ["one", "two", ""], "extra": 7}

                        {"video": "a.mp4", "captions": ["three"], "start": 2, "end": 3.5}
                        {"video": "ü/b.mp4", "captions": "vier, \\"fünf\\"", "start": 1, "end": null}
                        {"video": "a.mp4", "captions": "one"}
                        """);
        Path csv =
                write(
                        "train.csv",
                        """
                        start,video,captions,end
                        ,a.mp4,one,
                        0,a.mp4,two,
                        ,a.mp4," ",
                        2,a.mp4,three,3.5
                        1.0,ü/b.mp4,"vier, ""fünf""\",
                        ,a.mp4,one,
                        """);
        // A name that is a pattern too, beside a file which that pattern matches.
        Path parquet = folder.resolve("train[1]*?.parquet");
        parquet(
                parquet,
                "('a.mp4', ['one', 'two', ''], NULL, NULL, 1), ('a.mp4', ['three'], 2, 3.5, 2),"
                        + " ('ü/b.mp4', ['vier, \"fünf\"'], 1, NULL, 3), ('a.mp4', ['one'], 0, NULL, 4)");
        parquet(folder.resolve("train1x.parquet"), "('z.mp4', ['z'], 0, NULL, 1)");
        Manifest expected = Datasets.read(jsonl, null, null).getFirst();
        assertEquals(IDS, expected.items().stream().map(Manifest.Item::videoId).toList());
        assertEquals(List.of("one", "two", "one"), expected.items().getFirst().captions());
        assertEquals(List.of("vier, \"fünf\""), expected.items().getLast().captions());
        assertEquals(folder.resolve("ü/b.mp4"), expected.items().getLast().file());
        assertEquals(1, expected.leftOut().emptyCaptions());
        assertEquals(Manifest.Role.TRAINING, expected.role());
        for (Path other : List.of(csv, parquet)) {
            Manifest read = Datasets.read(other, null, null).getFirst();
            assertEquals(expected.items(), read.items());
            assertEquals(expected.leftOut(), read.leftOut());
            assertEquals(expected.sha256(), read.sha256());
        }
    }

    @Test
    void onlyTheStretchIsLoaded() throws IOException {
        TinyModel.clip(folder.resolve("a.mp4"), 4, 500);
        Path sounds = Files.createDirectory(folder.resolve("sounds"));
        Wav.write(sounds.resolve("a.wav"), 22_050, 3);
        Path file =
                write(
                        "x.jsonl",
                        """
                        {"video": "a.mp4", "captions": "c", "start": 1, "end": 2.5}
                        {"video": "a.mp4", "captions": "c", "start": 2}
                        {"video": "a.mp4", "captions": "c", "start": 9}
                        """);
        try (FfmpegVideoReader reader = new FfmpegVideoReader()) {
            List<Manifest.Item> own = Datasets.read(file, null, null).getFirst().items();
            Clip clip = own.getFirst().read(reader, 10, 100);
            assertEquals(15, clip.frames().size());
            assertEquals(1000, clip.frames().getFirst().timestampMs());
            // The grey rises from 20 by 5 a picture.
            assertEquals(70, clip.frames().getFirst().image().rgb()[0] & 255, 6);
            assertEquals(24_000, samples(clip));
            assertEquals(32_000, samples(own.get(1).read(reader, 1, 12)));
            IOException e = assertThrows(IOException.class, () -> own.get(2).read(reader, 1, 12));
            assertTrue(
                    String.valueOf(e.getMessage()).contains("the part starts at 9000 ms but"),
                    e.getMessage());

            List<Manifest.Item> other = Datasets.read(file, null, sounds).getFirst().items();
            assertEquals(24_000, samples(other.getFirst().read(reader, 1, 12)));
            assertEquals(16_000, samples(other.get(1).read(reader, 1, 12)));
        }
    }

    @Test
    void errorsNameTheLine() throws IOException {
        assertFails("x.txt", "", ": a table's name ends in .jsonl, .csv or .parquet");
        assertFails("x.jsonl", "\n", ": lists no clip");
        assertFails("x.jsonl", "{\"captions\": \"c\"}", " line 1: no 'video', the path of a file");
        assertFails(
                "x.jsonl",
                "\n{\"video\": \"a\"}",
                " line 2: no 'captions', a text or a list of texts");
        assertFails(
                "x.jsonl",
                "{\"video\": \"a\", \"captions\": [1]}",
                " line 1: a caption is no text but 1");
        assertFails(
                "x.csv",
                "video,captions,start\na,c,-1\n",
                " line 2: start \"-1\"; it is a number of seconds, 0 to 100000000");
        assertFails(
                "x.csv",
                "video,captions,start,end\na,c,2,2\n",
                " line 2: the clip ends at 2000 ms, not after its start at 2000 ms");
        assertFails(
                "x.csv",
                "video,caption\na,c\n",
                " line 1: no column captions, only [video, caption]");
        Path file = write("x.parquet", "no parquet");
        IOException e = assertThrows(IOException.class, () -> Datasets.read(file, null, null));
        assertTrue(
                String.valueOf(e.getMessage()).startsWith(file + ": not readable as Parquet: "),
                e.getMessage());
    }

    private void assertFails(String name, String text, String message) throws IOException {
        Path file = write(name, text);
        IOException e = assertThrows(IOException.class, () -> Datasets.read(file, null, null));
        assertEquals(file + message, e.getMessage());
    }

    private static int samples(Clip clip) {
        return assertInstanceOf(Audio.Waveform.class, clip.audio()).samples().length;
    }

    private static void parquet(Path file, String values) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "COPY (SELECT * FROM (VALUES %s) t(video, captions, start, \"end\", other)) TO '%s'"
                                    .formatted(values, file)
                            + " (FORMAT parquet)");
        }
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
