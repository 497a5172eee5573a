package javigate.data;

/**
 * A mono track to which tones and bursts of noise are added. Sines come from a table that {@link
 * StrictMath} fills, so all machines make the same samples.
 */
final class Tones {

    static final int SAMPLE_RATE_HZ = 32_000;

    private static final int TABLE = 4096;
    private static final float[] SINE = new float[TABLE + 1];

    static {
        for (int i = 0; i <= TABLE; i++) {
            SINE[i] = (float) StrictMath.sin(2 * StrictMath.PI * i / TABLE);
        }
    }

    private static final double EDGE_S = 0.004;

    private final float[] track;
    private final Draws draws;

    Tones(int sampleCount, Draws draws) {
        track = new float[sampleCount];
        this.draws = draws;
    }

    double lengthS() {
        return (double) track.length / SAMPLE_RATE_HZ;
    }

    /**
     * Adds a sine that glides from one frequency to another.
     *
     * @param decayPerS its amplitude falls by e in 1 / decayPerS seconds; 0 for a steady tone
     */
    void tone(
            double atS,
            double lengthS,
            double fromHz,
            double toHz,
            double decayPerS,
            double amplitude) {
        int start = sample(atS);
        int count = sample(lengthS);
        double fall = StrictMath.exp(-decayPerS / SAMPLE_RATE_HZ);
        double level = amplitude;
        double turn = 0;
        for (int i = 0; i < count && start + i < track.length; i++) {
            double share = (double) i / count;
            turn += (fromHz + (toHz - fromHz) * share) / SAMPLE_RATE_HZ;
            turn -= (int) turn;
            track[start + i] += (float) (level * edge(i, count) * sine(turn));
            level *= fall;
        }
    }

    /** Adds sines at 1, 2, 3, … times a gliding frequency, with these amplitudes. */
    void harmonics(
            double atS,
            double lengthS,
            double fromHz,
            double toHz,
            double decayPerS,
            double... amplitudes) {
        for (int k = 1; k <= amplitudes.length; k++) {
            if (amplitudes[k - 1] != 0 && k * Math.max(fromHz, toHz) < 12_000) {
                tone(atS, lengthS, k * fromHz, k * toHz, decayPerS, amplitudes[k - 1]);
            }
        }
    }

    /**
     * Adds noise through a resonance.
     *
     * @param quality centre frequency over band width, about 0.3 (wide) to 10 (narrow)
     */
    void noise(
            double atS,
            double lengthS,
            double centreHz,
            double quality,
            double decayPerS,
            double amplitude) {
        int start = sample(atS);
        int count = sample(lengthS);
        double angle = 2 * StrictMath.PI * centreHz / SAMPLE_RATE_HZ;
        double alpha = StrictMath.sin(angle) / (2 * quality);
        double scale = 1 / (1 + alpha);
        double b = alpha * scale;
        double a1 = -2 * StrictMath.cos(angle) * scale;
        double a2 = (1 - alpha) * scale;
        double fall = StrictMath.exp(-decayPerS / SAMPLE_RATE_HZ);
        double level = amplitude * StrictMath.sqrt(quality * SAMPLE_RATE_HZ / centreHz) / 2;
        long bits = draws.word() | 1;
        double x1 = 0;
        double x2 = 0;
        double y1 = 0;
        double y2 = 0;
        for (int i = 0; i < count && start + i < track.length; i++) {
            bits ^= bits << 13;
            bits ^= bits >>> 7;
            bits ^= bits << 17;
            double x = (bits >> 11) * 0x1p-52;
            double y = b * (x - x2) - a1 * y1 - a2 * y2;
            x2 = x1;
            x1 = x;
            y2 = y1;
            y1 = y;
            track[start + i] += (float) (level * edge(i, count) * y);
            level *= fall;
        }
    }

    /** The track, scaled so that its largest sample has this size; silence stays silence. */
    float[] scaledTo(double peak) {
        float largest = 0;
        for (float sample : track) {
            largest = Math.max(largest, Math.abs(sample));
        }
        float factor = largest == 0 ? 0 : (float) peak / largest;
        for (int i = 0; i < track.length; i++) {
            track[i] *= factor;
        }
        return track;
    }

    private static int sample(double seconds) {
        return (int) (seconds * SAMPLE_RATE_HZ);
    }

    /** Fades the first and last milliseconds, against clicks. */
    private static double edge(int i, int count) {
        double ramp = EDGE_S * SAMPLE_RATE_HZ;
        return Math.min(1, Math.min(i, count - i) / ramp);
    }

    private static double sine(double turn) {
        double at = turn * TABLE;
        int index = (int) at;
        return SINE[index] + (SINE[index + 1] - SINE[index]) * (at - index);
    }
}
