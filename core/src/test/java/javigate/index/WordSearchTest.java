package javigate.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordSearchTest {
    private final RandomGenerator random = new SplittableRandom(6);

    @TempDir Path folder;

    private StoredClip put(ClipStore store, String name, String... texts) throws IOException {
        StoredClip clip =
                Samples.clip(
                                Samples.file(random, name),
                                0,
                                Samples.clipVectors(random, 2, Samples.WIDTH))
                        .withDescription(
                                new Description(
                                        Map.of("tag", List.of(name)),
                                        Arrays.stream(texts).map(t -> line(t)).toList(),
                                        ""),
                                List.of());
        store.putVideo(List.of(clip));
        return clip;
    }

    private static TextLine line(String text) {
        return new TextLine(TextLine.Kind.SUBTITLE, 10, 20, text);
    }

    @Test
    void noMoreWordsAreThereWhenTheLastVideoWithSomeIsRemoved() throws IOException {
        try (ClipStore store = LuceneClipStore.openToWrite(folder, Samples.MODEL)) {
            assertFalse(store.hasWords());
            StoredClip dogs = put(store, "dogs", "Two dogs");
            assertTrue(store.hasWords());
            for (int n = 0; n < 30; n++) { // until parts of the index were merged
                put(store, "mute" + n);
            }
            store.removeVideo(dogs.file().path());
            assertFalse(store.hasWords());
            assertThrows(
                    IllegalArgumentException.class,
                    () -> store.searchTexts("dogs", 0, ClipFilter.NONE));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> store.searchSounds(List.of(new float[] {1}), 0, ClipFilter.NONE));
        }
    }

    @Test
    void findsWordsInAnyFormAndTheRarerFirst() throws IOException {
        try (ClipStore store = LuceneClipStore.openToWrite(folder, Samples.MODEL)) {
            StoredClip dogs = put(store, "dogs", "Two dogs,", "barking at the moon");
            StoredClip dog = put(store, "dog", "the dog sleeps all day and all night long");
            put(store, "cat", "a cat");
            put(store, "mute");
            List<ScoredClip> found = store.searchTexts("the dog barked", 9, ClipFilter.NONE);
            assertEquals(List.of(dogs.id(), dog.id()), found.stream().map(ScoredClip::id).toList());
            assertTrue(found.get(0).score() > found.get(1).score() && found.get(1).score() > 0);
            assertEquals(1, store.searchTexts("dogs", 1, ClipFilter.NONE).size());
            assertEquals(
                    List.of(dog.id()),
                    store.searchTexts("dogs", 9, ClipFilter.parse(List.of("tag=dog"))).stream()
                            .map(ScoredClip::id)
                            .toList());
            for (String nothing : List.of("", "the of", "?!", "horse")) {
                assertEquals(List.of(), store.searchTexts(nothing, 9, ClipFilter.NONE));
            }
            assertEquals(2, store.searchTexts("dog ".repeat(5000), 9, ClipFilter.NONE).size());
            // Each of these characters is a word.
            String characters =
                    Character.toString(0x4e00).concat("dog ")
                            + java.util.stream.IntStream.range(0x4e01, 0x5700)
                                    .mapToObj(Character::toString)
                                    .collect(java.util.stream.Collectors.joining());
            ClipFilter many = ClipFilter.parse(java.util.Collections.nCopies(100, "duration>=0"));
            assertEquals(1, store.searchTexts("dog " + characters, 1, many).size());
        }
    }
}
