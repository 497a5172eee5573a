package javigate.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import javigate.media.ShotChanges;
import javigate.media.VideoInfo;
import javigate.media.WorkerVideoReader;
import javigate.search.Segments.Segment;
import org.junit.jupiter.api.Test;

class SegmentsTest {

    @Test
    void withoutCutsPartsAreEqual() {
        assertEquals(List.of(new Segment(0, 1)), Segments.of(0, List.of()));
        assertEquals(List.of(new Segment(0, 30_000)), Segments.of(30_000, List.of()));
        assertEquals(
                List.of(new Segment(0, 15_000), new Segment(15_000, 30_001)),
                Segments.of(30_001, List.of()));
        assertEquals(List.of(new Segment(0, 3999)), Segments.of(3999, List.of(2000L)));
    }

    @Test
    void shortShotsAreJoinedAndLongOnesCut() {
        assertEquals(
                List.of(
                        new Segment(0, 5000),
                        new Segment(5000, 25_000),
                        new Segment(25_000, 45_000),
                        new Segment(45_000, 50_000)),
                Segments.of(50_000, List.of(1999L, 5000L, 6999L, 45_000L, 49_000L)));
        assertEquals(
                List.of(new Segment(0, 2000), new Segment(2000, 4000)),
                Segments.of(4000, List.of(2000L)));
    }

    @Test
    void segmentsCoverAnyVideoAndKeepItsShotsApart() {
        Random random = new Random(5);
        for (int round = 0; round < 2000; round++) {
            long duration = random.nextLong(round % 2 == 0 ? 300_000 : 20_000);
            Set<Long> draws = new HashSet<>();
            for (int n = random.nextInt(30); n > 0; n--) {
                draws.add(random.nextLong(duration + 5000));
            }
            List<Long> cuts = draws.stream().sorted().toList();
            List<Segment> segments = Segments.of(duration, cuts);
            String round0 = duration + " ms, " + cuts + ": " + segments;
            long position = 0;
            List<Long> bounds = new ArrayList<>(List.of(0L, duration));
            for (Segment segment : segments) {
                long length = segment.endMs() - segment.startMs();
                assertEquals(position, segment.startMs(), round0);
                assertTrue(length <= Segments.MAX_MS, round0);
                assertTrue(length >= Math.clamp(duration, 1, Segments.MIN_MS), round0);
                position = segment.endMs();
                if (cuts.contains(position)) {
                    bounds.add(position);
                }
            }
            assertEquals(Math.max(1, duration), position, round0);
            for (long cut : cuts) {
                assertTrue(
                        cut >= duration
                                || bounds.stream()
                                        .anyMatch(
                                                b ->
                                                        b == cut
                                                                || Math.abs(b - cut)
                                                                        < Segments.MIN_MS),
                        () -> cut + " is no boundary though it could be: " + round0);
            }
        }
    }

    @Test
    void whereShotsCannotBeFoundThereIsANote() {
        Path file = Path.of("film.mp4");
        WorkerVideoReader closed = new WorkerVideoReader();
        closed.close();
        ShotChanges shots = VideoAdder.shots(closed, file, info(60_000));
        assertEquals(List.of(), shots.timesMs());
        assertEquals(
                List.of(
                        "cut into equal parts, its shots are unknown: film.mp4: the reader is"
                                + " closed; open another"),
                shots.notes());
        assertEquals(
                List.of(),
                VideoAdder.shots(closed, file, info(3999)).notes(),
                "too short to be cut, so not looked at");
    }

    private static VideoInfo info(long durationMs) {
        return new VideoInfo(durationMs, durationMs / 40, 25, 64, 48, 0, "h264", "");
    }
}
