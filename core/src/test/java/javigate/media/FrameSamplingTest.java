package javigate.media;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import javigate.media.FrameSampling.Slice;
import org.junit.jupiter.api.Test;

class FrameSamplingTest {

    @Test
    void equalsTheReferenceTable() throws IOException {
        int checked = 0;
        for (JsonNode row : Golden.load("frame_sampling").json().get("table")) {
            int count = row.get("frame_count").asInt();
            double fps = row.get("fps").asDouble();
            int max = row.get("max_frames").asInt();
            if (row.has("error")) {
                assertThrows(
                        IllegalArgumentException.class,
                        () -> FrameSampling.everySecond(count, fps));
                continue;
            }
            int[] all = FrameSampling.everySecond(count, fps);
            assertEquals(row.get("extracted_count").asInt(), all.length, row.toString());
            assertArrayEquals(ints(row.get("frames_slice0")), sliced(all, max, Slice.HEAD));
            assertArrayEquals(ints(row.get("frames_slice1")), sliced(all, max, Slice.TAIL));
            assertArrayEquals(ints(row.get("frames_slice2")), sliced(all, max, Slice.EVEN));
            long[] timesUs = grid(count, fps);
            var whole = new ClipRequest(0, Long.MAX_VALUE, 1, max);
            assertArrayEquals(
                    ints(row.get("frames_slice2")),
                    FrameSampling.choose(timesUs, fps, whole),
                    row.toString());
            checked++;
        }
        assertTrue(checked > 80, checked + " rows");
    }

    @Test
    void equalsNumpysLinspace() throws IOException {
        for (JsonNode row : Golden.load("frame_sampling").json().get("linspace_table")) {
            assertArrayEquals(
                    ints(row.get("linspace")),
                    FrameSampling.linspace(row.get("n").asInt(), row.get("max_frames").asInt()));
        }
    }

    @Test
    void millisecondTimesStillCountAsConstant() {
        long[] roundedUs =
                Arrays.stream(grid(300, 30)).map(t -> Math.round(t / 1000.0) * 1000).toArray();
        assertEquals(30, FrameSampling.constantRate(roundedUs, 30).orElseThrow());
        assertArrayEquals(
                IntStream.range(0, 10).map(i -> i * 30).toArray(),
                FrameSampling.choose(roundedUs, 30, new ClipRequest(0, 99_999, 1, 32)));
    }

    @Test
    void variableRateGoesByTime() {
        long[] timesUs = {0, 100_000, 900_000, 1_000_000, 1_050_000, 2_900_000, 4_100_000};
        assertTrue(FrameSampling.constantRate(timesUs, 25).isEmpty());
        // Times 0, 1, 2, 3 and 4 s: the last picture at or before each.
        assertArrayEquals(
                new int[] {0, 3, 4, 5},
                FrameSampling.choose(timesUs, 25, new ClipRequest(0, 4_050, 1, 12)));
        // A part: times 0.5 s, 1.5 s, 2.5 s; before its first picture that one stands in.
        assertArrayEquals(
                new int[] {2, 4},
                FrameSampling.choose(timesUs, 25, new ClipRequest(500, 3_000, 1, 9)));
        // No picture starts there: the one still shown.
        assertArrayEquals(
                new int[] {4},
                FrameSampling.choose(timesUs, 25, new ClipRequest(1_200, 2_000, 1, 9)));
    }

    @Test
    void picksAreOrderedInsideThePartAndNoMoreThanAsked() {
        Random random = new Random(7);
        for (int round = 0; round < 2000; round++) {
            int n = 1 + random.nextInt(200);
            long[] timesUs = new long[n];
            for (int i = 1; i < n; i++) {
                timesUs[i] = timesUs[i - 1] + 1 + random.nextInt(round % 2 == 0 ? 200_000 : 2);
            }
            long endOfFileMs = timesUs[n - 1] / 1000;
            long startMs = random.nextLong(endOfFileMs + 1);
            var request =
                    new ClipRequest(
                            startMs,
                            startMs + 1 + random.nextInt(9000),
                            0.2 + 40 * random.nextDouble(),
                            1 + random.nextInt(20));
            int[] picks = FrameSampling.choose(timesUs, random.nextInt(60), request);
            assertTrue(picks.length >= 1 && picks.length <= request.maxFrames());
            for (int p = 0; p < picks.length; p++) {
                assertTrue(p == 0 || picks[p] > picks[p - 1], Arrays.toString(picks));
                assertTrue(timesUs[picks[p]] < request.endMs() * 1000);
                assertTrue(picks.length == 1 || timesUs[picks[p]] >= startMs * 1000);
            }
        }
    }

    private static long[] grid(int count, double fps) {
        return LongStream.range(0, count).map(i -> Math.round(i * 1e6 / fps)).toArray();
    }

    private static int[] sliced(int[] all, int max, Slice slice) {
        return Arrays.stream(FrameSampling.slice(all.length, max, slice))
                .map(i -> all[i])
                .toArray();
    }

    private static int[] ints(JsonNode array) {
        return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
    }
}
