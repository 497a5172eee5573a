package javigate.media;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** Films of 25 pictures a second of 16 x 9 pixels. */
class ShotDetectorTest {

    private static final int WIDTH = 16;
    private static final int HEIGHT = 9;
    private static final byte[] A = scene(1);
    private static final byte[] B = scene(2);
    private static final byte[] WHITE = grey(255);

    @Test
    void hardCutsAreFoundWhereTheyAre() {
        assertEquals(List.of(4000L), cuts(200, n -> n < 100 ? A : B));
        assertEquals(List.of(2400L, 4800L), cuts(200, n -> n < 60 ? A : n < 120 ? B : scene(3)));
        assertEquals(List.of(1000L), cuts(200, n -> n < 25 ? A : B), "not for this to drop");
    }

    @Test
    void aPictureHeldIsAsGoodAsOneRepeated() {
        List<Long> slides = new ArrayList<>();
        ShotDetector detector = new ShotDetector();
        for (int i = 0; i < 5; i++) {
            slides.addAll(detector.accept(4000L * i, scene(i)));
        }
        slides.addAll(detector.finish());
        assertEquals(List.of(4000L, 8000L, 12_000L, 16_000L), slides);
    }

    @Test
    void flashesAndBlinksAreNoShots() {
        for (int flash = 1; flash < 49; flash += 4) {
            int until = 100 + flash;
            assertEquals(
                    List.of(),
                    cuts(300, n -> n >= 100 && n < until ? WHITE : A),
                    flash + " white pictures");
        }
        assertEquals(List.of(), cuts(300, n -> n % 38 < 20 ? A : B), "blinks");
        assertEquals(
                List.of(4000L, 4040L),
                cuts(200, n -> n < 100 ? A : n == 100 ? WHITE : B),
                "a white picture between shots");
    }

    @Test
    void motionAndFadesAreNoShots() {
        assertEquals(List.of(), cuts(200, n -> panned(9 * n)), "fast");
        assertEquals(List.of(), cuts(200, n -> panned(n < 100 ? 0 : 9 * (n - 99))), "begins");
        assertEquals(List.of(), cuts(200, n -> panned(9 * (n / 2))), "every picture twice");
        assertEquals(
                List.of(),
                cuts(200, n -> mixed(A, B, Math.clamp((n - 90) / 12.0, 0, 1))),
                "a dissolve");
    }

    @Test
    void whatChangesAPartOfThePictureIsNoShot() {
        assertEquals(List.of(), cuts(200, n -> n < 100 ? A : boxed(A, WHITE, 7)));
        assertEquals(List.of(4000L), cuts(200, n -> n < 100 ? A : boxed(A, B, 10)));
    }

    @Test
    void blackBarsDoNotCount() {
        byte[] black = grey(0);
        assertEquals(
                List.of(4000L), cuts(200, n -> boxed(black, n < 100 ? scene(9) : scene(8), 5)));
    }

    @Test
    void timesThatGoBackAreNotLookedAt() {
        ShotDetector detector = new ShotDetector();
        assertEquals(List.of(), detector.accept(1000, A));
        assertEquals(List.of(), detector.accept(1000, B));
        assertEquals(List.of(), detector.accept(0, B));
        assertEquals(List.of(), detector.accept(1010, B), "too near");
        assertEquals(List.of(), detector.accept(2000, A));
        assertEquals(List.of(), detector.finish());
        assertEquals(List.of(), new ShotDetector().finish());
    }

    private static List<Long> cuts(int count, IntFunction<byte[]> film) {
        ShotDetector detector = new ShotDetector();
        List<Long> cuts = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            cuts.addAll(detector.accept(40L * n, film.apply(n)));
        }
        cuts.addAll(detector.finish());
        return cuts;
    }

    private static byte[] scene(long seed) {
        byte[] rgb = new byte[WIDTH * HEIGHT * 3];
        new Random(seed).nextBytes(rgb);
        return rgb;
    }

    private static byte[] grey(int value) {
        byte[] rgb = new byte[WIDTH * HEIGHT * 3];
        Arrays.fill(rgb, (byte) value);
        return rgb;
    }

    /** A view of a smooth landscape. */
    private static byte[] panned(int position) {
        byte[] rgb = new byte[WIDTH * HEIGHT * 3];
        for (int i = 0; i < rgb.length; i++) {
            int x = i / 3 % WIDTH;
            rgb[i] = (byte) (128 + 100 * Math.sin((x + position) / 7.0 + i % 3));
        }
        return rgb;
    }

    private static byte[] mixed(byte[] one, byte[] other, double share) {
        byte[] rgb = new byte[one.length];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) Math.round((one[i] & 0xff) * (1 - share) + (other[i] & 0xff) * share);
        }
        return rgb;
    }

    /** The first picture with the leftmost columns of the second. */
    private static byte[] boxed(byte[] around, byte[] inside, int columns) {
        byte[] rgb = around.clone();
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = i / 3 % WIDTH < columns ? inside[i] : rgb[i];
        }
        return rgb;
    }
}
