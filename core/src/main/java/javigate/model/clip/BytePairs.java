package javigate.model.clip;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Byte-level byte-pair encoding as CLIP has it (Sennrich et al., 2016; Radford et al., 2021): a
 * word starts as its UTF-8 bytes, the last one marked as the end of the word, and the pair whose
 * merge was learnt first is merged until no learnt pair is left.
 */
final class BytePairs {
    /** Ends the last unit of a word. */
    static final String WORD_END = "</w>";

    static final String START = "<|startoftext|>";
    static final String END = "<|endoftext|>";

    /** Ids that are neither merged nor special: each byte within a word and at its end. */
    static final int BASE_UNITS = 512;

    /** A merge: the strings of its two units. */
    record Merge(String left, String right) {
        String merged() {
            return left + right;
        }
    }

    /** The bytes in the order of their ids: those that print in Latin-1 first. */
    private static final int[] BYTES_IN_ORDER = bytesInOrder();

    private record Merged(int rank, int id) {}

    private final Map<String, Integer> ids;
    private final List<Merge> merges;
    private final int[] innerByteIds = new int[256];
    private final int[] lastByteIds = new int[256];
    private final Map<Long, Merged> mergedPairs = new HashMap<>();

    /**
     * A vocabulary of given ids.
     *
     * @param ids every unit's id, 0 to n-1, the 512 base units and both special ones included
     * @param merges in the order learnt; units and results are all in {@code ids}
     * @throws IllegalArgumentException with the unit that lacks an id
     */
    BytePairs(Map<String, Integer> ids, List<Merge> merges) {
        this.ids = Map.copyOf(ids);
        this.merges = List.copyOf(merges);
        for (int b = 0; b < 256; b++) {
            String unit = byteUnit(b);
            innerByteIds[b] = id(unit);
            lastByteIds[b] = id(unit + WORD_END);
        }
        id(START);
        id(END);
        for (int rank = 0; rank < merges.size(); rank++) {
            Merge merge = merges.get(rank);
            // Should a pair be listed twice, its last place counts, as in the reference.
            mergedPairs.put(
                    pair(id(merge.left), id(merge.right)), new Merged(rank, id(merge.merged())));
        }
    }

    /** Ids in CLIP's order: bytes, bytes at a word's end, merges, the two special units. */
    static BytePairs inClipOrder(List<Merge> merges) {
        Map<String, Integer> ids = new HashMap<>();
        for (String end : List.of("", WORD_END)) {
            for (int place = 0; place < 256; place++) {
                ids.put(byteUnit(BYTES_IN_ORDER[place]) + end, ids.size());
            }
        }
        int next = BASE_UNITS;
        for (Merge merge : merges) {
            ids.put(merge.merged(), next++);
        }
        ids.put(START, next++);
        ids.put(END, next);
        return new BytePairs(ids, merges);
    }

    /** The id of a unit; unknown ones are an error of the vocabulary. */
    int id(String unit) {
        Integer id = ids.get(unit);
        if (id == null) {
            throw new IllegalArgumentException("the unit \"" + unit + "\" has no id");
        }
        return id;
    }

    Map<String, Integer> ids() {
        return ids;
    }

    List<Merge> merges() {
        return merges;
    }

    /** Ids of one word of at least one character, without blanks. */
    int[] encode(String word) {
        int[] units = baseUnits(word);
        int count = units.length;
        while (count > 1) {
            long best = -1;
            Merged merged = null;
            for (int i = 0; i + 1 < count; i++) {
                Merged candidate = mergedPairs.get(pair(units[i], units[i + 1]));
                if (candidate != null && (merged == null || candidate.rank < merged.rank)) {
                    merged = candidate;
                    best = pair(units[i], units[i + 1]);
                }
            }
            if (merged == null) {
                break;
            }
            count = replace(units, count, best, merged.id);
        }
        return Arrays.copyOf(units, count);
    }

    /** The word's bytes as ids, the last one marked. */
    int[] baseUnits(String word) {
        byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
        int[] units = new int[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            int[] table = i + 1 < bytes.length ? innerByteIds : lastByteIds;
            units[i] = table[bytes[i] & 0xff];
        }
        return units;
    }

    /** Merges a pair wherever it stands, left to right, in place; returns the new count. */
    static int replace(int[] units, int count, long pair, int merged) {
        int to = 0;
        for (int from = 0; from < count; to++) {
            if (from + 1 < count && pair(units[from], units[from + 1]) == pair) {
                units[to] = merged;
                from += 2;
            } else {
                units[to] = units[from++];
            }
        }
        return to;
    }

    static long pair(int left, int right) {
        return ((long) left << 32) | right;
    }

    private static int[] bytesInOrder() {
        int[] order = new int[256];
        int printing = 0;
        for (int b = 0; b < 256; b++) {
            if (prints(b)) {
                order[printing++] = b;
            }
        }
        for (int b = 0; b < 256; b++) {
            if (!prints(b)) {
                order[printing++] = b;
            }
        }
        return order;
    }

    private static boolean prints(int b) {
        return (b > ' ' && b <= '~') || (b >= 0xa1 && b != 0xad);
    }

    /**
     * The character a byte is written as in vocabulary files: itself where it prints, else the next
     * free one from U+0100 on.
     */
    static String byteUnit(int b) {
        if (prints(b)) {
            return Character.toString(b);
        }
        int place = 0;
        for (int other = 0; other < b; other++) {
            place += prints(other) ? 0 : 1;
        }
        return Character.toString(0x100 + place);
    }
}
