package javigate.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javigate.data.CaptionText.Names;
import javigate.data.ClipSpec.Kind;
import javigate.data.ClipSpec.Source;
import javigate.data.ClipSpec.Split;
import javigate.data.SightSoundMetadata.Entry;
import org.junit.jupiter.api.Test;

class SightSoundMetadataTest {

    /** For each sound, the words that give it away, whichever way it is told. */
    private static final Map<Source, List<String>> GIVEAWAYS =
            Map.ofEntries(
                    Map.entry(Source.BELL, List.of("bell")),
                    Map.entry(Source.SIREN, List.of("siren")),
                    Map.entry(Source.DRUM, List.of("drum")),
                    Map.entry(Source.WHISTLE, List.of("whistle", "whistles")),
                    Map.entry(Source.BUZZER, List.of("buzzer")),
                    Map.entry(Source.RAIN, List.of("rain")),
                    Map.entry(Source.ENGINE, List.of("engine", "motor")),
                    Map.entry(Source.CLOCK, List.of("clock")),
                    Map.entry(Source.BIRD, List.of("bird")),
                    Map.entry(Source.CLAPPING, List.of("clap", "clapping", "applauds", "applause")),
                    Map.entry(Source.PHONE, List.of("phone", "telephone")),
                    Map.entry(Source.VOICE, List.of("voice", "talks", "talking")));

    private static final SightSoundMetadata FULL = new SightSoundMetadata(1, SightSound.FULL);

    @Test
    void oneSeedGivesTheSameBytesForEver() {
        assertEquals(
                "318a42a254ddc6c00b234927eb1ba73f2d840fa133db1693697d413d183a0d70",
                new SightSoundMetadata(1, SightSound.MINI).sha256());
        assertNotEquals(
                new SightSoundMetadata(1, SightSound.MINI).sha256(),
                new SightSoundMetadata(2, SightSound.MINI).sha256());
    }

    @Test
    void theLanguageOfTheMachineDoesNotMatter() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("tr-TR-u-nu-arab"));
            assertEquals(FULL.sha256(), new SightSoundMetadata(1, SightSound.FULL).sha256());
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void valAndTestDoNotDependOnHowManyTrainClipsThereAre() {
        SightSoundMetadata more = new SightSoundMetadata(1, SightSound.FULL.withTrain(2500));
        Map<String, byte[]> files = more.files();
        for (String name : List.of("val.csv", "test.csv")) {
            assertArrayEquals(FULL.files().get(name), files.get(name), name);
        }
        assertEquals(heldOut(FULL), heldOut(more));
        assertEquals(3200, more.entries().size());
    }

    private static List<Entry> heldOut(SightSoundMetadata metadata) {
        return metadata.entries().stream()
                .filter(entry -> entry.clip().split() != Split.TRAIN)
                .toList();
    }

    @Test
    void splitsShareNoCombinationWhateverTheSeeds() {
        Map<String, Split> owners = new HashMap<>();
        for (long seed = 1; seed <= 5; seed++) {
            for (Entry entry : new SightSoundMetadata(seed, SightSound.FULL).entries()) {
                ClipSpec clip = entry.clip();
                Split owner = owners.putIfAbsent(combination(clip), clip.split());
                assertTrue(owner == null || owner == clip.split(), combination(clip));
            }
        }
        assertTrue(owners.size() > 5000, "only " + owners.size() + " combinations");
    }

    @Test
    void splitsOwnTheirSharesOfAllCombinations() {
        int[] counts = new int[3];
        for (var shape : ClipSpec.Shape.values()) {
            for (var colour : ClipSpec.Colour.values()) {
                for (var motion : ClipSpec.Motion.values()) {
                    for (var background : ClipSpec.Background.values()) {
                        for (Source source : Source.NAMED) {
                            var thing =
                                    new ClipSpec.Thing(shape, colour, ClipSpec.Size.SMALL, motion);
                            Split owner =
                                    ClipSpec.owner(thing, background, Kind.INFORMATIVE, source);
                            counts[owner.key]++;
                        }
                    }
                }
            }
        }
        double all = counts[0] + counts[1] + counts[2];
        assertEquals(0.7, counts[0] / all, 0.01);
        assertEquals(0.1, counts[1] / all, 0.01);
        assertEquals(0.2, counts[2] / all, 0.01);
    }

    @Test
    void kindsHaveTheirShares() {
        for (Split split : Split.values()) {
            List<Entry> entries = entries(split);
            Map<Kind, Integer> counts = new HashMap<>();
            entries.forEach(entry -> counts.merge(entry.clip().heard().kind(), 1, Integer::sum));
            assertEquals(entries.size() / 2, counts.get(Kind.INFORMATIVE));
            assertEquals(entries.size() * 3 / 10, counts.get(Kind.IRRELEVANT));
            assertEquals(entries.size() / 10, counts.get(Kind.SILENT));
            assertEquals(entries.size() / 10, counts.get(Kind.ABSENT));
        }
    }

    @Test
    void theTestSplitHasGroupsOfNearDuplicates() {
        Map<String, List<ClipSpec>> groups = new HashMap<>();
        for (Entry entry : FULL.entries()) {
            if (!entry.clip().group().isEmpty()) {
                assertEquals(Split.TEST, entry.clip().split());
                groups.computeIfAbsent(entry.clip().group(), key -> new ArrayList<>())
                        .add(entry.clip());
            }
        }
        int sameSight = 0;
        int sameSound = 0;
        for (List<ClipSpec> group : groups.values()) {
            int sights = new HashSet<>(group.stream().map(ClipSpec::sight).toList()).size();
            int sounds = new HashSet<>(group.stream().map(c -> c.heard().source()).toList()).size();
            assertTrue(group.size() == 2 || group.size() == 3);
            if (sights == 1) {
                assertEquals(group.size(), sounds);
                sameSight += group.size();
            } else {
                assertEquals(group.size(), sights);
                assertEquals(1, sounds);
                sameSound += group.size();
            }
        }
        assertEquals(100, sameSight, 2, "40 % of 250 informative clips");
        assertEquals(50, sameSound, 2, "20 % of 250 informative clips");
    }

    @Test
    void captionsNameWhatIsHeardAndNothingElse() {
        for (Entry entry : FULL.entries()) {
            for (CaptionText caption : entry.captions()) {
                assertEquals(
                        caption.names() == Names.SIGHT
                                ? Set.of()
                                : Set.of(entry.clip().heard().source()),
                        soundsIn(caption.text()),
                        caption.text());
            }
            for (CaptionText caption : entry.sightCaptions()) {
                assertEquals(Set.of(), soundsIn(caption.text()), caption.text());
            }
        }
    }

    @Test
    void captionsOfInformativeClipsMixSightAndSound() {
        Map<Names, Integer> counts = new HashMap<>();
        for (Entry entry : FULL.entries()) {
            Set<String> texts = new HashSet<>();
            entry.captions().forEach(caption -> texts.add(caption.text()));
            assertEquals(ClipGrammar.CAPTIONS, texts.size());
            for (CaptionText caption : entry.captions()) {
                if (entry.clip().heard().kind() == Kind.INFORMATIVE) {
                    counts.merge(caption.names(), 1, Integer::sum);
                } else {
                    assertEquals(Names.SIGHT, caption.names());
                }
            }
        }
        double all = 1350 * 5;
        assertEquals(0.65, counts.getOrDefault(Names.BOTH, 0) / all, 0.03);
        assertEquals(0.21, counts.getOrDefault(Names.SIGHT, 0) / all, 0.03);
        assertEquals(0.14, counts.getOrDefault(Names.SOUND, 0) / all, 0.03);
    }

    @Test
    void theVocabularyIsSmallAndPlain() {
        Set<String> words = new TreeSet<>();
        for (Entry entry : FULL.entries()) {
            for (CaptionText caption : entry.captions()) {
                assertTrue(caption.text().matches("[a-z]+( [a-z]+)*"), caption.text());
                words.addAll(List.of(caption.text().split(" ")));
            }
        }
        assertTrue(words.size() < 250, words.size() + " words: " + words);
    }

    @Test
    void aCaptionFitsItsOwnClipAndTheCeilingSaysHowFewOthers() {
        for (Entry entry : FULL.entries()) {
            for (CaptionText caption : entry.captions()) {
                assertTrue(caption.fits(entry.clip(), entry.clip()), caption.text());
            }
        }
        Map<String, Double> ceilings = FULL.ceilingR1(Split.TEST);
        assertTrue(ceilings.getOrDefault("caption_both", -1.0) > 90, ceilings.toString());
        assertTrue(ceilings.getOrDefault("caption_sound", -1.0) < 15, ceilings.toString());
        assertTrue(
                ceilings.getOrDefault("all", -1.0) > 75 && ceilings.getOrDefault("all", -1.0) < 100,
                ceilings.toString());
        assertEquals(
                List.of("all", "informative", "irrelevant", "silent", "absent"),
                List.copyOf(ceilings.keySet()).subList(0, 5));
    }

    @Test
    void aCaptionDoesNotFitAClipThatLooksOrSoundsOtherwise() {
        for (Entry entry : entries(Split.TEST)) {
            CaptionText caption = entry.chosen();
            for (Entry other : entries(Split.TEST)) {
                boolean sameSound = entry.clip().heard().source() == other.clip().heard().source();
                boolean sameThing =
                        other.clip().sight().things().stream()
                                .anyMatch(
                                        thing ->
                                                caption.things().isEmpty()
                                                        || caption.things().getFirst().fits(thing));
                if (!sameThing || (caption.names() != Names.SIGHT && !sameSound)) {
                    assertFalse(caption.fits(entry.clip(), other.clip()), caption.text());
                }
            }
        }
    }

    private static List<Entry> entries(Split split) {
        return FULL.entries().stream().filter(entry -> entry.clip().split() == split).toList();
    }

    private static String combination(ClipSpec clip) {
        var main = clip.sight().main();
        var heard = clip.heard();
        String sound =
                heard.kind() == Kind.INFORMATIVE
                        ? heard.source().toString()
                        : heard.kind().toString();
        return main.shape()
                + " "
                + main.colour()
                + " "
                + main.motion()
                + " "
                + clip.sight().background()
                + " "
                + sound;
    }

    private static Set<Source> soundsIn(String caption) {
        Set<String> words = Set.copyOf(List.of(caption.split(" ")));
        Set<Source> sounds = new HashSet<>();
        GIVEAWAYS.forEach(
                (source, giveaways) -> {
                    if (giveaways.stream().anyMatch(words::contains)) {
                        sounds.add(source);
                    }
                });
        return sounds;
    }
}
