package javigate.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class StoredClipTest {
    private static final float[][] TWO = {{1, 0, 2}, {0, 1, 0}};
    private static final float[] TOKEN = {1, 0, 0};
    private static final float[][] NO_GATES = {};

    private final VideoFile file = Samples.file(new SplittableRandom(2), "a.mp4");
    private final ClipVectors vectors = new ClipVectors(TWO, TWO, TOKEN, NO_GATES);

    private static String refusal(Executable call) {
        return String.valueOf(assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    private static String vectorsRefused(
            float[][] frames, float[][] without, float[] token, float[][] gates) {
        return refusal(() -> new ClipVectors(frames, without, token, gates));
    }

    private String clipRefused(long startMs, long endMs, String sound, long... timesMs) {
        return refusal(
                () ->
                        new StoredClip(
                                file,
                                startMs,
                                endMs,
                                timesMs,
                                vectors,
                                sound,
                                List.of(),
                                Description.NONE));
    }

    @Test
    void vectorsAreCheckedWhereTheyEnter() {
        float[][] nan = {{1, 0, 2}, {0, Float.NaN, 0}};
        float[][] zero = {{1, 0, 2}, {0, 0, 0}};
        float[][] ragged = {{1, 0, 2}, {0, 1}};
        float[][] one = {{1, 0, 2}};
        float[] infinite = {0, 0, Float.NEGATIVE_INFINITY};
        assertEquals(
                "frames[1][1]: NaN is not a finite number",
                vectorsRefused(nan, TWO, TOKEN, NO_GATES));
        assertEquals(
                "framesWithoutSound[1]: all 3 values are 0, so it has no direction to score",
                vectorsRefused(TWO, zero, TOKEN, NO_GATES));
        assertEquals(
                "frames[1]: 2 values; 3 are expected",
                vectorsRefused(ragged, TWO, TOKEN, NO_GATES));
        assertEquals(
                "framesWithoutSound: 1 vectors, but frames has 2",
                vectorsRefused(TWO, one, TOKEN, NO_GATES));
        assertEquals(
                "frames: 0 vectors; 1 to 65535 are allowed",
                vectorsRefused(NO_GATES, NO_GATES, TOKEN, NO_GATES));
        assertEquals(
                "soundToken[2]: -Infinity is not a finite number",
                vectorsRefused(TWO, TWO, infinite, NO_GATES));
        assertEquals(
                "soundToken: 2 values; 3 are expected",
                vectorsRefused(TWO, TWO, new float[2], NO_GATES));
        assertEquals(
                "soundToken: all 3 values are 0, so it has no direction to score",
                vectorsRefused(TWO, TWO, new float[3], NO_GATES));
        assertEquals(3, new ClipVectors(TWO, TWO, new float[0], NO_GATES).width());
        assertEquals(
                "gates: 65536 layers; at most 65535 are allowed",
                vectorsRefused(TWO, TWO, TOKEN, new float[65_536][2]));
        assertEquals(
                "gates[0]: 1.5 is outside -1..1",
                vectorsRefused(TWO, TWO, TOKEN, new float[][] {{0, 1.5f}}));
        assertEquals(
                "gates[0]: 1 values; 2 are expected",
                vectorsRefused(TWO, TWO, TOKEN, new float[][] {{0}}));
    }

    @Test
    void clipsAreCheckedWhereTheyEnter() {
        String path = file.path();
        assertEquals(
                path + ": a segment from 5 to 5 ms is empty", clipRefused(5, 5, "silent", 5, 5));
        assertEquals(path + ": 1 frame times for 2 frames", clipRefused(0, 9, "silent", 5));
        assertEquals(path + ": frame time 4 ms follows 5 ms", clipRefused(0, 9, "silent", 5, 4));
        assertEquals(
                path + ": sound state \"loud\" is not one of waveform, silent, absent",
                clipRefused(0, 9, "loud", 5, 5));
        assertEquals(
                "path \"a.mp4\": must be absolute",
                refusal(() -> new VideoFile("a.mp4", 1, 1, file.sha256())));
        assertEquals(
                path + ": sha256 \"AB\" is not 64 lower-case hexadecimal digits",
                refusal(() -> new VideoFile(path, 1, 1, "AB")));
    }

    @Test
    void idsDependOnPathAndStartOnly() {
        // The head of: printf '/a.mp4\00030000' | sha256sum
        assertEquals("1ef25b85b4943c5a6951", StoredClip.idOf("/a.mp4", 30_000));
        assertEquals(
                Samples.clip(file, 7, vectors).id(),
                Samples.clip(Samples.file(new SplittableRandom(9), "a.mp4"), 7, vectors).id());
        assertNotEquals(StoredClip.idOf("/a.mp4", 1), StoredClip.idOf("/a.mp41", 1));
    }
}
