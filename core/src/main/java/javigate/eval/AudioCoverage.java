package javigate.eval;

/**
 * How many clips of a split have sound, as the filterbanks show it that the model is given.
 *
 * @param sounding clips with sound
 * @param silent clips with a track of digital silence
 * @param absent clips without a usable track
 */
public record AudioCoverage(int sounding, int silent, int absent) {

    static final AudioCoverage NONE = new AudioCoverage(0, 0, 0);

    /**
     * One clip more. A filterbank of {@link javigate.media.Fbank} is all zeros where there is no
     * track; digital silence leaves nothing but the floor and, behind the track's end, padding.
     *
     * @param filterbank normalised, not empty
     */
    AudioCoverage plus(float[] filterbank) {
        float first = filterbank[0];
        float last = filterbank[filterbank.length - 1];
        boolean two = true;
        for (float value : filterbank) {
            two &= value == first || value == last;
        }
        if (!two) {
            return new AudioCoverage(sounding + 1, silent, absent);
        }
        return first == 0 && last == 0
                ? new AudioCoverage(sounding, silent, absent + 1)
                : new AudioCoverage(sounding, silent + 1, absent);
    }

    /** Number of clips. */
    public int clips() {
        return sounding + silent + absent;
    }
}
