package javigate.model.clip;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Learns byte-pair merges from words (Sennrich et al., 2016, algorithm 1): again and again the pair
 * that occurs most often becomes a unit. Of equally frequent pairs the one with the smaller left id
 * wins, then the one with the smaller right id, so the same captions give the same vocabulary.
 */
final class MergeLearner {
    /** A merge seen only once would learn a single caption by heart. */
    private static final int MIN_OCCURRENCES = 2;

    private static final class Word {
        final int[] units;
        final int occurrences;
        int count;

        Word(int[] units, int occurrences) {
            this.units = units;
            this.occurrences = occurrences;
            this.count = units.length;
        }
    }

    private final List<String> names = new ArrayList<>();
    private final Set<String> taken = new HashSet<>();
    private final List<Word> words = new ArrayList<>();
    private final Map<Long, Integer> occurrences = new HashMap<>();

    private MergeLearner(Map<String, Integer> wordCounts) {
        BytePairs bytes = BytePairs.inClipOrder(List.of());
        String[] base = new String[BytePairs.BASE_UNITS];
        bytes.ids()
                .forEach(
                        (unit, id) -> {
                            if (id < base.length) {
                                base[id] = unit;
                            }
                        });
        names.addAll(List.of(base));
        taken.addAll(bytes.ids().keySet());
        wordCounts.forEach((word, count) -> words.add(new Word(bytes.baseUnits(word), count)));
        words.forEach(word -> count(word, word.occurrences));
    }

    /**
     * Learns merges from words.
     *
     * @param wordCounts how often each word occurs
     * @param limit the most merges to learn
     * @return the merges in the order learnt; fewer than the limit where nothing occurs twice
     */
    static List<BytePairs.Merge> learn(Map<String, Integer> wordCounts, int limit) {
        MergeLearner learner = new MergeLearner(wordCounts);
        List<BytePairs.Merge> merges = new ArrayList<>();
        while (merges.size() < limit) {
            BytePairs.Merge merge = learner.mergeMostFrequent();
            if (merge == null) {
                break;
            }
            merges.add(merge);
        }
        return merges;
    }

    private BytePairs.@Nullable Merge mergeMostFrequent() {
        while (true) {
            long best = -1;
            int bestOccurrences = MIN_OCCURRENCES - 1;
            for (Map.Entry<Long, Integer> entry : occurrences.entrySet()) {
                int found = entry.getValue();
                if (found > bestOccurrences
                        || (found == bestOccurrences && entry.getKey() < best)) {
                    best = entry.getKey();
                    bestOccurrences = found;
                }
            }
            if (best < 0) {
                return null;
            }
            var merge = new BytePairs.Merge(names.get((int) (best >>> 32)), names.get((int) best));
            if (taken.add(merge.merged())) {
                mergeEverywhere(best, names.size());
                names.add(merge.merged());
                return merge;
            }
            // The same string was built from other parts: two ids for it would be ambiguous.
            occurrences.remove(best);
        }
    }

    private void mergeEverywhere(long pair, int id) {
        for (Word word : words) {
            boolean present = false;
            for (int i = 0; i + 1 < word.count && !present; i++) {
                present = BytePairs.pair(word.units[i], word.units[i + 1]) == pair;
            }
            if (present) {
                count(word, -word.occurrences);
                word.count = replace(word.units, word.count, pair, id);
                count(word, word.occurrences);
            }
        }
    }

    /** Merges a pair wherever it stands, left to right, in place; returns the new count. */
    private static int replace(int[] units, int count, long pair, int merged) {
        int to = 0;
        for (int from = 0; from < count; to++) {
            if (from + 1 < count && BytePairs.pair(units[from], units[from + 1]) == pair) {
                units[to] = merged;
                from += 2;
            } else {
                units[to] = units[from++];
            }
        }
        return to;
    }

    private void count(Word word, int times) {
        for (int i = 0; i + 1 < word.count; i++) {
            occurrences.merge(
                    BytePairs.pair(word.units[i], word.units[i + 1]), times, MergeLearner::sum);
        }
    }

    /** Null, which takes the pair off the map, once it does not occur any more. */
    private static @Nullable Integer sum(int a, int b) {
        return a + b == 0 ? null : a + b;
    }
}
