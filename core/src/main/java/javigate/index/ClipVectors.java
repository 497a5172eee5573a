package javigate.index;

/**
 * What the model made of one clip: F frames of width D, L gated layers. Lengths of the frame
 * vectors do not matter to the score (Eq. 7, 8 of arXiv 2504.02397 use cosines only), so a store
 * keeps and returns them scaled to length 1; the other arrays come back as they were given.
 *
 * @param frames [F, D], F at least 1; the clip as seen and heard; no zero vector
 * @param framesWithoutSound [F, D]; the same clip embedded as if it had no audio track
 * @param soundToken [D]; the mean of the resampled audio tokens, no zero vector; empty where the
 *     model does not listen
 * @param gates [L, 2]; per fusion layer g_mha and g_ffn (Eq. 4), each in -1..1; L is 0 where the
 *     model does not listen
 */
public record ClipVectors(
        float[][] frames, float[][] framesWithoutSound, float[] soundToken, float[][] gates) {

    /** Most frames of one clip: the count is stored in two bytes. */
    public static final int MAX_FRAMES = 65_535;

    /** Most gated layers: the count is stored in two bytes. */
    public static final int MAX_LAYERS = 65_535;

    /**
     * Checks shapes, ranges, and that every number is finite.
     *
     * @throws IllegalArgumentException naming the array, the place and the value that is wrong
     */
    public ClipVectors {
        if (frames.length < 1 || frames.length > MAX_FRAMES) {
            throw new IllegalArgumentException(
                    "frames: " + frames.length + " vectors; 1 to " + MAX_FRAMES + " are allowed");
        }
        if (framesWithoutSound.length != frames.length) {
            throw new IllegalArgumentException(
                    "framesWithoutSound: "
                            + framesWithoutSound.length
                            + " vectors, but frames has "
                            + frames.length);
        }
        int width = frames[0].length;
        for (int n = 0; n < frames.length; n++) {
            checkDirection("frames[" + n + "]", frames[n], width);
            checkDirection("framesWithoutSound[" + n + "]", framesWithoutSound[n], width);
        }
        if (soundToken.length > 0) {
            checkDirection("soundToken", soundToken, width);
        }
        if (gates.length > MAX_LAYERS) {
            throw new IllegalArgumentException(
                    "gates: %d layers; at most %d are allowed".formatted(gates.length, MAX_LAYERS));
        }
        for (int layer = 0; layer < gates.length; layer++) {
            checkFinite("gates[" + layer + "]", gates[layer], 2);
            for (float gate : gates[layer]) {
                if (Math.abs(gate) > 1) {
                    throw new IllegalArgumentException(
                            "gates[" + layer + "]: " + gate + " is outside -1..1");
                }
            }
        }
    }

    /** Frames F. */
    public int frameCount() {
        return frames.length;
    }

    /** Width D of every vector. */
    public int width() {
        return frames[0].length;
    }

    private static void checkDirection(String name, float[] vector, int width) {
        checkFinite(name, vector, width);
        if (!hasDirection(vector)) {
            throw new IllegalArgumentException(
                    name + ": all " + width + " values are 0, so it has no direction to score");
        }
    }

    /** Whether a vector of finite values can be compared by direction. */
    static boolean hasDirection(float[] vector) {
        for (float value : vector) {
            if (value != 0) {
                return true;
            }
        }
        return false;
    }

    private static void checkFinite(String name, float[] vector, int width) {
        if (vector.length != width) {
            throw new IllegalArgumentException(
                    name + ": " + vector.length + " values; " + width + " are expected");
        }
        for (int i = 0; i < width; i++) {
            if (!Float.isFinite(vector[i])) {
                throw new IllegalArgumentException(
                        name + "[" + i + "]: " + vector[i] + " is not a finite number");
            }
        }
    }
}
