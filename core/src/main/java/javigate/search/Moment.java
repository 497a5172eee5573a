package javigate.search;

/**
 * The part of a clip that fits a text: the run of frames around the best one whose cosines lie
 * nearer to the clip's highest than to its lowest. It begins and ends half-way to the frames around
 * it, or where the clip does.
 *
 * @param startMs first millisecond in the video
 * @param endMs first millisecond after it
 */
public record Moment(long startMs, long endMs) {

    /**
     * Finds it.
     *
     * @param cosines of the text with each frame [F]
     * @param timesMs of the frames [F], never decreasing
     * @param startMs of the clip
     * @param endMs of the clip
     */
    static Moment of(double[] cosines, long[] timesMs, long startMs, long endMs) {
        int best = 0;
        double lowest = cosines[0];
        for (int n = 1; n < cosines.length; n++) {
            best = cosines[n] > cosines[best] ? n : best;
            lowest = Math.min(lowest, cosines[n]);
        }
        double enough = (cosines[best] + lowest) / 2;
        int first = best;
        while (first > 0 && cosines[first - 1] >= enough) {
            first--;
        }
        int last = best;
        while (last + 1 < cosines.length && cosines[last + 1] >= enough) {
            last++;
        }
        return new Moment(
                first == 0 ? startMs : (timesMs[first - 1] + timesMs[first]) / 2,
                last + 1 == cosines.length ? endMs : (timesMs[last] + timesMs[last + 1] + 1) / 2);
    }
}
