package javigate.media;

/**
 * torchaudio's {@code transforms.Resample} with its defaults: a sinc under a Hann window, six zero
 * crossings wide, rolled off at 0.99. The readers here use libswresample, which is faster and
 * differs by −68 dB; this one is for parity with the reference.
 */
public final class SincResampler {

    private static final int ZERO_CROSSINGS = 6;
    private static final double ROLL_OFF = 0.99;

    /** Bound of {@code toHz / gcd}·taps, against rates without a common divisor. */
    private static final long MAX_WEIGHTS = 1L << 26;

    private SincResampler() {}

    /**
     * Changes the sampling rate. With {@code O = from/gcd}, {@code N = to/gcd}, {@code b =
     * 0.99·min(O, N)}: output {@code n = N·block + j} is the sum over taps k of {@code
     * sinc(t)·cos²(πt/12)·b/O · x[O·block + k − w]} with {@code t = ((k − w)/O − j/N)·b} in −6..6
     * and {@code w = ceil(6·O/b)}.
     *
     * @param samples at {@code fromHz}
     * @param fromHz above 0
     * @param toHz above 0
     * @return {@code ceil(N·length/O)} samples at {@code toHz}
     */
    public static float[] resample(float[] samples, int fromHz, int toHz) {
        if (fromHz < 1 || toHz < 1) {
            throw new IllegalArgumentException(
                    "resampling from %d Hz to %d Hz; both must be above 0".formatted(fromHz, toHz));
        }
        if (fromHz == toHz) {
            return samples.clone();
        }
        int gcd = gcd(fromHz, toHz);
        int from = fromHz / gcd;
        int to = toHz / gcd;
        double base = ROLL_OFF * Math.min(from, to);
        int half = (int) Math.ceil(ZERO_CROSSINGS * from / base);
        if ((long) to * (2L * half + from) > MAX_WEIGHTS) {
            throw new IllegalArgumentException(
                    "resampling from %d Hz to %d Hz needs too large a kernel; resample in two steps"
                            .formatted(fromHz, toHz));
        }
        float[][] kernel = kernel(from, to, base, half);
        float[] out = new float[(int) (((long) to * samples.length + from - 1) / from)];
        for (int n = 0; n < out.length; n++) {
            float[] weights = kernel[n % to];
            int start = n / to * from - half;
            int first = Math.max(0, -start);
            int last = Math.min(weights.length, samples.length - start);
            double sum = 0;
            for (int k = first; k < last; k++) {
                sum += (double) weights[k] * samples[start + k];
            }
            out[n] = (float) sum;
        }
        return out;
    }

    private static float[][] kernel(int from, int to, double base, int half) {
        float[][] kernel = new float[to][2 * half + from];
        for (int j = 0; j < to; j++) {
            for (int k = 0; k < kernel[j].length; k++) {
                double t = ((k - half) / (double) from - j / (double) to) * base;
                double clamped = Math.clamp(t, -ZERO_CROSSINGS, ZERO_CROSSINGS);
                double window = Math.cos(Math.PI * clamped / (2 * ZERO_CROSSINGS));
                double x = Math.PI * clamped;
                double sinc = x == 0 ? 1 : Math.sin(x) / x;
                kernel[j][k] = (float) (sinc * window * window * base / from);
            }
        }
        return kernel;
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
