package javigate.data;

import java.util.List;
import java.util.Locale;

/**
 * Everything that decides a SightSound clip: what is seen, what is heard, where it belongs.
 *
 * @param videoId name of the clip, the stem of its file
 * @param split train, val or test
 * @param sight what is seen
 * @param heard what is heard
 * @param group name of its group of near-duplicates, empty if it has none
 */
record ClipSpec(String videoId, Split split, Sight sight, Heard heard, String group) {

    enum Split {
        TRAIN(0),
        VAL(1),
        TEST(2);

        /** Enters the seeds of the split's draws. */
        final int key;

        Split(int key) {
            this.key = key;
        }

        String word() {
            return lower(this);
        }
    }

    enum Kind {
        INFORMATIVE(0),
        IRRELEVANT(1),
        SILENT(2),
        ABSENT(3);

        /** Fills the field of that name in MSR-VTT's layout. */
        final int category;

        Kind(int category) {
            this.category = category;
        }

        String word() {
            return lower(this);
        }
    }

    enum Shape {
        CIRCLE,
        SQUARE,
        TRIANGLE,
        STAR,
        CROSS,
        RING
    }

    /** Colours of things: bright, unlike every {@link Tint}. */
    enum Colour {
        RED(0xE6, 0x1E, 0x1E),
        ORANGE(0xFF, 0x8C, 0x0A),
        YELLOW(0xFA, 0xE6, 0x28),
        GREEN(0x28, 0xC8, 0x3C),
        BLUE(0x32, 0x6E, 0xFF),
        PURPLE(0x96, 0x28, 0xC8),
        PINK(0xFF, 0x96, 0xC8),
        WHITE(0xF5, 0xF5, 0xF5);

        final int red;
        final int green;
        final int blue;

        Colour(int red, int green, int blue) {
            this.red = red;
            this.green = green;
            this.blue = blue;
        }
    }

    enum Size {
        SMALL,
        LARGE
    }

    enum Motion {
        ACROSS,
        UP,
        ORBIT,
        BOUNCE,
        GROW,
        BLINK,
        STILL
    }

    enum Background {
        PLAIN,
        GRADIENT,
        STRIPES,
        NOISE
    }

    /** Colours of backgrounds: dark. */
    enum Tint {
        GREY(0x5A, 0x5A, 0x5A),
        BLUE(0x1E, 0x2D, 0x6E),
        GREEN(0x19, 0x50, 0x2D),
        BROWN(0x5F, 0x3C, 0x1E),
        BLACK(0x14, 0x14, 0x14);

        final int red;
        final int green;
        final int blue;

        Tint(int red, int green, int blue) {
            this.red = red;
            this.green = green;
            this.blue = blue;
        }
    }

    /** What sounds: twelve that captions name, three that none names, nothing. */
    enum Source {
        BELL,
        SIREN,
        DRUM,
        WHISTLE,
        BUZZER,
        RAIN,
        ENGINE,
        CLOCK,
        BIRD,
        CLAPPING,
        PHONE,
        VOICE,
        MUSIC,
        CROWD,
        NOISE,
        NONE;

        /** The twelve that captions name. */
        static final List<Source> NAMED = List.of(values()).subList(0, 12);

        /** The three that no caption names. */
        static final List<Source> UNNAMED = List.of(MUSIC, CROWD, NOISE);

        String word() {
            return lower(this);
        }
    }

    /** An object in the picture. */
    record Thing(Shape shape, Colour colour, Size size, Motion motion) {}

    /**
     * What is seen.
     *
     * @param things one to three of different colours, the main one first
     * @param jitterPixels largest shake of the camera, 0 to 2
     * @param brightnessPercent 80 to 115
     * @param videoBitrate bits per second
     * @param seed decides the rest: places, speeds, grain
     */
    record Sight(
            List<Thing> things,
            Background background,
            Tint tint,
            int durationMs,
            int framesPerSecond,
            int jitterPixels,
            int brightnessPercent,
            int videoBitrate,
            long seed) {
        Sight {
            things = List.copyOf(things);
        }

        Thing main() {
            return things.getFirst();
        }
    }

    /**
     * What is heard.
     *
     * @param source {@link Source#NONE} for silent and absent
     * @param pitchPercent of the source's usual pitch
     * @param tempoPercent of the source's usual pace
     * @param loudnessPercent largest sample, in percent of full scale
     * @param onsetMs when it begins, under a second
     * @param seed decides the rest
     */
    record Heard(
            Kind kind,
            Source source,
            int pitchPercent,
            int tempoPercent,
            int loudnessPercent,
            int onsetMs,
            long seed) {}

    /**
     * The split that owns a combination of attributes: main thing's shape, colour and motion,
     * background, and sound (of clips that are not informative, their kind). It is a fixed hash of
     * the names (64-bit FNV-1a, mixed), whatever the seed: 70 % of combinations belong to train, 10
     * % to val, 20 % to test, and a test clip of any seed has a combination that no train clip of
     * any seed has.
     */
    static Split owner(Thing main, Background background, Kind kind, Source source) {
        String key =
                String.join(
                        "/",
                        main.shape().name(),
                        main.colour().name(),
                        main.motion().name(),
                        background.name(),
                        kind == Kind.INFORMATIVE ? source.name() : kind.name());
        long hash = 0xCBF29CE484222325L;
        for (int i = 0; i < key.length(); i++) {
            hash = (hash ^ key.charAt(i)) * 0x100000001B3L;
        }
        long percent = Math.floorMod(Draws.mix(hash), 100L);
        return percent < 70 ? Split.TRAIN : percent < 80 ? Split.VAL : Split.TEST;
    }

    /** The split that owns this clip's combination of attributes. */
    Split owner() {
        return owner(sight.main(), sight.background(), heard.kind(), heard.source());
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
