package javigate.model;

/**
 * A clip as a model takes it. F frames, S picture side, T × Q filterbank.
 *
 * @param pixels normalised pictures, [F][3·S·S], channels first
 * @param filterbank normalised log-mel energies, row-major [T·Q]; zeros without sound; empty for a
 *     model that does not listen
 */
public record ClipInput(float[][] pixels, float[] filterbank) {
    public ClipInput {
        if (pixels.length == 0) {
            throw new IllegalArgumentException("a clip needs at least one picture");
        }
    }
}
