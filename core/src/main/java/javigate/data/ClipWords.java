package javigate.data;

import java.util.List;
import java.util.Locale;
import javigate.data.ClipSpec.Background;
import javigate.data.ClipSpec.Colour;
import javigate.data.ClipSpec.Motion;
import javigate.data.ClipSpec.Shape;
import javigate.data.ClipSpec.Size;
import javigate.data.ClipSpec.Source;

/** The words of SightSound's captions: for each attribute two or more ways to say it. */
final class ClipWords {

    private ClipWords() {}

    /** A way to say a motion: "bounces", "bouncing". */
    record Verb(String finite, String gerund) {}

    /** A way to say a sound: "a bell rings", "a ringing bell". */
    record Noise(String clause, String noun) {}

    static List<String> shape(Shape shape) {
        return switch (shape) {
            case CIRCLE -> List.of("circle", "circle", "disc");
            case SQUARE -> List.of("square", "square", "box");
            case TRIANGLE -> List.of("triangle");
            case STAR -> List.of("star");
            case CROSS -> List.of("cross", "cross", "plus sign");
            case RING -> List.of("ring", "ring", "hoop");
        };
    }

    static List<String> colour(Colour colour) {
        return switch (colour) {
            case PURPLE -> List.of("purple", "purple", "violet");
            case RED, ORANGE, YELLOW, GREEN, BLUE, PINK, WHITE ->
                    List.of(colour.name().toLowerCase(Locale.ROOT));
        };
    }

    static List<String> size(Size size) {
        return switch (size) {
            case SMALL -> List.of("small", "small", "little", "tiny");
            case LARGE -> List.of("large", "large", "big");
        };
    }

    static List<Verb> motion(Motion motion) {
        return switch (motion) {
            case ACROSS ->
                    List.of(
                            new Verb("moves across the screen", "moving across the screen"),
                            new Verb("slides sideways", "sliding sideways"),
                            new Verb("crosses the picture", "crossing the picture"));
            case UP ->
                    List.of(
                            new Verb("rises", "rising"),
                            new Verb("moves up", "moving up"),
                            new Verb("floats upward", "floating upward"));
            case ORBIT ->
                    List.of(
                            new Verb("goes round and round", "going round and round"),
                            new Verb("orbits the middle", "orbiting the middle"),
                            new Verb("moves in a loop", "moving in a loop"));
            case BOUNCE ->
                    List.of(
                            new Verb("bounces", "bouncing"),
                            new Verb("hops up and down", "hopping up and down"),
                            new Verb("jumps like a ball", "jumping like a ball"));
            case GROW ->
                    List.of(
                            new Verb("grows", "growing"),
                            new Verb("gets bigger", "getting bigger"),
                            new Verb("swells", "swelling"));
            case BLINK ->
                    List.of(
                            new Verb("blinks", "blinking"),
                            new Verb("flashes on and off", "flashing on and off"),
                            new Verb("appears and vanishes", "appearing and vanishing"));
            case STILL ->
                    List.of(
                            new Verb("stays still", "staying still"),
                            new Verb("does not move", "that does not move"),
                            new Verb("rests in place", "resting in place"));
        };
    }

    /** Ways to say a background; {@code %s} stands for its colour. */
    static List<String> background(Background background) {
        return switch (background) {
            case PLAIN -> List.of("a plain %s background", "a plain %s wall", "flat %s");
            case GRADIENT ->
                    List.of("a %s gradient", "a fading %s background", "%s that turns lighter");
            case STRIPES ->
                    List.of("%s stripes", "a striped %s background", "a %s wall with stripes");
            case NOISE -> List.of("%s speckles", "a speckled %s background", "a grainy %s pattern");
        };
    }

    /** Ways to say a background without its colour. */
    static List<String> colourlessBackground(Background background) {
        return switch (background) {
            case PLAIN -> List.of("a plain background", "a plain wall");
            case GRADIENT -> List.of("a gradient", "a fading background");
            case STRIPES -> List.of("stripes", "a striped background");
            case NOISE -> List.of("speckles", "a speckled background", "a grainy pattern");
        };
    }

    /**
     * Ways to say a sound.
     *
     * @param source one of {@link Source#NAMED}; captions name no other
     */
    static List<Noise> sound(Source source) {
        return switch (source) {
            case BELL ->
                    List.of(
                            new Noise("a bell rings", "a ringing bell"),
                            new Noise("a bell tolls", "the toll of a bell"),
                            new Noise("a church bell chimes", "a church bell"));
            case SIREN ->
                    List.of(
                            new Noise("a siren wails", "a wailing siren"),
                            new Noise("a siren howls", "the howl of a siren"));
            case DRUM ->
                    List.of(
                            new Noise("a drum beats", "a beating drum"),
                            new Noise("someone plays a drum", "the beat of a drum"));
            case WHISTLE ->
                    List.of(
                            new Noise("a whistle rises in pitch", "a rising whistle"),
                            new Noise("someone whistles", "a whistle"));
            case BUZZER ->
                    List.of(
                            new Noise("a buzzer sounds", "a buzzer"),
                            new Noise("a buzzer buzzes", "a harsh buzzer"));
            case RAIN ->
                    List.of(
                            new Noise("rain falls", "falling rain"),
                            new Noise("rain patters", "pattering rain"));
            case ENGINE ->
                    List.of(
                            new Noise("an engine runs", "a running engine"),
                            new Noise("a motor rumbles", "a rumbling motor"));
            case CLOCK ->
                    List.of(
                            new Noise("a clock ticks", "a ticking clock"),
                            new Noise("a clock goes tick tock", "the tick of a clock"));
            case BIRD ->
                    List.of(
                            new Noise("a bird chirps", "a chirping bird"),
                            new Noise("a bird sings", "bird song"));
            case CLAPPING ->
                    List.of(
                            new Noise("people clap", "clapping hands"),
                            new Noise("an audience applauds", "applause"));
            case PHONE ->
                    List.of(
                            new Noise("a phone rings", "a ringing phone"),
                            new Noise("a telephone rings", "a telephone"));
            case VOICE ->
                    List.of(
                            new Noise("a voice babbles", "a babbling voice"),
                            new Noise("someone talks", "someone talking"));
            case MUSIC, CROWD, NOISE, NONE ->
                    throw new IllegalArgumentException("no caption names " + source);
        };
    }
}
