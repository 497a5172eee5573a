package javigate.media;

import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * Which pictures of a video are looked at: index arithmetic, no decoding.
 *
 * <p>The reference (AVIGATE's {@code rawvideo_util.py}) takes one picture per second at index
 * {@code second·int(fps)} and, of more than the model takes, a slice. {@link #choose} extends that
 * to parts of a file, other rates and variable frame rates:
 *
 * <ul>
 *   <li>constant rate: the first picture of the part and every {@code int(fps / rate)}-th after it;
 *       for a whole file at one picture per second these are the reference's indices;
 *   <li>variable rate: for each time {@code start + k / rate} the last picture shown at or before
 *       it; the first picture of the part stands for times before it.
 * </ul>
 *
 * Of more than {@link ClipRequest#maxFrames()} the slice {@link Slice#EVEN} is kept.
 */
public final class FrameSampling {

    /** A rate within this fraction of the measured one is taken for the true one. */
    private static final double RATE_AGREEMENT = 0.005;

    private FrameSampling() {}

    /** Which of too many pictures are kept: the reference's {@code slice_framepos}. */
    public enum Slice {
        /** The first ones: 0. */
        HEAD,
        /** The last ones: 1. */
        TAIL,
        /** Spread from the first to the last: 2. */
        EVEN
    }

    /**
     * The reference's one picture per second.
     *
     * @param frameCount pictures in the file, at least 1
     * @param framesPerSecond at least 1; truncated to an integer, as the reference does
     * @return ascending indices {@code second·int(framesPerSecond)} below {@code frameCount}
     * @throws IllegalArgumentException for a rate below 1, where the reference divides by zero
     */
    public static int[] everySecond(int frameCount, double framesPerSecond) {
        if (frameCount < 1 || !(framesPerSecond >= 1)) {
            throw new IllegalArgumentException(
                    "%d frames at %s frames/s; sampling by the second needs at least 1 of each"
                            .formatted(frameCount, framesPerSecond));
        }
        return everyNth(0, frameCount, (int) framesPerSecond);
    }

    /**
     * Positions kept of {@code n} pictures.
     *
     * @param n pictures there are, at least 1
     * @param max pictures wanted at most, at least 1
     * @return ascending positions in 0..n−1; all of them when {@code n} is at most {@code max}
     */
    public static int[] slice(int n, int max, Slice slice) {
        if (n < 1 || max < 1) {
            throw new IllegalArgumentException(max + " of " + n + " frames; both must be positive");
        }
        if (n <= max) {
            return everyNth(0, n, 1);
        }
        return switch (slice) {
            case HEAD -> everyNth(0, max, 1);
            case TAIL -> everyNth(n - max, n, 1);
            case EVEN -> linspace(n, max);
        };
    }

    /**
     * {@code numpy.linspace(0, n−1, count)} truncated to integers: {@code i·step} in double
     * precision, the last one exactly {@code n−1}.
     *
     * @param n at least 1
     * @param count at least 1
     */
    public static int[] linspace(int n, int count) {
        int[] positions = new int[count];
        double step = count > 1 ? (n - 1) / (double) (count - 1) : 0;
        for (int i = 0; i < count; i++) {
            positions[i] = (int) (i * step);
        }
        if (count > 1) {
            positions[count - 1] = n - 1;
        }
        return positions;
    }

    /**
     * The rate of a file whose pictures lie on an even grid (each within a quarter of a frame, so
     * that containers counting in milliseconds qualify).
     *
     * @param timesUs ascending, the first 0, in microseconds
     * @param announced what the header says, frames per second; taken when it agrees with the
     *     times, because measured times round 30 down to 29.99
     * @return frames per second, empty for a variable rate
     */
    public static OptionalDouble constantRate(long[] timesUs, double announced) {
        int n = timesUs.length;
        if (n < 2) {
            return OptionalDouble.of(announced > 0 ? announced : 1);
        }
        double intervalUs = timesUs[n - 1] / (double) (n - 1);
        for (int i = 0; i < n; i++) {
            if (!(Math.abs(timesUs[i] - i * intervalUs) <= intervalUs / 4)) {
                return OptionalDouble.empty();
            }
        }
        double measured = 1e6 / intervalUs;
        boolean agrees = Math.abs(announced / measured - 1) < RATE_AGREEMENT;
        return OptionalDouble.of(agrees ? announced : measured);
    }

    /**
     * The pictures of a part of a file, by the rule of this class.
     *
     * @param timesUs when each picture is shown, ascending, the first 0, in microseconds
     * @param announced frames per second by the header, 0 when unknown
     * @return ascending indices into {@code timesUs}, at least one. When no picture starts within
     *     the part, the one still shown at its start.
     */
    public static int[] choose(long[] timesUs, double announced, ClipRequest request) {
        int from = firstAtOrAfter(timesUs, request.startMs());
        int to = firstAtOrAfter(timesUs, request.endMs());
        if (from == to) {
            return new int[] {from - 1};
        }
        OptionalDouble rate = constantRate(timesUs, announced);
        int[] candidates =
                rate.isPresent()
                        ? everyNth(from, to, step(rate.getAsDouble(), request.framesPerSecond()))
                        : byTime(timesUs, from, to, request);
        int[] kept = slice(candidates.length, request.maxFrames(), Slice.EVEN);
        return Arrays.stream(kept).map(i -> candidates[i]).toArray();
    }

    private static int step(double rate, double wantedRate) {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, rate / wantedRate));
    }

    /** For each time {@code start + k / rate} the last picture at or before it. */
    private static int[] byTime(long[] timesUs, int from, int to, ClipRequest request) {
        int n = timesUs.length;
        double startUs = request.startMs() * 1e3;
        double periodUs = 1e6 / request.framesPerSecond();
        double lastsUntilUs = timesUs[n - 1] + timesUs[n - 1] / (double) Math.max(1, n - 1);
        int[] picks = new int[to - from];
        int count = 0;
        for (int i = from; i < to; i++) {
            double nextUs = i + 1 < n ? timesUs[i + 1] : lastsUntilUs;
            double untilUs = Math.min(nextUs, request.endMs() * 1e3);
            double firstTick = Math.ceil((timesUs[i] - startUs) / periodUs - 1e-9);
            if (i == from || startUs + firstTick * periodUs < untilUs - 1e-6) {
                picks[count++] = i;
            }
        }
        return Arrays.copyOf(picks, count);
    }

    private static int firstAtOrAfter(long[] timesUs, long timeMs) {
        long timeUs = timeMs > Long.MAX_VALUE / 1000 ? Long.MAX_VALUE : timeMs * 1000;
        int at = Arrays.binarySearch(timesUs, timeUs);
        return at >= 0 ? at : -at - 1;
    }

    private static int[] everyNth(int from, int to, int step) {
        int[] indices = new int[(int) (((long) to - from + step - 1) / step)];
        for (int i = 0; i < indices.length; i++) {
            indices[i] = from + i * step;
        }
        return indices;
    }
}
