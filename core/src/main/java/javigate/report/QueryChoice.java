package javigate.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import javigate.data.Manifest;

/** Which queries are shown, as rows of the scores. Of equal ones the first come first. */
final class QueryChoice {

    private QueryChoice() {}

    /** The worst ranks, from 2 on, worst first. */
    static List<Integer> hardest(Answers answers, int limit) {
        return most(answers, limit, query -> answers.rank(query) - 1.0);
    }

    /** The queries that come the most places nearer to the top by one way than by another. */
    static List<Integer> gains(Answers by, Answers over, int limit) {
        return most(by, limit, query -> (double) over.rank(query) - by.rank(query));
    }

    private static List<Integer> most(Answers answers, int limit, IntToDoubleFunction measure) {
        return IntStream.range(0, answers.ranks().textToVideo().queries())
                .filter(query -> measure.applyAsDouble(query) > 0)
                .boxed()
                .sorted(Comparator.comparingDouble(query -> -measure.applyAsDouble(query)))
                .limit(limit)
                .toList();
    }

    /**
     * Queries by chance: first, up to half, those that the sound brought to rank 1 and whose clip's
     * sound tells something; then those whose clip's sound is beside the point. Where the data has
     * no kinds of clips, the latter are any others.
     *
     * @param heard with sound
     * @param muted without
     */
    static List<Integer> drawn(
            Answers heard, Answers muted, List<Manifest.Item> clips, int limit, long seed) {
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, heard.scores().owner().length).boxed().toList());
        Collections.shuffle(order, new Random(seed));
        IntPredicate helped = query -> heard.rank(query) == 1 && muted.rank(query) > 1;
        List<Integer> drawn = new ArrayList<>();
        order.stream()
                .filter(query -> isOf(clips, heard, query, "informative") && helped.test(query))
                .limit(limit / 2)
                .forEach(drawn::add);
        order.stream()
                .filter(query -> isOf(clips, heard, query, "irrelevant") && !drawn.contains(query))
                .limit(limit - drawn.size())
                .toList()
                .forEach(drawn::add);
        return drawn;
    }

    /** Whether a query's clip is of a kind, or of none. */
    private static boolean isOf(
            List<Manifest.Item> clips, Answers answers, int query, String kind) {
        String own = clips.get(answers.scores().owner()[query]).kind();
        return own.isEmpty() || own.equals(kind);
    }
}
