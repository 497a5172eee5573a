package javigate.data;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import javigate.data.CaptionText.Names;
import javigate.data.CaptionText.Told;
import javigate.data.ClipSpec.Kind;
import javigate.data.ClipSpec.Sight;
import javigate.data.ClipSpec.Thing;
import javigate.data.ClipWords.Noise;

/**
 * Writes captions. Those of informative clips tell of sight and sound in 65 %, of sight alone in 21
 * %, of sound alone in 14 % of cases; those of all other clips of sight alone, whatever is heard.
 */
final class ClipGrammar {

    /** Captions of each sort for a clip. */
    static final int CAPTIONS = 5;

    private final ClipSpec clip;
    private final Draws draws;

    ClipGrammar(ClipSpec clip, Draws draws) {
        this.clip = clip;
        this.draws = draws;
    }

    /** Five different captions. */
    List<CaptionText> captions() {
        return different(false);
    }

    /** Five different captions that tell of sight alone. */
    List<CaptionText> sightCaptions() {
        return different(true);
    }

    private List<CaptionText> different(boolean sightOnly) {
        Set<String> texts = new HashSet<>();
        List<CaptionText> captions = new ArrayList<>();
        while (captions.size() < CAPTIONS) {
            CaptionText caption = caption(sightOnly ? Names.SIGHT : names());
            if (texts.add(caption.text())) {
                captions.add(caption);
            }
        }
        return captions;
    }

    private Names names() {
        if (clip.heard().kind() != Kind.INFORMATIVE) {
            return Names.SIGHT;
        }
        int percent = draws.below(100);
        return percent < 65 ? Names.BOTH : percent < 86 ? Names.SIGHT : Names.SOUND;
    }

    private CaptionText caption(Names names) {
        if (names == Names.SOUND) {
            return new CaptionText(soundAlone(), names, List.of(), false, false);
        }
        List<Told> things = tell();
        boolean background = draws.percent(75);
        boolean tint = background && draws.percent(70);
        boolean asNoun = draws.percent(35);
        String sight = asNoun ? asNoun(things) : asClause(things);
        if (background) {
            String ground = background(tint);
            sight =
                    !asNoun && draws.percent(20)
                            ? draws.of(new String[] {"on ", "against "}) + ground + " " + sight
                            : sight
                                    + draws.of(new String[] {" on ", " over ", " against "})
                                    + ground;
        }
        String text = names == Names.SIGHT ? sightAlone(sight, asNoun) : withSound(sight, asNoun);
        return new CaptionText(text, names, things, background, tint);
    }

    /** Chooses what to tell: mostly all things, mostly their motions, often their sizes. */
    private List<Told> tell() {
        List<Thing> things = new ArrayList<>(clip.sight().things());
        if (things.size() > 1 && draws.percent(15)) {
            things.subList(1, things.size()).clear();
        }
        if (draws.percent(25)) {
            draws.shuffle(things);
        }
        List<Told> told = new ArrayList<>();
        for (Thing thing : things) {
            boolean first = told.isEmpty();
            told.add(new Told(thing, draws.percent(65), draws.percent(first ? 92 : 55)));
        }
        return told;
    }

    /** "a red star bounces and a small blue square blinks". */
    private String asClause(List<Told> things) {
        StringBuilder text = new StringBuilder();
        for (Told told : things) {
            boolean first = text.isEmpty();
            if (told.motion()) {
                text.append(first ? "" : " and ").append(noun(told)).append(' ');
                text.append(draws.of(ClipWords.motion(told.thing().motion())).finite());
            } else if (first) {
                text.append(noun(told));
                text.append(draws.of(new String[] {" is shown", " can be seen"}));
            } else {
                text.append(draws.of(new String[] {" next to ", " with "})).append(noun(told));
            }
        }
        return text.toString();
    }

    /** "a red star bouncing and a small blue square". */
    private String asNoun(List<Told> things) {
        return things.stream()
                .map(
                        told ->
                                told.motion()
                                        ? noun(told)
                                                + " "
                                                + draws.of(ClipWords.motion(told.thing().motion()))
                                                        .gerund()
                                        : noun(told))
                .collect(Collectors.joining(" and "));
    }

    private String noun(Told told) {
        Thing thing = told.thing();
        String words =
                draws.of(ClipWords.colour(thing.colour()))
                        + " "
                        + draws.of(ClipWords.shape(thing.shape()));
        if (told.size()) {
            words = draws.of(ClipWords.size(thing.size())) + " " + words;
        }
        return (words.startsWith("o") ? "an " : "a ") + words;
    }

    private String background(boolean tint) {
        Sight sight = clip.sight();
        if (!tint) {
            return draws.of(ClipWords.colourlessBackground(sight.background()));
        }
        String colour = sight.tint().name().toLowerCase(Locale.ROOT);
        return draws.of(ClipWords.background(sight.background())).replace("%s", colour);
    }

    private String sightAlone(String sight, boolean noun) {
        if (!noun) {
            return sight;
        }
        return draws.of(new String[] {"", "there is ", "we see ", "a clip of "}) + sight;
    }

    private String withSound(String sight, boolean noun) {
        Noise sound = draws.of(ClipWords.sound(clip.heard().source()));
        if (noun) {
            return switch (draws.below(4)) {
                case 0 -> sight + " to the sound of " + sound.noun();
                case 1 -> sound.clause() + " and we see " + sight;
                case 2 -> "there is " + sight + " while " + sound.clause();
                default -> sight + " and the sound of " + sound.noun();
            };
        }
        return switch (draws.below(7)) {
            case 0, 1 -> sight + " while " + sound.clause();
            case 2 -> sight + " as " + sound.clause() + " off screen";
            case 3 -> sound.clause() + " while " + sight;
            case 4 -> sight + " to the sound of " + sound.noun();
            case 5 -> "we hear " + sound.noun() + " as " + sight;
            default -> sight + " and " + sound.noun() + " can be heard";
        };
    }

    private String soundAlone() {
        Noise sound = draws.of(ClipWords.sound(clip.heard().source()));
        return switch (draws.below(6)) {
            case 0 -> sound.clause() + " off screen";
            case 1 -> sound.clause() + " somewhere near";
            case 2 -> "the sound of " + sound.noun();
            case 3 -> "we hear " + sound.noun();
            case 4 -> sound.noun() + " can be heard";
            default -> sound.clause();
        };
    }
}
