package javigate.model.clip;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * CLIP's tokenizer (Radford et al., 2021): cleaned, lower-cased text is cut into words and each
 * word into byte pairs.
 *
 * <p>Written here rather than taken from a library because HuggingFace's tokenizers skip the
 * reference's cleaning and gave other ids for 11 of 71 reference captions, and bring 18 MB of
 * native code for what is a table lookup.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class ClipTokenizer {
    /**
     * CLIP's pattern, "ignore case" spelt out for text that is lower-case already: there it only
     * lets the long s match "s". U+0345, a mark that folds to a letter, matches nothing and is
     * dropped, as in the reference.
     */
    private static final Pattern WORD =
            Pattern.compile(
                    "<\\|[sſ]tartoftext\\|>|<\\|endoftext\\|>|'[sſ]|'t|'re|'ve|'m|'ll|'d"
                            + "|\\p{L}+|\\p{N}|[^"
                            + UnicodeText.WHITE_SPACE
                            + "\\p{L}\\p{N}\\u0345]+");

    private final BytePairs pairs;
    private final int startId;
    private final int endId;

    ClipTokenizer(BytePairs pairs) {
        this.pairs = pairs;
        this.startId = pairs.id(BytePairs.START);
        this.endId = pairs.id(BytePairs.END);
    }

    /**
     * Reads a vocabulary.
     *
     * @param path OpenAI's {@code bpe_simple_vocab_16e6.txt}, gzipped or not; HuggingFace's {@code
     *     tokenizer.json}; its {@code vocab.json} with {@code merges.txt} beside it; or a folder
     *     that holds one of these (looked for in the order vocab.json, tokenizer.json, OpenAI's)
     * @throws IOException where nothing of the kind is there, it exceeds 64 MB, or it is malformed;
     *     the message names file, line and remedy
     */
    public static ClipTokenizer load(Path path) throws IOException {
        return new ClipTokenizer(VocabularyFiles.read(path));
    }

    /**
     * Learns a vocabulary of CLIP's construction from captions: 512 byte units, merges, the two
     * special units. Deterministic: of equally frequent pairs the one with the smaller ids is
     * merged first, whatever the captions' order.
     *
     * @param captions cleaned as {@link TextCleaner} does before they are counted
     * @param vocabularySize the most units, at least 514; fewer come out where no pair is left that
     *     occurs twice, see {@link #size()}
     * @throws IllegalArgumentException for a size below 514
     */
    public static ClipTokenizer learn(Iterable<String> captions, int vocabularySize) {
        int merges = vocabularySize - BytePairs.BASE_UNITS - 2;
        if (merges < 0) {
            throw new IllegalArgumentException(
                    "vocabulary of "
                            + vocabularySize
                            + " units; 512 byte units and 2 special ones need at least 514");
        }
        Map<String, Integer> wordCounts = new HashMap<>();
        for (String caption : captions) {
            forEachWord(
                    caption,
                    word -> {
                        if (!isSpecial(word)) {
                            wordCounts.merge(word, 1, Integer::sum);
                        }
                    });
        }
        return new ClipTokenizer(BytePairs.inClipOrder(MergeLearner.learn(wordCounts, merges)));
    }

    /** Whether a folder holds a vocabulary under one of its known names. */
    public static boolean isIn(Path folder) {
        return VocabularyFiles.isIn(folder);
    }

    /**
     * Writes {@code vocab.json} and {@code merges.txt} as HuggingFace's libraries read them.
     *
     * @param folder made where it is missing; files of these names in it are replaced
     * @throws IOException where it cannot be written
     */
    public void save(Path folder) throws IOException {
        VocabularyFiles.write(pairs, folder);
    }

    /**
     * The ids of a text, neither cut nor padded, without start and end. The literal strings {@code
     * <|startoftext|>} and {@code <|endoftext|>} in the text become the special ids.
     *
     * @param text as typed; it is cleaned here
     * @return ids in [0, size()), none for a blank text
     */
    public int[] encode(String text) {
        IdList ids = new IdList();
        forEachWord(
                text,
                word -> {
                    if (isSpecial(word)) {
                        ids.add(pairs.id(word));
                    } else {
                        ids.addAll(pairs.encode(word));
                    }
                });
        return ids.toArray();
    }

    /**
     * The ids of a text as the text encoder takes them, CLIP4Clip's way: start, tokens cut to what
     * fits, end, zeros.
     *
     * @param text as typed; it is cleaned here
     * @param contextLength columns, at least 2: CLIP's own 77, CLIP4Clip's and AVIGATE's 32
     * @return {@code contextLength} ids
     * @throws IllegalArgumentException for fewer than 2 columns
     */
    public int[] encode(String text, int contextLength) {
        if (contextLength < 2) {
            throw new IllegalArgumentException(
                    "context of " + contextLength + " columns; start and end need at least 2");
        }
        int[] tokens = encode(text);
        int kept = Math.min(tokens.length, contextLength - 2);
        int[] ids = new int[contextLength];
        ids[0] = startId;
        System.arraycopy(tokens, 0, ids, 1, kept);
        ids[kept + 1] = endId;
        return ids;
    }

    /** The id that begins every text: 49406 in CLIP's vocabulary. */
    public int startId() {
        return startId;
    }

    /** The id that ends every text, the largest of all: 49407 in CLIP's vocabulary. */
    public int endId() {
        return endId;
    }

    /** How many ids there are: 49408 in CLIP's vocabulary. */
    public int size() {
        return pairs.ids().size();
    }

    static void forEachWord(String text, Consumer<String> action) {
        Matcher word = WORD.matcher(TextCleaner.clean(text));
        while (word.find()) {
            action.accept(word.group());
        }
    }

    private static boolean isSpecial(String word) {
        return word.equals(BytePairs.START) || word.equals(BytePairs.END);
    }

    /** A growing list of ids without boxing. */
    private static final class IdList {
        private int[] ids = new int[32];
        private int count;

        void add(int id) {
            if (count == ids.length) {
                ids = Arrays.copyOf(ids, 2 * count);
            }
            ids[count++] = id;
        }

        void addAll(int[] more) {
            for (int id : more) {
                add(id);
            }
        }

        int[] toArray() {
            return Arrays.copyOf(ids, count);
        }
    }
}
