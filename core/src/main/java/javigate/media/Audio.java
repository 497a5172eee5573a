package javigate.media;

/** The sound of a clip: a waveform, digital silence, or none. The three are never confused. */
public sealed interface Audio {

    /** Sampling rate of every waveform here, in hertz. */
    int SAMPLE_RATE_HZ = 16_000;

    /** Samples of the shortest usable track: one window of 25 ms. */
    int MIN_SAMPLES = 400;

    /**
     * A sound that is not digital silence.
     *
     * @param samples mono at {@link #SAMPLE_RATE_HZ}, nominally in −1..1, at least {@link
     *     #MIN_SAMPLES}
     */
    record Waveform(float[] samples) implements Audio {
        public Waveform {
            if (samples.length < MIN_SAMPLES) {
                throw new IllegalArgumentException(
                        samples.length + " samples; a waveform needs " + MIN_SAMPLES);
            }
        }
    }

    /**
     * A track all of whose samples are zero.
     *
     * @param sampleCount its length at {@link #SAMPLE_RATE_HZ}, at least {@link #MIN_SAMPLES}
     */
    record Silent(int sampleCount) implements Audio {
        public Silent {
            if (sampleCount < MIN_SAMPLES) {
                throw new IllegalArgumentException(
                        sampleCount + " samples; a silent track needs " + MIN_SAMPLES);
            }
        }
    }

    /**
     * No usable track.
     *
     * @param reason why, for people: "no audio track", "12.5 ms of sound, under one 25 ms window"
     */
    record Absent(String reason) implements Audio {}
}
