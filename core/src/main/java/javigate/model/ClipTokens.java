package javigate.model;

/**
 * What a model scores texts against. F frames, A audio tokens, D joint width.
 *
 * @param frames [F][D], at least one
 * @param audio audio tokens that a text attends to [A][D]; empty for a clip without its sound, and
 *     for all but query-conditioned models that listen
 */
public record ClipTokens(float[][] frames, float[][] audio) {

    /** Clips of frames alone. */
    public static ClipTokens ofFrames(float[][] frames) {
        return new ClipTokens(frames, new float[0][]);
    }
}
