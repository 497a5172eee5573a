package javigate.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javigate.checkpoint.Checkpoint;
import javigate.index.ClipFilter;
import javigate.media.MediaException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExamplesTest {
    private static final List<String> TEXTS =
            List.of("a bell rings", "a red ball", "rain", "a dog");

    @TempDir static Path shared;
    private static Path videos;
    private static Checkpoint model;

    @BeforeAll
    static void makeLibrary() throws IOException {
        model = TinyModel.save(shared.resolve("model"), 1);
        videos = Files.createDirectory(shared.resolve("videos"));
        TinyModel.clip(videos.resolve("low.mp4"), 3, 440);
        TinyModel.clip(videos.resolve("mute.mp4"), 2, 0);
        TinyModel.clip(videos.resolve("long.mp4"), 65, 1760);
        try (VideoLibrary library = VideoLibrary.open(shared.resolve("library"), model)) {
            assertEquals(3, library.add(List.of(videos), outcome -> {}).indexed());
        }
    }

    private static VideoLibrary open() throws IOException {
        return VideoLibrary.openToRead(shared.resolve("library"), model);
    }

    @Test
    void findsClipsOfOtherVideosThatAreLikeOnesOfThis() throws IOException {
        try (VideoLibrary library = open()) {
            Path low = videos.resolve("low.mp4");
            for (Likeness likeness : Likeness.values()) {
                List<SimilarClip> found = library.similar(low, null, likeness, 9, ClipFilter.NONE);
                assertEquals(likeness == Likeness.SOUND ? 3 : 4, found.size());
                for (int i = 0; i < found.size(); i++) {
                    assertEquals(i + 1, found.get(i).rank());
                    assertTrue(i == 0 || found.get(i - 1).score() >= found.get(i).score());
                    assertTrue(!found.get(i).file().equals(low.toAbsolutePath()));
                }
                assertEquals(
                        found.subList(0, 2),
                        library.similar(low, null, likeness, 2, ClipFilter.NONE));
            }
            Path mute = videos.resolve("mute.mp4");
            assertEquals(4, library.similar(mute, 0L, Likeness.SIGHT, 9, ClipFilter.NONE).size());
            for (Executable wrong :
                    List.<Executable>of(
                            () -> library.similar(mute, null, Likeness.SOUND, 9, ClipFilter.NONE),
                            () -> library.similar(low, 9000L, Likeness.BOTH, 9, ClipFilter.NONE),
                            () -> library.similar(low, null, Likeness.BOTH, 0, ClipFilter.NONE))) {
                assertThrows(IllegalArgumentException.class, wrong::run);
            }
        }
    }

    @Test
    void allClipsAtOnceFindWhatEachFinds() throws IOException {
        try (VideoLibrary library = open()) {
            Path video = videos.resolve("long.mp4");
            for (Likeness likeness : Likeness.values()) {
                Map<String, Double> best = new HashMap<>();
                for (long atMs : new long[] {0, 30_000, 64_000}) {
                    library.similar(video, atMs, likeness, 9, ClipFilter.NONE)
                            .forEach(s -> best.merge(s.id(), s.score(), Math::max));
                }
                assertEquals(
                        best,
                        library.similar(video, null, likeness, 9, ClipFilter.NONE).stream()
                                .collect(Collectors.toMap(SimilarClip::id, SimilarClip::score)));
                assertEquals(likeness == Likeness.SOUND ? 1 : 2, best.size());
            }
        }
    }

    private interface Executable {
        void run() throws IOException;
    }

    @Test
    void aVideoNeedNotBeInTheLibrary() throws IOException {
        Path copy = shared.resolve("copy.mp4");
        Files.copy(videos.resolve("low.mp4"), copy);
        try (VideoLibrary library = open()) {
            for (Likeness likeness : Likeness.values()) {
                SimilarClip best = library.similar(copy, null, likeness, 1, ClipFilter.NONE).get(0);
                assertEquals("low.mp4", best.file().getFileName().toString());
                assertTrue(likeness != Likeness.SOUND || best.score() > 0.999999);
            }
            assertEquals(
                    library.rank(videos.resolve("low.mp4"), TEXTS, true).stream()
                            .map(RankedText::text)
                            .toList(),
                    library.rank(copy, TEXTS, true).stream().map(RankedText::text).toList());
            assertEquals(5, library.clipCount());
            assertThrows(
                    MediaException.class,
                    () -> library.rank(shared.resolve("none.mp4"), TEXTS, true));
        }
    }

    @Test
    void textsAreScoredAsSearchScoresThem() throws IOException {
        try (VideoLibrary library = open()) {
            for (boolean sound : new boolean[] {true, false}) {
                List<RankedText> ranked = library.rank(videos.resolve("long.mp4"), TEXTS, sound);
                Map<String, Double> scores =
                        ranked.stream()
                                .collect(Collectors.toMap(RankedText::text, RankedText::score));
                for (String text : TEXTS) {
                    Hit best =
                            library.search(text, 5, sound).stream()
                                    .filter(hit -> hit.file().endsWith("long.mp4"))
                                    .findFirst()
                                    .orElseThrow();
                    assertEquals(best.score(), scores.getOrDefault(text, -9.0), 1e-9);
                }
                for (int i = 1; i < ranked.size(); i++) {
                    assertTrue(ranked.get(i - 1).score() >= ranked.get(i).score());
                }
            }
        }
    }

    @Test
    void queriesAreLoggedAndReadBack() throws IOException {
        Path log = shared.resolve("queries.txt");
        TextsFile.append(log, " a dog\nbarks ");
        TextsFile.append(log, "rain");
        TextsFile.append(log, "rain");
        assertEquals(List.of("a dog barks", "rain"), TextsFile.read(log));
        try (VideoLibrary library = open()) {
            SearchOptions options = SearchOptions.DEFAULT.withBank(TextsFile.read(log));
            assertEquals(5, library.search(TextQuery.parse("rain"), options).hits().size());
        }
        Files.writeString(log, "\uFEFFrain\r\nrain\r\n"); // as some editors begin a file
        assertEquals(List.of("rain"), TextsFile.read(log));
        Files.writeString(log, " \n");
        assertThrows(IOException.class, () -> TextsFile.read(log));
    }

    @Test
    void recallIsMeasuredOnTheLibraryItself() throws IOException {
        Path folder = Files.createDirectory(shared.resolve("many"));
        for (int v = 0; v < 30; v++) {
            TinyModel.clip(folder.resolve(v + ".mp4"), 1, 100 + 40 * v);
        }
        try (VideoLibrary library = VideoLibrary.open(shared.resolve("large"), model)) {
            library.add(List.of(folder), outcome -> {});
            RecallCheck.Report report = library.recall(List.of());
            assertEquals(RecallCheck.Source.FRAMES, report.source());
            assertEquals(30, report.queries());
            assertEquals(List.of(20), report.rows().stream().map(r -> r.candidates()).toList());
            assertTrue(report.rows().get(0).recall() >= 0.3); // 20 of 30 cannot miss more
            assertEquals(RecallCheck.Source.TEXTS, library.recall(TEXTS).source());
        }
        try (VideoLibrary library = open()) {
            assertEquals(List.of(), library.recall(List.of()).rows());
        }
    }
}
