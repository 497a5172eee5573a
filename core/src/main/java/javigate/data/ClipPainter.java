package javigate.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javigate.data.ClipSpec.Motion;
import javigate.data.ClipSpec.Shape;
import javigate.data.ClipSpec.Sight;
import javigate.data.ClipSpec.Size;
import javigate.data.ClipSpec.Thing;
import javigate.data.ClipSpec.Tint;
import javigate.media.RgbImage;

/** Draws the pictures of a clip. Nothing but plain arithmetic, so all machines draw the same. */
final class ClipPainter {

    static final int WIDTH = 160;
    static final int HEIGHT = 120;

    private static final int MARGIN = 2;
    private static final int FRAME_WIDTH = WIDTH + 2 * MARGIN;
    private static final int LARGE_RADIUS = 27;
    private static final int SMALL_RADIUS = 13;

    /** Places of the things' centres, as shares of width and height, by number of things. */
    private static final double[][][] PLACES = {
        {{0.5, 0.5}}, {{0.28, 0.36}, {0.72, 0.64}}, {{0.24, 0.3}, {0.76, 0.36}, {0.5, 0.74}}
    };

    private final Sight sight;
    private final byte[] backdrop;
    private final List<Path> paths = new ArrayList<>();

    /**
     * The way of one thing.
     *
     * @param periodS seconds in which the motion repeats; never near a whole number, so that
     *     pictures taken once a second see it in different places
     */
    private record Path(
            Thing thing,
            double x,
            double y,
            double periodS,
            double phase,
            boolean mirrored,
            Map<Integer, byte[]> masks) {}

    private record Place(double x, double y, double scale, boolean visible) {}

    ClipPainter(Sight sight) {
        this.sight = sight;
        Draws draws = new Draws(sight.seed());
        boolean flipped = draws.percent(50);
        double[][] places = PLACES[sight.things().size() - 1];
        for (int i = 0; i < places.length; i++) {
            Thing thing = sight.things().get(i);
            double x = places[i][0] + draws.between(-0.05, 0.05);
            double y = places[i][1] + draws.between(-0.05, 0.05);
            paths.add(
                    new Path(
                            thing,
                            WIDTH * (flipped ? 1 - x : x),
                            HEIGHT * y,
                            period(draws, thing.motion()),
                            thing.motion() == Motion.BLINK ? 0 : draws.unit(),
                            draws.percent(50),
                            new HashMap<>()));
        }
        backdrop = backdrop(draws);
    }

    int frameCount() {
        return Math.max(1, sight.durationMs() * sight.framesPerSecond() / 1000);
    }

    /** The picture shown from index / framesPerSecond. */
    RgbImage frame(int index) {
        int jitter = sight.jitterPixels();
        Draws shake = new Draws(sight.seed(), index);
        int dx = shake.between(-jitter, jitter);
        int dy = shake.between(-jitter, jitter);
        byte[] rgb = new byte[WIDTH * HEIGHT * 3];
        for (int y = 0; y < HEIGHT; y++) {
            int from = ((y + MARGIN + dy) * FRAME_WIDTH + MARGIN + dx) * 3;
            System.arraycopy(backdrop, from, rgb, y * WIDTH * 3, WIDTH * 3);
        }
        double timeS = (double) index / sight.framesPerSecond();
        for (int i = paths.size() - 1; i >= 0; i--) {
            Path path = paths.get(i);
            Place place = place(path, timeS);
            if (place.visible()) {
                int radius = (int) StrictMath.rint(radius(path.thing()) * place.scale());
                byte[] mask =
                        path.masks().computeIfAbsent(radius, r -> mask(path.thing().shape(), r));
                int x = (int) StrictMath.rint(place.x()) - dx;
                int y = (int) StrictMath.rint(place.y()) - dy;
                stamp(rgb, path.thing(), mask, radius, x, y);
            }
        }
        return new RgbImage(WIDTH, HEIGHT, rgb);
    }

    private static double period(Draws draws, Motion motion) {
        return switch (motion) {
            case BOUNCE -> draws.between(0.82, 0.92);
            case BLINK -> draws.between(1.3, 1.65);
            case ACROSS, UP, ORBIT, GROW, STILL -> draws.of(new Double[] {1.4, 1.6, 2.3, 2.6, 3.4});
        };
    }

    private static int radius(Thing thing) {
        return thing.size() == Size.LARGE ? LARGE_RADIUS : SMALL_RADIUS;
    }

    private Place place(Path path, double timeS) {
        double turns = timeS / path.periodS() + path.phase();
        double p = turns - StrictMath.floor(turns);
        double x = path.x();
        double y = path.y();
        return switch (path.thing().motion()) {
            case ACROSS ->
                    new Place(WIDTH * (0.1 + 0.8 * (path.mirrored() ? 1 - p : p)), y, 1, true);
            case UP -> new Place(x, HEIGHT * (0.88 - 0.76 * p), 1, true);
            case ORBIT -> {
                double angle = 2 * StrictMath.PI * (path.mirrored() ? 1 - p : p);
                yield new Place(
                        (x + WIDTH * 0.5) / 2 + HEIGHT * 0.3 * StrictMath.cos(angle),
                        (y + HEIGHT * 0.5) / 2 + HEIGHT * 0.3 * StrictMath.sin(angle),
                        1,
                        true);
            }
            case BOUNCE -> {
                double drift = turns / 5;
                drift -= StrictMath.floor(drift);
                double share = drift < 0.5 ? 2 * drift : 2 - 2 * drift;
                double floor = HEIGHT - 4 - radius(path.thing());
                // Alone it has all the width; among others it keeps to its own part.
                double span = paths.size() == 1 ? 0.6 : 0.25;
                yield new Place(
                        x + WIDTH * span * (share - 0.5),
                        floor - HEIGHT * 2 * p * (1 - p),
                        1,
                        true);
            }
            case GROW -> new Place(x, y, 0.4 + 0.95 * p, true);
            case BLINK -> new Place(x, y, 1, p < 0.55);
            case STILL -> new Place(x, y, 1, true);
        };
    }

    /** Coverage 0..9 of each pixel of the square of side 2r + 1 around a shape's centre. */
    private static byte[] mask(Shape shape, int radius) {
        int side = 2 * radius + 1;
        byte[] mask = new byte[side * side];
        for (int y = 0; y < 3 * side; y++) {
            for (int x = 0; x < 3 * side; x++) {
                double u = ((x + 0.5) / 3 - side / 2.0) / radius;
                double v = ((y + 0.5) / 3 - side / 2.0) / radius;
                if (inside(shape, u, v)) {
                    mask[y / 3 * side + x / 3]++;
                }
            }
        }
        return mask;
    }

    /** Whether a shape of radius 1 around the origin holds a point; v points down. */
    private static boolean inside(Shape shape, double u, double v) {
        double distance = u * u + v * v;
        return switch (shape) {
            case CIRCLE -> distance < 0.98;
            case SQUARE -> Math.max(Math.abs(u), Math.abs(v)) < 0.87;
            case TRIANGLE -> v < 0.85 && Math.abs(u) < (v + 1) / 1.85;
            case STAR -> insideStar(u, -v);
            case CROSS ->
                    Math.min(Math.abs(u), Math.abs(v)) < 0.3
                            && Math.max(Math.abs(u), Math.abs(v)) < 1;
            case RING -> distance < 0.98 && distance > 0.34;
        };
    }

    /**
     * A five-pointed star, v up: inside at least four of the five half planes of its long lines.
     */
    private static boolean insideStar(double u, double v) {
        double limit = 0.30901699437494745;
        double[] cos = {0, 0.9510565162951535, 0.5877852522924731};
        double[] sin = {1, 0.30901699437494745, -0.8090169943749475};
        int held = v < limit ? 1 : 0;
        for (int i = 1; i < 3; i++) {
            held += cos[i] * u + sin[i] * v < limit ? 1 : 0;
            held += -cos[i] * u + sin[i] * v < limit ? 1 : 0;
        }
        return held >= 4 && u * u + v * v <= 1;
    }

    private void stamp(byte[] rgb, Thing thing, byte[] mask, int radius, int left, int top) {
        int side = 2 * radius + 1;
        int red = lit(thing.colour().red);
        int green = lit(thing.colour().green);
        int blue = lit(thing.colour().blue);
        for (int my = 0; my < side; my++) {
            int y = top - radius + my;
            if (y < 0 || y >= HEIGHT) {
                continue;
            }
            for (int mx = 0; mx < side; mx++) {
                int x = left - radius + mx;
                int cover = mask[my * side + mx];
                if (cover > 0 && x >= 0 && x < WIDTH) {
                    int at = (y * WIDTH + x) * 3;
                    rgb[at] = blend(rgb[at], red, cover);
                    rgb[at + 1] = blend(rgb[at + 1], green, cover);
                    rgb[at + 2] = blend(rgb[at + 2], blue, cover);
                }
            }
        }
    }

    private static byte blend(byte under, int over, int cover) {
        return (byte) (((under & 0xFF) * (9 - cover) + over * cover) / 9);
    }

    private int lit(int value) {
        return Math.clamp(value * sight.brightnessPercent() / 100, 0, 255);
    }

    private byte[] backdrop(Draws draws) {
        int height = HEIGHT + 2 * MARGIN;
        byte[] picture = new byte[FRAME_WIDTH * height * 3];
        int stripe = draws.between(8, 14);
        boolean upright = draws.percent(50);
        int[] grain = new int[FRAME_WIDTH / 4 * (height / 4)];
        for (int i = 0; i < grain.length; i++) {
            grain[i] = draws.between(-45, 60);
        }
        Tint tint = sight.tint();
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < FRAME_WIDTH; x++) {
                int along = upright ? x : y;
                int add =
                        switch (sight.background()) {
                            case PLAIN -> 0;
                            case GRADIENT ->
                                    upright ? 100 * x / FRAME_WIDTH - 20 : 100 * y / height - 20;
                            case STRIPES -> along / stripe % 2 == 0 ? 55 : -10;
                            case NOISE -> grain[y / 4 * (FRAME_WIDTH / 4) + x / 4];
                        };
                int at = (y * FRAME_WIDTH + x) * 3;
                picture[at] = (byte) lit(Math.clamp(tint.red + add, 0, 255));
                picture[at + 1] = (byte) lit(Math.clamp(tint.green + add, 0, 255));
                picture[at + 2] = (byte) lit(Math.clamp(tint.blue + add, 0, 255));
            }
        }
        return picture;
    }
}
