package javigate.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import javigate.checkpoint.Checkpoint;
import javigate.index.ClipFilter;
import javigate.index.ScoredClip;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearcherTest {
    private static final TextQuery QUERY = TextQuery.parse("a bell at a party");

    @TempDir static Path shared;

    @BeforeAll
    static void makeLibrary() throws IOException {
        Path videos = Files.createDirectory(shared.resolve("videos"));
        TinyModel.clip(videos.resolve("film.mp4"), 155, 880); // six clips
        TinyModel.clip(videos.resolve("a.mp4"), 3, 440);
        TinyModel.clip(videos.resolve("b.mp4"), 2, 0);
        Files.writeString(videos.resolve("film.json"), "{\"caption\": \"a birthday party\"}");
        try (VideoLibrary library = VideoLibrary.open(shared.resolve("library"), shipped())) {
            assertEquals(3, library.add(List.of(videos), outcome -> {}).indexed());
            assertEquals(8, library.clipCount());
        }
    }

    private static Checkpoint shipped() throws IOException {
        return Checkpoint.shipped();
    }

    private static SearchAnswer search(SearchOptions options) throws IOException {
        try (VideoLibrary library = VideoLibrary.openToRead(shared.resolve("library"), shipped())) {
            return library.search(QUERY, options);
        }
    }

    @Test
    void wordsOfOneVideoDoNotPushOthersDownByTheNumberOfItsClips() {
        List<ScoredClip> byWords =
                List.of(
                        new ScoredClip("a", 3),
                        new ScoredClip("b", 3),
                        new ScoredClip("c", 3),
                        new ScoredClip("d", 2),
                        new ScoredClip("e", 1));
        assertEquals(
                List.of(1, 1, 1, 2, 3),
                Searcher.wordRanks(byWords).values().stream().map(Fused::rankByWords).toList());
    }

    @Test
    void videosAreFoundHoweverManyClipsAnotherHas() throws IOException {
        List<Hit> all = search(SearchOptions.DEFAULT).hits();
        assertEquals(8, all.size());
        SearchAnswer byVideo = search(SearchOptions.DEFAULT.withVideos(true).withK(3));
        assertEquals(3, byVideo.byVideo().size());
        for (List<Hit> video : byVideo.byVideo()) {
            assertTrue(video.size() <= SearchOptions.MOMENTS_PER_VIDEO);
        }
        assertEquals(6, byVideo.hits().size()); // four of the film's
        for (int i = 0; i < 6; i++) {
            Hit hit = byVideo.hits().get(i);
            assertEquals(i + 1, hit.rank());
            Hit same = all.stream().filter(h -> h.id().equals(hit.id())).findFirst().orElseThrow();
            assertEquals(same.rank(), hit.rankByScore());
            assertEquals(same.rankWithoutSound(), hit.rankWithoutSound());
        }
        SearchAnswer best = search(SearchOptions.DEFAULT.withVideos(true).withK(1));
        assertEquals(all.get(0).file(), best.hits().get(0).file());
        assertEquals(1, best.byVideo().size());
    }

    /** Sound seems to move no copy of a clip past another. */
    @Test
    void copiesHaveTheSameRanks(@TempDir Path folder) throws IOException {
        Path one = TinyModel.clip(folder.resolve("one.mp4"), 2, 440);
        Files.copy(one, folder.resolve("two.mp4"));
        Files.copy(one, folder.resolve("three.mp4"));
        try (VideoLibrary library = VideoLibrary.open(folder.resolve("library"), shipped())) {
            library.add(List.of(folder), outcome -> {});
            List<Hit> hits = library.search(QUERY, SearchOptions.DEFAULT).hits();
            assertEquals(3, hits.size());
            for (int i = 0; i < 3; i++) {
                assertEquals(i + 1, hits.get(i).rank());
                assertEquals(1, hits.get(i).rankByScore());
                assertEquals(1, hits.get(i).rankWithoutSound());
            }
        }
    }

    @Test
    void whatIsSaidOfAVideoCountsForItsClipsAlike() throws IOException {
        List<Hit> hits = search(SearchOptions.DEFAULT.withWords(true)).hits();
        long last = 0;
        for (Hit hit : hits.subList(0, 6)) {
            Fused fused = Objects.requireNonNull(hit.fused());
            assertTrue(hit.file().endsWith("film.mp4"));
            assertEquals(1, fused.rankByWords());
            assertTrue(fused.rank() > last);
            last = fused.rank();
        }
        for (Hit hit : hits.subList(6, 8)) {
            assertEquals(0, Objects.requireNonNull(hit.fused()).rankByWords());
        }
    }

    @Test
    void relevanceIsGivenWhereItWasMeasured() throws IOException {
        SearchOptions plain = SearchOptions.DEFAULT;
        double last = 1;
        for (Hit hit : search(plain).hits()) {
            double relevance = Objects.requireNonNull(hit.relevance());
            assertTrue(relevance >= 0 && relevance <= last);
            last = relevance;
        }
        for (SearchOptions other :
                List.of(
                        plain.withSound(false),
                        plain.withWords(true),
                        plain.withCandidates(20),
                        plain.withFilter(ClipFilter.parse(List.of("duration>1"))))) {
            SearchAnswer answer = search(other);
            assertTrue(answer.nothing().isEmpty());
            answer.hits().forEach(hit -> assertNull(hit.relevance()));
        }
        for (Hit hit : search(plain.withCandidates(20)).hits()) {
            assertNull(hit.rankWithoutSound());
        }
    }
}
