package javigate.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import javigate.data.SightSoundQueries.Query;
import javigate.data.SightSoundQueries.Tier;
import javigate.index.ScoreSummary;
import javigate.model.Relevance;

/**
 * A query with the best clips of the library it was put to.
 *
 * @param library all scores of the library
 * @param scores of the best clips, best first
 * @param matches whether each of them matches
 */
record AnsweredQuery(Query query, ScoreSummary library, double[] scores, boolean[] matches) {

    /** Hits of a query that are looked at. */
    static final int TOP = 10;

    /**
     * Puts each query to a library of its own: some of the clips it may be put to, drawn by chance.
     * A query of tier {@link Tier#PRESENT} finds a clip that matches among them.
     *
     * @param queries of one split
     * @param scores of each query with each clip of the split
     * @param clips drawn for each library; where there are fewer, all
     * @param seed decides the draws
     */
    static List<AnsweredQuery> of(List<Query> queries, double[][] scores, int clips, long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        List<AnsweredQuery> answered = new ArrayList<>();
        for (int q = 0; q < queries.size(); q++) {
            answered.add(of(queries.get(q), scores[q], draw(queries.get(q), clips, random)));
        }
        return answered;
    }

    private static int[] draw(Query query, int clips, RandomGenerator random) {
        int[] all = query.library().stream().toArray();
        if (clips >= all.length) {
            return all;
        }
        for (int i = 0; i < clips; i++) { // Fisher and Yates
            swap(all, i, random.nextInt(i, all.length));
        }
        if (query.tier() == Tier.PRESENT
                && Arrays.stream(all, 0, clips).noneMatch(query.matches()::get)) {
            BitSet matches = query.matches();
            int[] fitting = matches.stream().toArray();
            all[0] = fitting[random.nextInt(fitting.length)];
        }
        return Arrays.copyOf(all, clips);
    }

    private static void swap(int[] values, int i, int j) {
        int value = values[i];
        values[i] = values[j];
        values[j] = value;
    }

    private static AnsweredQuery of(Query query, double[] scores, int[] library) {
        ScoreSummary.Accumulator all = new ScoreSummary.Accumulator();
        Arrays.stream(library).forEach(clip -> all.add(scores[clip]));
        int[] best =
                Arrays.stream(library)
                        .boxed()
                        .sorted(Comparator.comparingDouble((Integer clip) -> -scores[clip]))
                        .limit(TOP)
                        .mapToInt(Integer::intValue)
                        .toArray();
        boolean[] matches = new boolean[best.length];
        for (int i = 0; i < best.length; i++) {
            matches[i] = query.matches().get(best[i]);
        }
        return new AnsweredQuery(
                query,
                all.summary(),
                Arrays.stream(best).mapToDouble(clip -> scores[clip]).toArray(),
                matches);
    }

    boolean answerable() {
        return query.tier() == Tier.PRESENT;
    }

    /** The relevance of each hit. */
    double[] relevance(Relevance by) {
        return Arrays.stream(scores)
                .map(s -> by.of(library.clips(), library.mean(), scores[0], s))
                .toArray();
    }
}
