package javigate.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javigate.data.ClipSpec.Source;
import javigate.data.ClipSpec.Split;
import javigate.data.SightSoundMetadata.Entry;
import javigate.data.SightSoundQueries.Query;
import javigate.data.SightSoundQueries.Tier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SightSoundQueriesTest {

    private static final SightSoundMetadata METADATA =
            new SightSoundMetadata(1, new SightSound.Sizes(0, 60, 60));

    private final SightSoundQueries test = SightSoundQueries.of(METADATA, "test");

    @Test
    void onlyCaptionsOfTheLibraryMatch() {
        for (Query query : test.queries()) {
            assertEquals(
                    query.tier() == Tier.PRESENT,
                    query.library().intersects(query.matches()),
                    query::toString);
        }
        assertEquals(5 * 60, tier(Tier.PRESENT).size());
        for (int i = 0; i < 5 * 60; i++) {
            assertTrue(test.queries().get(i).matches().get(i / 5), "a clip matches its captions");
        }
    }

    @Test
    void aLibraryWithoutAValueHasNoClipWithIt() {
        List<Entry> entries = entries();
        for (ClipAttribute attribute : ClipAttribute.values()) {
            Set<BitSet> libraries = new HashSet<>();
            for (Query query : tier(Tier.ABSENT_VALUE)) {
                if (query.attribute().equals(attribute.word())) {
                    libraries.add(query.library());
                }
            }
            assertFalse(libraries.isEmpty(), attribute + " is left out somewhere");
            for (BitSet library : libraries) {
                Set<Enum<?>> missing = new HashSet<>(attribute.choices());
                library.stream()
                        .forEach(i -> missing.removeAll(attribute.of(entries.get(i).clip())));
                assertFalse(
                        missing.isEmpty(), attribute + " is whole in a library without a value");
            }
        }
    }

    @Test
    void aTextOverALibraryWithoutASoundNamesIt() {
        List<Entry> entries = entries();
        int named = 0;
        for (Source source : Source.NAMED) {
            BitSet without = new BitSet();
            for (int i = 0; i < entries.size(); i++) {
                without.set(i, entries.get(i).clip().heard().source() != source);
            }
            for (Query query : tier(Tier.ABSENT_VALUE)) {
                if (query.attribute().equals("sound") && query.library().equals(without)) {
                    assertTrue(
                            ClipWords.sound(source).stream()
                                    .anyMatch(
                                            noise ->
                                                    query.text().contains(noise.clause())
                                                            || query.text().contains(noise.noun())),
                            query.text());
                    named++;
                }
            }
        }
        assertEquals(
                tier(Tier.ABSENT_VALUE).stream()
                        .filter(query -> query.attribute().equals("sound"))
                        .count(),
                named);
    }

    @Test
    void aNearMissIsOneAttributeFromAClip() {
        List<Query> misses = tier(Tier.NEAR_MISS);
        assertEquals(
                Set.of("sound", "shape", "colour", "size", "motion", "background", "tint"),
                misses.stream().map(Query::attribute).collect(Collectors.toSet()));
        Draws draws = new Draws(5);
        for (ClipAttribute attribute : ClipAttribute.values()) {
            ClipSpec clip =
                    entries().stream()
                            .map(Entry::clip)
                            .filter(c -> !attribute.of(c).isEmpty())
                            .filter(c -> c.sight().things().size() == 1)
                            .findFirst()
                            .orElseThrow();
            List<Enum<?>> others = new ArrayList<>(attribute.choices());
            others.removeAll(attribute.of(clip));
            Enum<?> value = draws.of(others);
            ClipSpec changed = attribute.with(clip, 0, value);
            for (ClipAttribute other : ClipAttribute.values()) {
                assertEquals(
                        other == attribute ? Set.of(value) : other.of(clip),
                        other.of(changed),
                        attribute + " changed, " + other);
            }
        }
    }

    @Test
    void oneSeedGivesTheSameQueriesAndAnotherOthers() {
        assertEquals(test, SightSoundQueries.of(METADATA, "test"));
        SightSoundMetadata other = new SightSoundMetadata(2, new SightSound.Sizes(0, 0, 60));
        assertFalse(test.queries().equals(SightSoundQueries.of(other, "test").queries()));
        long val =
                SightSoundQueries.of(METADATA, "val").queries().stream()
                        .filter(test.queries()::contains)
                        .count();
        assertEquals(0, val, "queries that two splits share");
    }

    @Test
    void aFolderIsReadOnlyIfThisVersionMakesTheSame(@TempDir Path folder) throws Exception {
        Path summary = folder.resolve("sightsound.json");
        Files.write(summary, METADATA.summaryJson());
        assertEquals(test, SightSoundQueries.read(folder, "test"));
        String text = Files.readString(summary);
        Files.writeString(summary, text.replace("\"seed\":1", "\"seed\":2"));
        IOException other =
                assertThrows(IOException.class, () -> SightSoundQueries.read(folder, "test"));
        assertTrue(
                String.valueOf(other.getMessage()).contains("make the folder again"),
                other.getMessage());
        Files.delete(summary);
        IOException none =
                assertThrows(IOException.class, () -> SightSoundQueries.read(folder, "test"));
        assertTrue(String.valueOf(none.getMessage()).contains("no SightSound"), none.getMessage());
    }

    private List<Query> tier(Tier tier) {
        List<Query> queries =
                test.queries().stream().filter(query -> query.tier() == tier).toList();
        assertFalse(queries.isEmpty(), tier + " has queries");
        return queries;
    }

    private static List<Entry> entries() {
        return METADATA.entries().stream()
                .filter(entry -> entry.clip().split() == Split.TEST)
                .toList();
    }
}
