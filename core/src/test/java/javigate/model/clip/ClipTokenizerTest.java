package javigate.model.clip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClipTokenizerTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir private Path folder;

    /** Needs CLIP's own vocabulary, which is too large to be kept here. */
    @Test
    void givesTheReferencesIdsWithClipsVocabulary() throws IOException {
        String variable = "JAVIGATE_CLIP_VOCAB";
        @Nullable String vocabulary = System.getProperty(variable, System.getenv(variable));
        Assumptions.assumeTrue(
                vocabulary != null,
                variable + " does not name CLIP's bpe_simple_vocab_16e6.txt.gz: not compared");
        ClipTokenizer tokenizer = ClipTokenizer.load(Path.of(vocabulary));
        assertEquals(49_408, tokenizer.size());
        assertEquals(49_406, tokenizer.startId());
        assertEquals(49_407, tokenizer.endId());
        tokenizer.save(folder);
        assertEquals(49_408, ClipTokenizer.load(folder).size());
        for (JsonNode c : goldenCaptions()) {
            String text = c.get("text").asText();
            assertArrayEquals(ids(c, "ids_unpadded"), tokenizer.encode(text), text);
            assertArrayEquals(ids(c, "ids77"), tokenizer.encode(text, 77), text);
            assertArrayEquals(ids(c, "ids32"), tokenizer.encode(text, 32), text);
            assertArrayEquals(ids(c, "ids12"), tokenizer.encode(text, 12), text);
        }
    }

    @Test
    void learnsTheMostFrequentPairsSmallestIdsFirst() {
        List<BytePairs.Merge> merges = MergeLearner.learn(Map.of("ab", 2, "abc", 2), 10);
        assertEquals(
                List.of(
                        new BytePairs.Merge("a", "b"),
                        new BytePairs.Merge("a", "b</w>"),
                        new BytePairs.Merge("ab", "c</w>")),
                merges);
    }

    @Test
    void learningIgnoresTheOrderOfCaptions() throws IOException {
        List<String> captions = new ArrayList<>(texts());
        ClipTokenizer first = ClipTokenizer.learn(captions, 700);
        Collections.shuffle(captions, new Random(3));
        ClipTokenizer second = ClipTokenizer.learn(captions, 700);
        for (String text : captions) {
            assertArrayEquals(first.encode(text), second.encode(text), text);
        }
        assertTrue(first.size() > 600 && first.size() <= 700, "size " + first.size());
        assertEquals(first.size() - 2, first.startId());
        assertEquals(first.size() - 1, first.endId());
    }

    @Test
    void encodesAsTheReferencesPassesWould() {
        List<BytePairs.Merge> merges = new ArrayList<>();
        // Not learnt, so that a later merge may make the parts of an earlier one.
        for (String merge : "b c|a b|ab c|abc d</w>|c d|a a|aa a|bc cd".split("\\|", -1)) {
            String[] units = merge.split(" ", -1);
            merges.add(new BytePairs.Merge(units[0], units[1]));
        }
        BytePairs pairs = BytePairs.inClipOrder(merges);
        Random random = new Random(11);
        for (int round = 0; round < 5_000; round++) {
            StringBuilder word = new StringBuilder();
            int length = 1 + random.nextInt(12);
            for (int i = 0; i < length; i++) {
                word.append((char) ('a' + random.nextInt(4)));
            }
            List<Integer> expected =
                    byPasses(word.toString(), merges).stream().map(pairs::id).toList();
            assertEquals(expected, Arrays.stream(pairs.encode(word.toString())).boxed().toList());
        }
    }

    /** The reference's loop, word for word: find the earliest merge, do it everywhere, repeat. */
    private static List<String> byPasses(String word, List<BytePairs.Merge> merges) {
        List<String> units = new ArrayList<>(List.of(word.split("", -1)));
        units.removeIf(String::isEmpty);
        units.add(units.removeLast() + "</w>");
        for (int rank = 0; rank < merges.size(); ) {
            BytePairs.Merge merge = merges.get(rank);
            boolean found = false;
            for (int i = 0; i + 1 < units.size(); i++) {
                if (units.get(i).equals(merge.left()) && units.get(i + 1).equals(merge.right())) {
                    units.set(i, merge.merged());
                    units.remove(i + 1);
                    found = true;
                }
            }
            rank = found ? 0 : rank + 1;
        }
        return units;
    }

    @Test
    void unitsSpellTheWords() throws IOException {
        ClipTokenizer learnt = ClipTokenizer.learn(texts(), 900);
        ClipTokenizer bytes = ClipTokenizer.learn(List.of(), 514);
        assertEquals(514, bytes.size());
        learnt.save(folder.resolve("learnt"));
        bytes.save(folder.resolve("bytes"));
        List<String> unitsLearnt = units(folder.resolve("learnt"));
        List<String> unitsOfBytes = units(folder.resolve("bytes"));
        for (String text : texts()) {
            assertEquals(
                    spell(bytes.encode(text), unitsOfBytes),
                    spell(learnt.encode(text), unitsLearnt),
                    text);
        }
    }

    @Test
    void allFormsOfAVocabularyGiveTheSameIds() throws IOException {
        ClipTokenizer learnt = ClipTokenizer.learn(texts(), 800);
        learnt.save(folder);
        Path plain = folder.resolve("bpe.txt");
        Files.copy(folder.resolve("merges.txt"), plain);
        Path zipped = folder.resolve("bpe.txt.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
            Files.copy(plain, out);
        }
        Path other = Files.createDirectories(folder.resolve("other"));
        Path tokenizer = other.resolve("tokenizer.json");
        var root = JSON.createObjectNode();
        var model = root.putObject("model").put("type", "BPE").put("end_of_word_suffix", "</w>");
        model.set("vocab", JSON.readTree(folder.resolve("vocab.json").toFile()));
        var merges = model.putArray("merges");
        List<String> lines = Files.readAllLines(folder.resolve("merges.txt"));
        for (String line : lines.subList(1, lines.size())) {
            if (merges.size() % 2 == 0) {
                merges.add(line);
            } else {
                Arrays.stream(line.split(" ", -1)).forEach(merges.addArray()::add);
            }
        }
        JSON.writeValue(tokenizer.toFile(), root);
        for (Path path :
                List.of(folder, folder.resolve("vocab.json"), plain, zipped, tokenizer, other)) {
            ClipTokenizer loaded = ClipTokenizer.load(path);
            assertEquals(learnt.size(), loaded.size());
            for (String text : texts()) {
                assertArrayEquals(learnt.encode(text), loaded.encode(text), path + ": " + text);
            }
        }
    }

    /** CLIP's own vocabulary has it, and tokenizer.json has a field of that name. */
    @Test
    void theUnitModelIsNoField() throws IOException {
        ClipTokenizer learnt =
                ClipTokenizer.learn(List.of("models", "modelx", "models modely"), 530);
        learnt.save(folder);
        assertTrue(units(folder).contains("model"));
        assertArrayEquals(learnt.encode("models"), ClipTokenizer.load(folder).encode("models"));
    }

    @Test
    void cutsWordsWhereTheReferenceDoes() {
        assertEquals(List.of("it", "'s", "the", "dog", "'s"), words("It's the DOG's"));
        assertEquals(List.of("'s", "ingle", "'"), words("'single'"));
        assertEquals(List.of("it", "'ſ"), words("it'ſ"));
        assertEquals(List.of("3", ".", "1", "4", "km"), words("3.14km"));
        assertEquals(List.of("x", "²", "ⅷ", "٣"), words("x²ⅷ٣"));
        assertEquals(List.of("!?!", "...", "😀"), words("!?! ... 😀"));
        assertEquals(List.of("a", "<|endoftext|>", "b"), words("a<|EndOfText|>b"));
        assertEquals(List.of("a", "!", "!"), words("a!\u0345!"));
        assertEquals(List.of(), words(" \t\u3000\n"));
    }

    @Test
    void padsWithZerosAndEndsWithTheEndId() {
        ClipTokenizer bytes = ClipTokenizer.learn(List.of(), 514);
        int start = bytes.startId();
        int end = bytes.endId();
        int a = 'a' - '!' + 256;
        assertArrayEquals(new int[] {start, a, end, 0, 0}, bytes.encode("a", 5));
        assertArrayEquals(new int[] {start, a, a, end}, bytes.encode("a a a a", 4));
        assertArrayEquals(new int[] {start, end}, bytes.encode("a", 2));
        assertArrayEquals(new int[] {start, end, 0}, bytes.encode("  ", 3));
        assertThrows(IllegalArgumentException.class, () -> bytes.encode("a", 1));
        assertThrows(IllegalArgumentException.class, () -> ClipTokenizer.learn(List.of(), 513));
    }

    @Test
    void malformedFilesAreToldInOneLine() throws IOException {
        assertComplaint("missing.txt", null, "missing.txt: no such file");
        assertComplaint("m.txt", "#version: 0.2\na b\nc\n", "m.txt line 3: \"c\" is not two units");
        assertComplaint("n.txt", "#version: 0.2\na zz\n", "n.txt: the unit \"zz\" has no id");
        assertComplaint("e.txt", "", "e.txt: no merges");
        assertComplaint("v.json", "{\"a\": 0,\n \"b\" 1}", "v.json line 2: not JSON");
        assertComplaint("w.json", "{\"a\": 0}", "merges.txt: missing; w.json needs it");
        assertComplaint(
                "t.json", "{\"model\": {\"type\": \"WordPiece\"}}", "a WordPiece vocabulary");
        Files.writeString(folder.resolve("merges.txt"), "#version: 0.2\n");
        assertComplaint("x.json", "{\"a\": 0, \"b\": 0}", "x.json: \"");
        assertComplaint("y.json", "{\"a\": \"one\"}", "the id of \"a\" is \"one\"");
        assertComplaint("z.json", "{\"a\": 0}", "z.json: the unit \"\u0100\" has no id");
        Files.createDirectories(folder.resolve("none"));
        assertComplaint("none", null, "none: no vocabulary here");
        Path damaged = folder.resolve("d.gz");
        Files.write(damaged, new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1});
        assertComplaint("d.gz", null, "d.gz: damaged gzip");
    }

    @Test
    void aBombIsNotUnpacked() throws IOException {
        try (OutputStream out =
                new GZIPOutputStream(Files.newOutputStream(folder.resolve("bomb.gz")))) {
            byte[] megabyte = new byte[1 << 20];
            Arrays.fill(megabyte, (byte) 'a');
            for (int i = 0; i < 65; i++) {
                out.write(megabyte);
            }
        }
        assertComplaint("bomb.gz", null, "more than 64 MB");
    }

    private void assertComplaint(String name, @Nullable String content, String expected)
            throws IOException {
        Path file = folder.resolve(name);
        if (content != null) {
            Files.writeString(file, content, StandardCharsets.UTF_8);
        }
        String message =
                String.valueOf(
                        assertThrows(IOException.class, () -> ClipTokenizer.load(file))
                                .getMessage());
        assertTrue(message.contains(expected), message);
        assertEquals(1, message.lines().count(), message);
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        ClipTokenizer.forEachWord(text, words::add);
        return words;
    }

    private static List<String> units(Path folder) throws IOException {
        JsonNode ids = JSON.readTree(folder.resolve("vocab.json").toFile());
        String[] units = new String[ids.size()];
        ids.properties().forEach(entry -> units[entry.getValue().asInt()] = entry.getKey());
        return List.of(units);
    }

    private static String spell(int[] ids, List<String> units) {
        StringBuilder text = new StringBuilder();
        Arrays.stream(ids).forEach(id -> text.append(units.get(id)));
        return text.toString();
    }

    private static List<String> texts() throws IOException {
        return goldenCaptions().stream().map(c -> c.get("text").asText()).toList();
    }

    private static List<JsonNode> goldenCaptions() throws IOException {
        JsonNode golden =
                JSON.readTree(
                        ClipTokenizerTest.class.getResourceAsStream("/goldens/tokenizer.json"));
        List<JsonNode> captions = new ArrayList<>();
        golden.get("captions").forEach(captions::add);
        golden.get("captions_where_ftfy_matters").forEach(captions::add);
        return captions;
    }

    private static int[] ids(JsonNode caption, String name) {
        return JSON.convertValue(caption.get(name), int[].class);
    }
}
