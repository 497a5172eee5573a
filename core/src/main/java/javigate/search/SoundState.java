package javigate.search;

import java.util.Locale;

/**
 * What the sound of a clip has to do with its score for a text.
 *
 * <p>Rule: a clip without an audio track is {@link #ABSENT}; one whose waveform is zero throughout
 * {@link #SILENT}. Of any other the sound is {@link #USED} where it moves the score, up or down, by
 * at least {@value #USED_DEVIATIONS} standard deviations of all clips' scores for the text, else
 * {@link #IGNORED}.
 */
public enum SoundState {
    USED,
    IGNORED,
    SILENT,
    ABSENT;

    /** A quarter of what tells one clip from another. */
    static final double USED_DEVIATIONS = 0.25;

    /**
     * @param soundState as stored: waveform, silent or absent
     * @param added what the sound adds to the score
     * @param deviation of the library's scores for the text
     */
    static SoundState of(String soundState, double added, double deviation) {
        return switch (soundState) {
            case "absent" -> ABSENT;
            case "silent" -> SILENT;
            default ->
                    added != 0 && Math.abs(added) >= USED_DEVIATIONS * deviation ? USED : IGNORED;
        };
    }

    /** As JSON has it: lower case. */
    @com.fasterxml.jackson.annotation.JsonValue
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
