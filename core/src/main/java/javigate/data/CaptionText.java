package javigate.data;

import java.util.List;
import java.util.Locale;
import javigate.data.ClipSpec.Heard;
import javigate.data.ClipSpec.Kind;
import javigate.data.ClipSpec.Sight;
import javigate.data.ClipSpec.Thing;

/**
 * A caption and what it states, so that it can be held against any clip's attributes.
 *
 * @param text lower-case English without punctuation
 * @param names whether it tells of what is seen, heard, or both
 * @param things the things it tells of, with shape and colour always
 * @param background whether it tells the kind of background
 * @param tint whether it tells the colour of the background
 */
record CaptionText(String text, Names names, List<Told> things, boolean background, boolean tint) {

    enum Names {
        SIGHT,
        SOUND,
        BOTH;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A thing in a caption; of size and motion what is told is compared. */
    record Told(Thing thing, boolean size, boolean motion) {
        boolean fits(Thing other) {
            return thing.shape() == other.shape()
                    && thing.colour() == other.colour()
                    && (!size || thing.size() == other.size())
                    && (!motion || thing.motion() == other.motion());
        }
    }

    CaptionText {
        things = List.copyOf(things);
    }

    /** Whether everything said of {@code about}, the clip described, holds for another clip too. */
    boolean fits(ClipSpec about, ClipSpec other) {
        return (names == Names.SIGHT || soundFits(about.heard(), other.heard()))
                && (names == Names.SOUND || sightFits(about.sight(), other.sight()));
    }

    private static boolean soundFits(Heard about, Heard other) {
        return other.kind() == Kind.INFORMATIVE && other.source() == about.source();
    }

    private boolean sightFits(Sight about, Sight other) {
        // The things of a clip differ in colour, so none can stand for two that are told.
        return (!background || about.background() == other.background())
                && (!tint || about.tint() == other.tint())
                && things.stream().allMatch(told -> other.things().stream().anyMatch(told::fits));
    }
}
