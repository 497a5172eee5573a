package javigate.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import javigate.data.ClipSpec.Split;
import javigate.data.SightSoundMetadata.Entry;

/**
 * Queries over the clips of one SightSound split, of which it is known what they match: a clip
 * matches a text when all that the text states is true of the clip by its attributes. Beside
 * captions of the clips there are three tiers of texts that nothing in the library matches. Seed,
 * sizes and split decide them all; the combinations of all texts belong to the split.
 *
 * @param metadataSha256 of the clips and captions, as in sightsound.json
 * @param videoIds of the split's clips, in the manifest's order; queries name clips by their places
 *     in it
 * @param queries tier by tier
 */
public record SightSoundQueries(String metadataSha256, List<String> videoIds, List<Query> queries) {

    /** Texts for each value that is taken out of the library. */
    private static final int PER_VALUE = 12;

    /** Other clips described, but no more than the split has captions. */
    private static final int ABSENT_COMBINATIONS = 500;

    /** Texts for each attribute that is changed, but no more than the split has clips. */
    private static final int NEAR_MISSES = 72;

    /** A change may be impossible; so many clips are tried for each near miss. */
    private static final int TRIES = 200;

    /** What of a text is in the library. */
    public enum Tier {
        /** All: the captions of the library's clips. */
        PRESENT,
        /** A value that the text names is not: the library is the split without its clips. */
        ABSENT_VALUE,
        /** All values are, the combination is not: captions of clips not in the library. */
        ABSENT_COMBINATION,
        /** A clip is there of which all is true but one attribute. */
        NEAR_MISS;

        /** As people write it: "near miss". */
        public String words() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /**
     * One text.
     *
     * @param attribute what is absent or changed, "sound" for example; empty in other tiers
     * @param library the clips that are searched
     * @param matches the split's clips that match; none of the library but in tier PRESENT
     */
    public record Query(String text, Tier tier, String attribute, BitSet library, BitSet matches) {}

    public SightSoundQueries {
        videoIds = List.copyOf(videoIds);
        queries = List.copyOf(queries);
    }

    /**
     * The queries of a split of a SightSound folder.
     *
     * @param split train, val or test
     * @throws IOException if the folder holds no SightSound, or one that this version would not
     *     make
     */
    public static SightSoundQueries read(Path folder, String split) throws IOException {
        Path file = folder.resolve(SightSound.SUMMARY);
        if (!Files.isRegularFile(file)) {
            throw new IOException(
                    folder
                            + ": no SightSound (it has no "
                            + SightSound.SUMMARY
                            + "); only there is known what a text matches; use sightsound:1");
        }
        JsonNode summary = JsonFile.read(file);
        SightSoundMetadata metadata =
                new SightSoundMetadata(
                        summary.path("seed").asLong(),
                        new SightSound.Sizes(
                                summary.path("train").asInt(),
                                summary.path("val").asInt(),
                                summary.path("test").asInt()));
        String stated = summary.path("metadata_sha256").asText();
        if (!stated.equals(metadata.sha256())) {
            throw new IOException(
                    "%s: metadata %s, but this version of javigate makes %s; make the folder again"
                            .formatted(file, stated, metadata.sha256()));
        }
        return of(metadata, split);
    }

    /**
     * The same without files.
     *
     * @throws IllegalArgumentException if the split has no clips
     */
    static SightSoundQueries of(SightSoundMetadata metadata, String split) {
        List<Entry> entries =
                metadata.entries().stream()
                        .filter(entry -> entry.clip().split().word().equals(split))
                        .toList();
        if (entries.isEmpty()) {
            throw new IllegalArgumentException(
                    "SightSound's split '%s' has no clips".formatted(split));
        }
        Maker maker = new Maker(metadata.seed(), entries);
        return new SightSoundQueries(
                metadata.sha256(),
                entries.stream().map(entry -> entry.clip().videoId()).toList(),
                maker.all());
    }

    /** Makes the queries over the clips of one split. */
    private static final class Maker {
        private final long seed;
        private final Split split;
        private final List<Entry> entries;
        private final BitSet all;
        private final List<Query> queries = new ArrayList<>();

        Maker(long seed, List<Entry> entries) {
            this.seed = seed;
            this.split = entries.getFirst().clip().split();
            this.entries = entries;
            this.all = new BitSet();
            all.set(0, entries.size());
        }

        List<Query> all() {
            for (Entry entry : entries) {
                for (CaptionText caption : entry.captions()) {
                    add(caption, entry.clip(), Tier.PRESENT, "", all);
                }
            }
            for (ClipAttribute attribute : ClipAttribute.values()) {
                for (Enum<?> value : attribute.choices()) {
                    absentValue(attribute, value);
                }
            }
            absentCombinations();
            for (ClipAttribute attribute : ClipAttribute.values()) {
                nearMisses(attribute);
            }
            return queries;
        }

        private void add(
                CaptionText caption, ClipSpec about, Tier tier, String attribute, BitSet library) {
            queries.add(
                    new Query(caption.text(), tier, attribute, library, matches(caption, about)));
        }

        private BitSet matches(CaptionText caption, ClipSpec about) {
            BitSet matches = new BitSet();
            for (int i = 0; i < entries.size(); i++) {
                matches.set(i, caption.fits(about, entries.get(i).clip()));
            }
            return matches;
        }

        /** Captions that name a value, over a library without any clip that has it. */
        private void absentValue(ClipAttribute attribute, Enum<?> value) {
            BitSet library = new BitSet();
            List<Entry> having = new ArrayList<>();
            for (int i = 0; i < entries.size(); i++) {
                boolean has = attribute.of(entries.get(i).clip()).contains(value);
                library.set(i, !has);
                if (has) {
                    having.add(entries.get(i));
                }
            }
            if (library.isEmpty()) {
                return;
            }
            Draws draws = draws(Tier.ABSENT_VALUE, key(attribute), key(value));
            draws.shuffle(having);
            int left = PER_VALUE;
            for (Entry entry : having) {
                List<CaptionText> naming =
                        entry.captions().stream()
                                .filter(c -> attribute.told(c, entry.clip()).contains(value))
                                .toList();
                if (left > 0 && !naming.isEmpty()) {
                    CaptionText caption = draws.of(naming);
                    add(caption, entry.clip(), Tier.ABSENT_VALUE, attribute.word(), library);
                    left--;
                }
            }
        }

        /** Captions of clips of the same split made with another seed. */
        private void absentCombinations() {
            Map<ClipAttribute, Set<Enum<?>>> present = new EnumMap<>(ClipAttribute.class);
            for (ClipAttribute attribute : ClipAttribute.values()) {
                Set<Enum<?>> values = new HashSet<>();
                entries.forEach(entry -> values.addAll(attribute.of(entry.clip())));
                present.put(attribute, values);
            }
            long otherSeed = Draws.mix(seed, split.key, key(Tier.ABSENT_COMBINATION));
            int count = Math.min(ABSENT_COMBINATIONS, ClipGrammar.CAPTIONS * entries.size());
            List<ClipSpec> others = ClipPlan.of(otherSeed, split, count);
            for (int i = 0; i < others.size(); i++) {
                ClipSpec clip = others.get(i);
                Draws draws = draws(Tier.ABSENT_COMBINATION, i);
                Predicate<CaptionText> valuesOccur =
                        caption ->
                                present.entrySet().stream()
                                        .allMatch(
                                                e ->
                                                        e.getValue()
                                                                .containsAll(
                                                                        e.getKey()
                                                                                .told(
                                                                                        caption,
                                                                                        clip)));
                addOneThatNothingMatches(clip, draws, valuesOccur, Tier.ABSENT_COMBINATION, "");
            }
        }

        /** Captions of clips that differ in one attribute from one in the library. */
        private void nearMisses(ClipAttribute attribute) {
            int wanted = Math.min(NEAR_MISSES, entries.size());
            int made = 0;
            for (int i = 0; made < wanted && i < wanted * TRIES; i++) {
                Draws draws = draws(Tier.NEAR_MISS, key(attribute), i);
                ClipSpec clip = draws.of(entries).clip();
                Enum<?> value = draws.of(attribute.choices());
                int thing = draws.below(clip.sight().things().size());
                if (attribute.of(clip).isEmpty() || attribute.of(clip).contains(value)) {
                    continue;
                }
                ClipSpec changed = attribute.with(clip, thing, value);
                if (changed.owner() == split
                        && addOneThatNothingMatches(
                                changed,
                                draws,
                                caption -> attribute.told(caption, changed).contains(value),
                                Tier.NEAR_MISS,
                                attribute.word())) {
                    made++;
                }
            }
        }

        /** Adds one of the captions of a clip that is not in the library, if any will do. */
        private boolean addOneThatNothingMatches(
                ClipSpec clip,
                Draws draws,
                Predicate<CaptionText> wanted,
                Tier tier,
                String attribute) {
            for (CaptionText caption : new ClipGrammar(clip, draws).captions()) {
                if (wanted.test(caption) && matches(caption, clip).isEmpty()) {
                    add(caption, clip, tier, attribute, all);
                    return true;
                }
            }
            return false;
        }

        private Draws draws(Tier tier, long... keys) {
            return new Draws(seed, split.key, key(tier), Draws.mix(keys));
        }

        /** The same in every run: Java defines the hash of a text. */
        private static long key(Enum<?> value) {
            return value.name().hashCode();
        }
    }
}
