package javigate.data;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javigate.data.ClipSpec.Background;
import javigate.data.ClipSpec.Colour;
import javigate.data.ClipSpec.Heard;
import javigate.data.ClipSpec.Kind;
import javigate.data.ClipSpec.Motion;
import javigate.data.ClipSpec.Shape;
import javigate.data.ClipSpec.Sight;
import javigate.data.ClipSpec.Size;
import javigate.data.ClipSpec.Source;
import javigate.data.ClipSpec.Split;
import javigate.data.ClipSpec.Thing;
import javigate.data.ClipSpec.Tint;

/**
 * Decides the clips of one split: kinds in fixed shares (informative 50 %, irrelevant 30 %, silent
 * 10 %, absent 10 %), combinations that belong to the split, and in the test split groups of
 * near-duplicates: 40 % of the informative clips share their sight with one or two others that
 * sound differently, 20 % share their sound with one or two that look different.
 */
final class ClipPlan {

    private static final int SAME_SIGHT_PERCENT = 40;
    private static final int SAME_SOUND_PERCENT = 20;

    private final long seed;
    private final Split split;
    private final Heard[] heard;
    private final Sight[] sights;
    private final String[] groups;

    private ClipPlan(long seed, Split split, int count) {
        this.seed = seed;
        this.split = split;
        heard = new Heard[count];
        sights = new Sight[count];
        groups = new String[count];
    }

    /** The clips of a split, in the order of their names. */
    static List<ClipSpec> of(long seed, Split split, int count) {
        ClipPlan plan = new ClipPlan(seed, split, count);
        List<Kind> kinds = plan.kinds();
        List<Integer> informative = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            plan.groups[i] = "";
            if (kinds.get(i) == Kind.INFORMATIVE) {
                informative.add(i);
            }
        }
        if (split == Split.TEST) {
            plan.group(informative);
        }
        List<ClipSpec> clips = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (plan.sights[i] == null) {
                Draws draws = plan.draws(i);
                plan.heard[i] = heard(draws, kinds.get(i));
                plan.sights[i] = plan.sightFor(draws, plan.heard[i]);
            }
            String id = String.format(Locale.ROOT, "%s%05d", split.word(), i);
            clips.add(new ClipSpec(id, split, plan.sights[i], plan.heard[i], plan.groups[i]));
        }
        return List.copyOf(clips);
    }

    private List<Kind> kinds() {
        int count = heard.length;
        List<Kind> kinds = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int tenth = (int) (i * 10L / count);
            kinds.add(
                    tenth < 5
                            ? Kind.INFORMATIVE
                            : tenth < 8 ? Kind.IRRELEVANT : tenth < 9 ? Kind.SILENT : Kind.ABSENT);
        }
        new Draws(seed, split.key, -1).shuffle(kinds);
        return kinds;
    }

    private Draws draws(int index) {
        return new Draws(seed, split.key, index);
    }

    private void group(List<Integer> informative) {
        int sameSight = informative.size() * SAME_SIGHT_PERCENT / 100;
        int sameSound = sameSight + informative.size() * SAME_SOUND_PERCENT / 100;
        int next = 0;
        int number = 0;
        while (next + 2 <= sameSight) {
            next += groupBySight(informative.subList(next, sameSight), number++);
        }
        while (next + 2 <= sameSound) {
            next += groupBySound(informative.subList(next, sameSound), number++);
        }
    }

    /** Fills two or three of these clips with one sight and different sounds; returns how many. */
    private int groupBySight(List<Integer> clips, int number) {
        Draws draws = draws(clips.getFirst());
        while (true) {
            Sight sight = sight(draws);
            List<Source> sources = new ArrayList<>();
            for (Source source : Source.NAMED) {
                if (owns(sight, Kind.INFORMATIVE, source)) {
                    sources.add(source);
                }
            }
            if (sources.size() < 2) {
                continue;
            }
            draws.shuffle(sources);
            int size = Math.min(Math.min(draws.between(2, 3), sources.size()), clips.size());
            for (int i = 0; i < size; i++) {
                int clip = clips.get(i);
                heard[clip] = named(draws, sources.get(i));
                sights[clip] = sight;
                groups[clip] = "sight" + number;
            }
            return size;
        }
    }

    /** Fills two or three of these clips with one sound and different sights; returns how many. */
    private int groupBySound(List<Integer> clips, int number) {
        Draws draws = draws(clips.getFirst());
        Heard sound = heard(draws, Kind.INFORMATIVE);
        int size = Math.min(draws.between(2, 3), clips.size());
        for (int i = 0; i < size; i++) {
            int clip = clips.get(i);
            heard[clip] = sound;
            sights[clip] = sightFor(draws, sound);
            groups[clip] = "sound" + number;
        }
        return size;
    }

    private boolean owns(Sight sight, Kind kind, Source source) {
        return ClipSpec.owner(sight.main(), sight.background(), kind, source) == split;
    }

    private Sight sightFor(Draws draws, Heard sound) {
        while (true) {
            Sight sight = sight(draws);
            if (owns(sight, sound.kind(), sound.source())) {
                return sight;
            }
        }
    }

    private static Sight sight(Draws draws) {
        int tenths = draws.below(20);
        int count = tenths < 13 ? 1 : tenths < 18 ? 2 : 3;
        List<Thing> things = new ArrayList<>();
        Set<Colour> colours = EnumSet.noneOf(Colour.class);
        while (things.size() < count) {
            Thing thing =
                    new Thing(
                            draws.of(Shape.values()),
                            draws.of(Colour.values()),
                            draws.of(Size.values()),
                            draws.of(Motion.values()));
            if (colours.add(thing.colour())) {
                things.add(thing);
            }
        }
        Background background = draws.of(Background.values());
        Tint tint = draws.of(Tint.values());
        while (alike(tint, colours)) {
            tint = draws.of(Tint.values());
        }
        return new Sight(
                things,
                background,
                tint,
                draws.between(30, 80) * 100,
                draws.of(new Integer[] {12, 12, 15, 15, 20, 25}),
                draws.below(3),
                draws.between(80, 115),
                draws.between(80, 200) * 1000,
                draws.word());
    }

    /** Whether a thing would be hard to see: blue on dark blue, green on dark green. */
    private static boolean alike(Tint tint, Set<Colour> colours) {
        return (tint == Tint.BLUE
                        && (colours.contains(Colour.BLUE) || colours.contains(Colour.PURPLE)))
                || (tint == Tint.GREEN && colours.contains(Colour.GREEN));
    }

    private static Heard heard(Draws draws, Kind kind) {
        return switch (kind) {
            case INFORMATIVE -> named(draws, draws.of(Source.NAMED));
            case IRRELEVANT ->
                    new Heard(
                            kind,
                            draws.of(Source.UNNAMED),
                            draws.between(80, 125),
                            draws.between(80, 125),
                            draws.between(60, 95),
                            draws.below(300),
                            draws.word());
            case SILENT, ABSENT -> new Heard(kind, Source.NONE, 0, 0, 0, 0, 0);
        };
    }

    private static Heard named(Draws draws, Source source) {
        return new Heard(
                Kind.INFORMATIVE,
                source,
                draws.between(80, 125),
                draws.between(75, 130),
                draws.between(25, 90),
                draws.below(1000),
                draws.word());
    }
}
