package javigate.data;

import javigate.data.ClipSpec.Heard;
import javigate.data.ClipSpec.Kind;

/** Makes the sound of a clip: twelve sources that captions name, three that none does. */
final class SoundSynth {

    private final Tones tones;
    private final Draws draws;
    private final double endS;
    private final double pitch;
    private final double pace;
    private double nowS;

    private SoundSynth(Heard heard, int sampleCount) {
        draws = new Draws(heard.seed());
        tones = new Tones(sampleCount, draws);
        endS = tones.lengthS();
        pitch = heard.pitchPercent() / 100.0;
        pace = 100.0 / heard.tempoPercent();
        nowS = heard.onsetMs() / 1000.0;
    }

    /**
     * The samples of a clip's track at {@link Tones#SAMPLE_RATE_HZ}: zeros if it is silent, none at
     * all if it has no track.
     */
    static float[] track(Heard heard, int durationMs) {
        int count = (int) ((long) durationMs * Tones.SAMPLE_RATE_HZ / 1000);
        return switch (heard.kind()) {
            case ABSENT -> new float[0];
            case SILENT -> new float[count];
            case INFORMATIVE, IRRELEVANT -> {
                SoundSynth synth = new SoundSynth(heard, count);
                while (synth.nowS < synth.endS) {
                    // Not +=, which would read nowS before the event moves it.
                    double rest = synth.event(heard);
                    synth.nowS += rest;
                }
                yield synth.tones.scaledTo(heard.loudnessPercent() / 100.0);
            }
        };
    }

    /**
     * Adds the next event (a stroke, a chirp, a ring) at nowS; returns seconds to the one after.
     */
    private double event(Heard heard) {
        return switch (heard.source()) {
            case BELL -> bell();
            case SIREN -> siren();
            case DRUM -> drum();
            case WHISTLE -> whistle();
            case BUZZER -> buzzer();
            case RAIN -> rain();
            case ENGINE -> engine();
            case CLOCK -> clock();
            case BIRD -> bird();
            case CLAPPING -> clapping();
            case PHONE -> phone();
            case VOICE -> syllables(nowS, pitch * draws.between(110.0, 160.0), pace, 1);
            case MUSIC -> music();
            case CROWD -> crowd();
            case NOISE -> noise();
            case NONE -> throw new IllegalArgumentException(Kind.SILENT + " has no events");
        };
    }

    private double bell() {
        double hz = 620 * pitch;
        double[] ratios = {0.5, 1, 1.19, 1.5, 2, 2.66, 4.1};
        double[] amplitudes = {0.4, 1, 0.6, 0.4, 0.7, 0.4, 0.25};
        for (int i = 0; i < ratios.length; i++) {
            tones.tone(nowS, 2.2, hz * ratios[i], hz * ratios[i], 1.4 + ratios[i], amplitudes[i]);
        }
        return 1.1 * pace;
    }

    private double siren() {
        double half = 0.75 * pace;
        tones.harmonics(nowS, half, 620 * pitch, 1250 * pitch, 0, 1, 0.5, 0.35, 0.2);
        tones.harmonics(nowS + half, half, 1250 * pitch, 620 * pitch, 0, 1, 0.5, 0.35, 0.2);
        return 2 * half;
    }

    private double drum() {
        double[] rests = {0.5, 0.25, 0.25, 0.5, 0.5};
        for (double rest : rests) {
            tones.tone(nowS, 0.3, 160 * pitch, 55 * pitch, 11, 1);
            tones.noise(nowS, 0.08, 420 * pitch, 0.8, 45, 0.5);
            nowS += rest * pace;
        }
        return 0;
    }

    private double whistle() {
        double length = 0.9 * pace;
        tones.tone(nowS, length, 650 * pitch, 2700 * pitch, 0, 1);
        tones.noise(nowS, length, 3000 * pitch, 2, 0, 0.03);
        return length + 0.25 * pace;
    }

    private double buzzer() {
        double on = 0.5 * pace;
        double[] odd = new double[31];
        for (int k = 1; k <= odd.length; k += 2) {
            odd[k - 1] = 1.0 / StrictMath.sqrt(k);
        }
        tones.harmonics(nowS, on, 125 * pitch, 125 * pitch, 0, odd);
        return on + 0.2 * pace;
    }

    private double rain() {
        double length = endS - nowS;
        tones.noise(nowS, length, 5500 * pitch, 0.6, 0, 0.5);
        int drops = (int) (45 * length / pace);
        for (int i = 0; i < drops; i++) {
            double at = nowS + draws.unit() * length;
            double hz = pitch * draws.between(2200.0, 5200.0);
            tones.tone(at, 0.025, hz, hz * 1.15, 140, draws.between(0.2, 0.9));
        }
        return length + 1;
    }

    private double engine() {
        double length = 0.55 * pace;
        double[] levels = {0.9, 1, 0.8, 0.9, 0.6, 0.5, 0.5, 0.3, 0.3, 0.2, 0.2, 0.15};
        double low = 42 * pitch;
        double high = 58 * pitch;
        tones.harmonics(nowS, length, low, high, 0, levels);
        tones.harmonics(nowS + length, length, high, low, 0, levels);
        tones.noise(nowS, 2 * length, 180 * pitch, 0.7, 0, 0.35);
        return 2 * length;
    }

    private double clock() {
        tones.noise(nowS, 0.04, 2900 * pitch, 5, 130, 1);
        tones.noise(nowS + 0.45 * pace, 0.04, 1900 * pitch, 5, 130, 0.9);
        return 0.9 * pace;
    }

    private double bird() {
        int chirps = draws.between(3, 5);
        for (int i = 0; i < chirps; i++) {
            double hz = pitch * draws.between(3000.0, 3600.0);
            tones.tone(nowS, 0.05 * pace, hz, hz * 1.6, 0, 1);
            tones.tone(nowS + 0.05 * pace, 0.05 * pace, hz * 1.6, hz * 1.2, 0, 0.8);
            nowS += 0.13 * pace;
        }
        return draws.between(0.15, 0.35) * pace;
    }

    private double clapping() {
        for (int hands = 0; hands < 3; hands++) {
            double at = nowS + draws.between(0, 0.05);
            tones.noise(at, 0.07, pitch * draws.between(900.0, 1900.0), 1.1, 65, 1);
        }
        return draws.between(0.2, 0.26) * pace;
    }

    private double phone() {
        double ring = 0.85 * pace;
        double turn = 0.028;
        for (double at = 0; at + 2 * turn < ring; at += 2 * turn) {
            tones.harmonics(nowS + at, turn, 1380 * pitch, 1380 * pitch, 0, 1, 0, 0.3);
            tones.harmonics(nowS + at + turn, turn, 1760 * pitch, 1760 * pitch, 0, 1, 0, 0.3);
        }
        return ring + 0.45 * pace;
    }

    /** A few syllables of nonsense: harmonics of a gliding pitch under two moving formants. */
    private double syllables(double atS, double voiceHz, double slowness, double amplitude) {
        double now = atS;
        int count = draws.between(3, 7);
        for (int i = 0; i < count; i++) {
            double length = slowness * draws.between(0.11, 0.2);
            double first = draws.between(300.0, 850.0);
            double second = draws.between(950.0, 2300.0);
            double from = voiceHz * draws.between(0.9, 1.25);
            double[] levels = new double[24];
            for (int k = 1; k <= levels.length; k++) {
                levels[k - 1] =
                        amplitude
                                * (formant(k * from, first, 130)
                                        + 0.6 * formant(k * from, second, 190)
                                        + 0.03);
            }
            tones.harmonics(now, length, from, voiceHz * draws.between(0.85, 1.1), 0, levels);
            now += length + slowness * draws.between(0.02, 0.06);
        }
        return now - atS + slowness * draws.between(0.05, 0.2);
    }

    private static double formant(double hz, double centreHz, double widthHz) {
        double off = (hz - centreHz) / widthHz;
        return 1 / (1 + off * off);
    }

    /** A bar: a chord held, a bass note, eight plucked notes of a melody. */
    private double music() {
        double[] roots = {130.8, 174.6, 196, 220};
        double root = pitch * draws.of(new Double[] {roots[0], roots[1], roots[2], roots[3]});
        double beat = 0.22 * pace;
        for (double ratio : new double[] {1, 1.26, 1.5}) {
            tones.harmonics(nowS, 8 * beat, root * ratio, root * ratio, 0.3, 0.3, 0.12, 0.06);
        }
        tones.harmonics(nowS, 4 * beat, root / 2, root / 2, 1, 0.5, 0.2);
        tones.harmonics(nowS + 4 * beat, 4 * beat, root / 2, root / 2, 1, 0.5, 0.2);
        Double[] scale = {1.0, 1.125, 1.26, 1.5, 1.68, 2.0};
        for (int i = 0; i < 8; i++) {
            double hz = 2 * root * draws.of(scale);
            tones.harmonics(nowS + i * beat, beat * 1.5, hz, hz, 5, 0.5, 0.3, 0.15, 0.1);
        }
        return 8 * beat;
    }

    /** Many voices at once, none of them foremost, in a humming hall. */
    private double crowd() {
        for (int speaker = 0; speaker < 9; speaker++) {
            double voice = pitch * draws.between(95.0, 250.0);
            for (double at = nowS + draws.unit() * 0.2; at < endS; ) {
                at += syllables(at, voice, pace, draws.between(0.5, 1.0));
            }
        }
        tones.noise(nowS, endS - nowS, 500 * pitch, 0.5, 0, 0.5);
        return endS;
    }

    /** Steady low rushing, without any rhythm. */
    private double noise() {
        double length = endS - nowS;
        for (double hz : new double[] {100, 300, 900}) {
            tones.noise(nowS, length, hz * pitch, 0.6, 0, draws.between(0.5, 1.0));
        }
        return length + 1;
    }
}
