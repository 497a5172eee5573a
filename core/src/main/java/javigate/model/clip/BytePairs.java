package javigate.model.clip;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

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
            throw new IllegalArgumentException("the unit \"" + shown(unit) + "\" has no id");
        }
        return id;
    }

    /** Text from a file as a message may quote it: short and in one line. */
    static String shown(String text) {
        String line = text.replaceAll("\\p{Cntrl}", "?");
        return line.length() > 40 ? line.substring(0, 40) + "…" : line;
    }

    Map<String, Integer> ids() {
        return ids;
    }

    List<Merge> merges() {
        return merges;
    }

    /**
     * Ids of one word of at least one character, without blanks. Takes n log n steps, as a hostile
     * "word" may be as long as the text.
     */
    int[] encode(String word) {
        return new Merging(baseUnits(word)).run();
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

    /** A word while its pairs are merged: units in a linked list, candidates in a queue. */
    private final class Merging {
        private static final int MERGED_AWAY = -1;

        private final int[] units;
        private final int[] next;
        private final int[] previous;

        /** rank · 2³² + place of the left unit; outdated ones are skipped when they come up. */
        private final PriorityQueue<Long> candidates = new PriorityQueue<>();

        Merging(int[] units) {
            this.units = units;
            next = new int[units.length];
            previous = new int[units.length];
            for (int i = 0; i < units.length; i++) {
                next[i] = i + 1;
                previous[i] = i - 1;
            }
        }

        int[] run() {
            for (int i = 0; i + 1 < units.length; i++) {
                addCandidate(i);
            }
            while (!candidates.isEmpty()) {
                mergeEverywhere((int) (candidates.peek() >>> 32));
            }
            return Arrays.stream(units).filter(id -> id != MERGED_AWAY).toArray();
        }

        /** One merge at all its places, left to right, before any pair it makes is looked at. */
        private void mergeEverywhere(int rank) {
            List<Integer> places = new ArrayList<>();
            while (!candidates.isEmpty() && candidates.peek() >>> 32 == rank) {
                int left = candidates.remove().intValue();
                Merged merged = mergeAt(left);
                if (merged == null || merged.rank != rank) {
                    continue;
                }
                int right = next[left];
                units[left] = merged.id;
                units[right] = MERGED_AWAY;
                next[left] = next[right];
                if (next[left] < units.length) {
                    previous[next[left]] = left;
                }
                places.add(left);
            }
            for (int place : places) {
                addCandidate(place);
                if (previous[place] >= 0) {
                    addCandidate(previous[place]);
                }
            }
        }

        private void addCandidate(int left) {
            Merged merged = mergeAt(left);
            if (merged != null) {
                candidates.add(((long) merged.rank << 32) | left);
            }
        }

        private @Nullable Merged mergeAt(int left) {
            boolean pair = units[left] != MERGED_AWAY && next[left] < units.length;
            return pair ? mergedPairs.get(pair(units[left], units[next[left]])) : null;
        }
    }
}
