package javigate.index;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Vectors of length 1 in IEEE half precision, as they are stored. */
final class Halves {
    /** Where the largest half may lie from the one nearest to its value, the nearest first. */
    private static final int[] BESIDE = {0, -1, 1};

    private Halves() {}

    /**
     * How far the length of a vector in halves may be from 1. A quarter more than {@link #rounding}
     * is for the rounding of all else.
     */
    static double lengthError(int width) {
        return 1.25 * rounding(width);
    }

    /**
     * Values of 2^-14 or more are rounded by at most 2^-11 of themselves, smaller ones by 2^-25, of
     * all D together by √D as much.
     */
    private static double rounding(int width) {
        return 0x1p-11 + Math.sqrt(width) * 0x1p-25;
    }

    /**
     * A vector in halves. One that was read from halves, and scaled to length 1 then, has the same
     * again: they are it times their length, which is within {@link #rounding} of 1, so the largest
     * of them is the one nearest to its value or one beside that. Any other is rounded.
     *
     * @param unit [D], of length 1
     * @return [D], each value one of half precision
     */
    static float[] of(float[] unit) {
        int largest = 0;
        for (int i = 1; i < unit.length; i++) {
            largest = Math.abs(unit[i]) > Math.abs(unit[largest]) ? i : largest;
        }
        int nearest = Float.floatToFloat16(unit[largest]);
        for (int beside : BESIDE) {
            double half = Float.float16ToFloat((short) (nearest + beside));
            double length = half / unit[largest];
            // A hundredth more, as the value was rounded to a float.
            if (Math.abs(length - 1) <= 1.01 * rounding(unit.length)) {
                float[] read = readFrom(unit, length);
                if (read != null) {
                    return read;
                }
            }
        }
        float[] rounded = new float[unit.length];
        for (int i = 0; i < unit.length; i++) {
            rounded[i] = rounded(unit[i]);
        }
        return rounded;
    }

    /** The halves of this length that a vector was read from; null where there are none. */
    private static float @Nullable [] readFrom(float[] unit, double length) {
        float[] halves = new float[unit.length];
        for (int i = 0; i < unit.length; i++) {
            double value = unit[i] * length;
            halves[i] = rounded((float) value);
            if (Math.abs(halves[i] - value) > 0x1p-22 * Math.abs(value)) {
                return null;
            }
        }
        return Arrays.equals(LateInteractionScore.unit(halves), unit) ? halves : null;
    }

    private static float rounded(float value) {
        return Float.float16ToFloat(Float.floatToFloat16(value));
    }
}
