package javigate.index;

/**
 * Which clips a search compares, and how.
 *
 * @param sound which of their two embeddings
 * @param filter clips it does not accept are as if they were not there: not found, not counted in
 *     ranks
 */
public record Scope(Sound sound, ClipFilter filter) {
    /** All clips, as seen and heard. */
    public static final Scope ALL = of(Sound.WITH);

    /** All clips. */
    public static Scope of(Sound sound) {
        return new Scope(sound, ClipFilter.NONE);
    }

    /** The same clips, otherwise heard. */
    public Scope with(Sound other) {
        return new Scope(other, filter);
    }
}
