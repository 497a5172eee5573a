package javigate.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javigate.media.Audio;
import javigate.media.Clip;
import javigate.media.FfmpegVideoReader;
import javigate.search.TinyModel;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small data sets in the exact layouts of the published ones, with their odd cases. */
class DatasetsTest {

    private static final String UMLAUT = "ein Mädchen öffnet die Tür; 猫が走る";

    @TempDir private Path folder;

    private Path videos;
    private Path sounds;

    @BeforeEach
    void folders() throws IOException {
        videos = Files.createDirectory(folder.resolve("videos"));
        sounds = Files.createDirectory(folder.resolve("sounds"));
    }

    @Test
    void msrVttWithTwentyCaptionsAndSoundInFilesOfItsOwn() throws IOException {
        List<String> sentences = new ArrayList<>();
        for (int i = 0; i < 19; i++) {
            sentences.add(sentence("video0", "caption " + i % 18));
        }
        sentences.add(sentence("video0", UMLAUT));
        sentences.add(sentence("video1", ""));
        sentences.add(sentence("video1", "a dog"));
        write("MSRVTT_data.json", "{\"videos\": [], \"sentences\": [" + join(sentences) + "]}");
        write("MSRVTT_train.9k.csv", "video_id\nvideo0\nvideo1\n");
        write("MSRVTT_train.7k.csv", "video_id\nvideo0\n");
        write(
                "MSRVTT_JSFUSION_test.csv",
                "key,vid_key,video_id,sentence\nret0,msr9770,video2,\"a cat, asleep\"\n");
        TinyModel.clip(videos.resolve("video0.mp4"), 3, 500);
        TinyModel.clip(folder.resolve("a.mp4"), 2, 500);
        Files.move(folder.resolve("a.mp4"), videos.resolve("video1.webm"));
        Wav.write(sounds.resolve("video0.wav"), 16_000, 2);

        List<Manifest> splits = Datasets.read(folder, null, sounds);
        assertEquals(
                List.of("train-9k", "train-7k", "test"),
                splits.stream().map(Manifest::split).toList());
        Manifest train = splits.getFirst();
        assertEquals(20, train.items().getFirst().captions().size());
        assertEquals(UMLAUT, train.items().getFirst().captions().getLast());
        assertEquals(1, train.leftOut().emptyCaptions());
        assertEquals(1, train.missing().size() + splits.getLast().missing().size());
        assertEquals(List.of("a cat, asleep"), splits.getLast().items().getFirst().captions());

        try (FfmpegVideoReader reader = new FfmpegVideoReader()) {
            Clip withFile = train.items().getFirst().read(reader, 1, 12);
            assertEquals(3, withFile.frames().size());
            var wave = assertInstanceOf(Audio.Waveform.class, withFile.audio());
            assertEquals(32_000, wave.samples().length);
            assertEquals(
                    new Audio.Absent("no sound file"),
                    train.items().get(1).read(reader, 1, 12).audio());
        }
    }

    @Test
    void vatexWithVideosOfAnyEndingInFolders() throws IOException {
        write(
                "ref_captions.json",
                "{\"-_aaMGK6GGw_000057_000067\": [\"one\", \"two\", \"two\", \"\"],"
                        + " \"a.b_000001_000011\": [\""
                        + UMLAUT
                        + "\"], \"unused\": [\"x\", \"y\"]}");
        write("train_list.txt", "-_aaMGK6GGw_000057_000067\r\n\r\nnone_000001_000011\r\n");
        write("test_list.txt", "a.b_000001_000011\n");
        Path deep = Files.createDirectories(videos.resolve("part 1/x"));
        Path video = deep.resolve("-_aaMGK6GGw_000057_000067.mkv");
        Files.move(TinyModel.clip(folder.resolve("v.mp4"), 1, 0), video);
        Files.writeString(deep.resolve("-_aaMGK6GGw_000057_000067.json"), "{}");

        List<Manifest> splits = Datasets.read(folder, null, null);
        Manifest train = splits.getFirst();
        assertEquals(List.of("one", "two", "two"), train.items().getFirst().captions());
        assertEquals(video, train.items().getFirst().file());
        assertEquals(new Manifest.LeftOut(1, List.of("none_000001_000011"), 3), train.leftOut());
        Manifest test = Datasets.read(folder, null, null, "test");
        assertEquals(videos.resolve("a.b_000001_000011.mp4"), test.items().getFirst().file());
        assertEquals(Manifest.Role.TEST, test.role());
        try (FfmpegVideoReader reader = new FfmpegVideoReader()) {
            Clip clip = train.items().getFirst().read(reader, 1, 12);
            assertEquals(new Audio.Absent("no audio track"), clip.audio());
        }
        IOException e =
                assertThrows(IOException.class, () -> Datasets.read(folder, null, null, "val"));
        assertEquals(folder + ": no split 'val'; there is train, test", e.getMessage());
    }

    @Test
    void charadesWithQuotedScriptsOneOfThemEmpty() throws IOException {
        String header =
                "id,subject,scene,quality,relevance,verified,script,objects,descriptions,actions,"
                        + "length\n";
        write(
                "Charades_v1_train.csv",
                header
                        + "46GP8,HR43,Kitchen,6,7,Yes,\"A person cooks, then \"\"rests\"\".\",food,"
                        + "\"x;y\",\"c092 11.90 21.20\",30.96\n"
                        + "N11GT,0KZ7,Stairs,6,7,No,,shoes,x,c098 8.10 13.10,18.33\n");
        write("Charades_v1_test.csv", header + "YSKX3,X,Y,6,7,Yes," + UMLAUT + ",a,b,,9.0\n");
        TinyModel.clip(videos.resolve("46GP8.mp4"), 1, 400);
        List<Manifest> splits = Datasets.read(folder, null, null);
        assertEquals(
                List.of("A person cooks, then \"rests\"."),
                splits.getFirst().items().getFirst().captions());
        assertEquals(new Manifest.LeftOut(1, List.of("N11GT"), 0), splits.getFirst().leftOut());
        assertEquals(List.of(UMLAUT), splits.getLast().items().getFirst().captions());
        assertEquals(1, splits.getLast().missing().size());
    }

    @Test
    void lsmdcWithSeveralSentencesOfAClip() throws IOException {
        String times = "\t00.00.51.926\t00.00.54.129\t00.00.51.815\t00.00.54.714\t";
        write(
                "LSMDC16_annos_training.csv",
                "0001_American_Beauty_00.00.51.926-00.00.54.129"
                        + times
                        + "SOMEONE says \"no.\n"
                        + "0001_American_Beauty_00.00.51.926-00.00.54.129"
                        + times
                        + "Then, "
                        + UMLAUT
                        + "\n");
        write(
                "LSMDC16_challenge_1000_publictect.csv",
                "1001_Film_00.00.01.000-00.00.02.000" + times + "A door.\n");
        Path film = Files.createDirectory(videos.resolve("0001_American_Beauty"));
        Path video = film.resolve("0001_American_Beauty_00.00.51.926-00.00.54.129.avi");
        Files.move(TinyModel.clip(folder.resolve("v.mp4"), 2, 400), video);
        List<Manifest> splits = Datasets.read(folder, null, null);
        Manifest.Item item = splits.getFirst().items().getFirst();
        assertEquals(List.of("SOMEONE says \"no.", "Then, " + UMLAUT), item.captions());
        assertEquals(video, item.file());
        assertEquals(Manifest.Role.TEST, splits.getLast().role());
        try (FfmpegVideoReader reader = new FfmpegVideoReader()) {
            // The times are places in the film: the clip is read whole.
            assertEquals(2, item.read(reader, 1, 12).frames().size());
        }
        write("LSMDC16_annos_val.csv", "a\tb\n");
        IOException e = assertThrows(IOException.class, () -> Datasets.read(folder, null, null));
        assertEquals(
                folder.resolve("LSMDC16_annos_val.csv")
                        + " line 1: 2 fields between tabs, not 6 (clip id, four times, sentence)",
                e.getMessage());
    }

    @Test
    void whatIsNoDataSetIsToldInOneLine() throws IOException {
        assertFails(folder.resolve("no"), folder.resolve("no") + ": no such file or folder");
        IOException e = assertThrows(IOException.class, () -> Datasets.read(folder, null, null));
        assertTrue(
                String.valueOf(e.getMessage())
                        .startsWith(folder + ": no data set; looked for one of MSRVTT_data.json, "),
                e.getMessage());
        write("MSRVTT_train.9k.csv", "video_id\nvideo0\n");
        assertFails(
                folder,
                folder
                        + ": not MSR-VTT's layout; looked for MSRVTT_data.json, and one or more of"
                        + " MSRVTT_train.9k.csv, MSRVTT_train.7k.csv, MSRVTT_JSFUSION_test.csv;"
                        + " there is MSRVTT_train.9k.csv, sounds, videos");
        write("MSRVTT_data.json", "{\"sentences\": []}");
        Files.delete(videos);
        assertFails(
                folder,
                videos
                        + ": no such folder, and the videos are looked for there; --videos names"
                        + " another");
    }

    private void assertFails(Path data, String message) {
        IOException e = assertThrows(IOException.class, () -> Datasets.read(data, null, null));
        assertEquals(message, e.getMessage());
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    private static String sentence(String id, String caption) {
        return "{\"video_id\": \"%s\", \"caption\": \"%s\"}".formatted(id, caption);
    }

    private static String join(List<String> parts) {
        return String.join(",\n", parts);
    }
}
