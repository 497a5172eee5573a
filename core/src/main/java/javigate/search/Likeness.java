package javigate.search;

/** In what clips are alike. */
public enum Likeness {
    /** Frames as embedded with their sound: cosine of the pooled frames. */
    BOTH,
    /** The same of frames embedded as if there were no sound. */
    SIGHT,
    /** Sounds alone: cosine of the mean resampled audio tokens. */
    SOUND
}
