package javigate.index;

/** Which of a clip's two embeddings is scored. */
public enum Sound {
    /** The clip as seen and heard. */
    WITH,
    /** The clip embedded as if it had no audio track. */
    WITHOUT
}
