package javigate.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClipFilterTest {
    private final RandomGenerator random = new SplittableRandom(5);
    private final float[] query = Samples.vector(random, Samples.WIDTH);

    @TempDir Path folder;
    private LuceneClipStore store;

    @BeforeEach
    void fill() throws IOException {
        store = LuceneClipStore.openToWrite(folder.resolve("library"), Samples.MODEL);
        put(
                "holiday/beach.mp4",
                20_000,
                "2024-05-01T18:30",
                "waveform",
                "tag=Sea|Sun",
                "rating=9",
                "gain=-0.0",
                "place=/home/sea");
        put("holiday/hut.mp4", 60_000, "2024-05-02T00:00", "absent", "tag=snow", "rating=10");
        put("holidays.mp4", 61_000, "2025-01-01T12:00", "silent", "rating=good", "shot=2023-07-09");
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private void put(String name, long ms, String date, String sound, String... metadata)
            throws IOException {
        Map<String, List<String>> about = new java.util.HashMap<>();
        for (String entry : metadata) {
            about.put(
                    entry.substring(0, entry.indexOf('=')),
                    List.of(entry.substring(entry.indexOf('=') + 1).split("\\|")));
        }
        long modifiedMs =
                LocalDateTime.parse(date).atZone(ZoneId.systemDefault()).toInstant().toEpochMilli();
        VideoFile file =
                new VideoFile(folder.resolve(name).toString(), 1, modifiedMs, "0".repeat(64));
        store.putVideo(
                List.of(
                        new StoredClip(
                                file,
                                0,
                                ms,
                                new long[] {0},
                                Samples.clipVectors(random, 1, Samples.WIDTH),
                                sound,
                                List.of(),
                                new Description(about, List.of(), "c0de"))));
    }

    /** Initials of the files that are found. */
    private String found(String... conditions) throws IOException {
        Scope scope = new Scope(Sound.WITH, ClipFilter.parse(List.of(conditions)));
        SearchResult result = store.search(query, 9, scope);
        assertEquals(result.hits().size(), result.visited());
        List<float[]> many = java.util.Collections.nCopies(7, query);
        assertEquals(result, store.searchBatch(many, 9, scope).get(6));
        List<String> names = new ArrayList<>();
        List<String> ids = result.hits().stream().map(ScoredClip::id).toList();
        Map<String, ClipRank> ranks = store.ranksOf(query, ids, scope);
        for (int i = 0; i < ids.size(); i++) {
            assertEquals(i + 1, java.util.Objects.requireNonNull(ranks.get(ids.get(i))).rank());
            Path path = Path.of(store.get(ids.get(i)).orElseThrow().file().path());
            names.add(path.getFileName().toString().replace(".mp4", ""));
        }
        return String.join(" ", names.stream().sorted().toList());
    }

    /** Of most thousandths of a second a double is a little less or more. */
    @Test
    void durationsAreOfTheNumberAsItIsWritten() {
        for (int ms = 0; ms < 100_000; ms += 1 + ms / 5_000) {
            String seconds = String.format(java.util.Locale.ROOT, "%d.%03d", ms / 1000, ms % 1000);
            assertEquals(
                    new ClipFilter.Span(ms, ms + 1),
                    ClipFilter.parse(List.of("duration<=" + seconds))
                            .conditions()
                            .getFirst()
                            .span());
        }
    }

    @Test
    void knowsWhatVideosAre() throws IOException {
        assertEquals("beach holidays hut", found());
        assertEquals("beach", found("duration<60"));
        assertEquals("beach hut", found("duration<=60"));
        assertEquals("holidays", found("duration > 60"));
        assertEquals("hut", found("duration=60.4"));
        assertEquals("beach holidays", found("duration!=60"));
        assertEquals("beach", found("date=2024-05-01"));
        assertEquals("beach hut", found("date<=2024-05-02"));
        assertEquals("holidays", found("date>2024-05-02"));
        assertEquals("beach", found("date=2024-05-01T18:30"));
        assertEquals("", found("date<2024-05-01T18:30"));
        assertEquals("beach", found("date=2024-05-01T18:30:00"));
        assertEquals("", found("date=2024-05-01T18:29:59"));
        assertEquals("beach holidays hut", found("date>2024-05-01T18:29:59"));
        assertEquals("holidays hut", found("date>2024-05-01T18:30:00"));
        assertEquals("beach hut", found("folder=" + folder.resolve("holiday")));
        assertEquals("holidays", found("folder!=" + folder.resolve("holiday")));
        assertEquals("beach", found("video=" + folder.resolve("holiday/../holiday/beach.mp4")));
        assertEquals("beach hut", found("video!=" + folder.resolve("holidays.mp4")));
        assertEquals("", found("video=" + folder.resolve("holiday")));
        assertEquals("beach holidays", found("has-audio=true"));
        assertEquals("hut", found("has-audio=false"));
        assertEquals("hut", found("has-audio!=true"));
    }

    @Test
    void knowsWhatIsSaidOfThem() throws IOException {
        assertEquals("beach", found("tag=sun"));
        assertEquals("holidays hut", found("tag!=SUN"));
        assertEquals("beach", found("TAG=sea", "tag=sun"));
        assertEquals("beach", found("gain=0"));
        assertEquals("beach", found("gain>=0"));
        assertEquals("", found("gain<0"));
        assertEquals("hut", found("rating>9"));
        assertEquals("beach hut", found("rating>=9"));
        assertEquals("beach", found("rating<10"));
        assertEquals("beach", found("rating=9.0"));
        assertEquals("", found("rating=9D"));
        assertEquals("holidays hut", found("rating!=9.00"));
        assertEquals("holidays", found("rating=GOOD"));
        assertEquals("holidays", found("rating>b"));
        assertEquals("holidays", found("shot<2023-08-01"));
        assertEquals("", found("shot<2023-07-09"));
        assertEquals("holidays", found("shot>=2023"));
        assertEquals("holidays", found("shot<2024"));
        assertEquals("", found("shot>2024"));
        assertEquals("", found("place>-5"));
        assertEquals("", found("place<-5"));
        assertEquals("beach hut", found("rating>-5"));
        assertEquals("holidays", found("shot>-5"));
        assertEquals("hut", found("rating>=10")); // as text, 9 would be above
        assertEquals("beach", found("tags=sun"));
        assertEquals("holidays hut", found("Tags!=sun"));
        assertEquals("", found("nothing=1"));
        assertEquals("beach holidays hut", found("nothing!=1"));
    }

    @Test
    void whatItCannotReadItSays() {
        for (String wrong :
                List.of(
                        "holiday",
                        "=3",
                        "tag=",
                        "tag==holiday",
                        "duration=<5",
                        "a b=3",
                        "duration=long",
                        "duration<-1",
                        "duration=1d",
                        "duration=0x1p0",
                        "date=yesterday",
                        "date>2024-13-01",
                        "date>+999999999-01-01",
                        "date<-999999999-01-01T00:00",
                        "has-audio=yes",
                        "folder<x")) {
            String said =
                    String.valueOf(
                            assertThrows(
                                            IllegalArgumentException.class,
                                            () -> ClipFilter.parse(List.of(wrong)))
                                    .getMessage());
            assertTrue(said.matches("(?s)(filter|\").*"), said);
        }
    }
}
