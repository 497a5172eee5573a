package javigate.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javigate.data.CaptionText.Names;
import javigate.data.CaptionText.Told;
import javigate.data.ClipSpec.Background;
import javigate.data.ClipSpec.Colour;
import javigate.data.ClipSpec.Heard;
import javigate.data.ClipSpec.Kind;
import javigate.data.ClipSpec.Motion;
import javigate.data.ClipSpec.Shape;
import javigate.data.ClipSpec.Sight;
import javigate.data.ClipSpec.Size;
import javigate.data.ClipSpec.Source;
import javigate.data.ClipSpec.Thing;
import javigate.data.ClipSpec.Tint;

/** The attributes of a clip that captions name. */
enum ClipAttribute {
    SOUND,
    SHAPE,
    COLOUR,
    SIZE,
    MOTION,
    BACKGROUND,
    TINT;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** All values that captions can name. */
    List<Enum<?>> choices() {
        return switch (this) {
            case SOUND -> List.copyOf(Source.NAMED);
            case SHAPE -> List.of(Shape.values());
            case COLOUR -> List.of(Colour.values());
            case SIZE -> List.of(Size.values());
            case MOTION -> List.of(Motion.values());
            case BACKGROUND -> List.of(Background.values());
            case TINT -> List.of(Tint.values());
        };
    }

    /** The values a clip has; several if it shows several things, none if no caption names it. */
    Set<Enum<?>> of(ClipSpec clip) {
        return switch (this) {
            case SOUND ->
                    clip.heard().kind() == Kind.INFORMATIVE
                            ? Set.of(clip.heard().source())
                            : Set.of();
            case BACKGROUND -> Set.of(clip.sight().background());
            case TINT -> Set.of(clip.sight().tint());
            case SHAPE, COLOUR, SIZE, MOTION ->
                    clip.sight().things().stream().map(this::of).collect(Collectors.toSet());
        };
    }

    private Enum<?> of(Thing thing) {
        return switch (this) {
            case SHAPE -> thing.shape();
            case COLOUR -> thing.colour();
            case SIZE -> thing.size();
            case MOTION -> thing.motion();
            case SOUND, BACKGROUND, TINT -> throw new AssertionError(this + " of a thing");
        };
    }

    /**
     * The values that a caption names.
     *
     * @param about the clip described
     */
    Set<Enum<?>> told(CaptionText caption, ClipSpec about) {
        boolean sight = caption.names() != Names.SOUND;
        Function<Stream<Told>, Set<Enum<?>>> values =
                told -> told.map(Told::thing).map(this::of).collect(Collectors.toSet());
        return switch (this) {
            case SOUND -> caption.names() == Names.SIGHT ? Set.of() : of(about);
            case BACKGROUND -> sight && caption.background() ? of(about) : Set.of();
            case TINT -> sight && caption.tint() ? of(about) : Set.of();
            case SHAPE, COLOUR -> values.apply(caption.things().stream());
            case SIZE -> values.apply(caption.things().stream().filter(Told::size));
            case MOTION -> values.apply(caption.things().stream().filter(Told::motion));
        };
    }

    /**
     * A clip like another but for this attribute.
     *
     * @param thing which of its things is changed, where the attribute is a thing's
     * @param value one of {@link #choices}, not the clip's
     */
    ClipSpec with(ClipSpec clip, int thing, Enum<?> value) {
        Sight s = clip.sight();
        Heard h = clip.heard();
        List<Thing> things = new ArrayList<>(s.things());
        Thing old = things.get(thing);
        things.set(
                thing,
                new Thing(
                        value instanceof Shape shape ? shape : old.shape(),
                        value instanceof Colour colour ? colour : old.colour(),
                        value instanceof Size size ? size : old.size(),
                        value instanceof Motion motion ? motion : old.motion()));
        return new ClipSpec(
                clip.videoId(),
                clip.split(),
                new Sight(
                        things,
                        value instanceof Background background ? background : s.background(),
                        value instanceof Tint tint ? tint : s.tint(),
                        s.durationMs(),
                        s.framesPerSecond(),
                        s.jitterPixels(),
                        s.brightnessPercent(),
                        s.videoBitrate(),
                        s.seed()),
                new Heard(
                        h.kind(),
                        value instanceof Source source ? source : h.source(),
                        h.pitchPercent(),
                        h.tempoPercent(),
                        h.loudnessPercent(),
                        h.onsetMs(),
                        h.seed()),
                clip.group());
    }
}
