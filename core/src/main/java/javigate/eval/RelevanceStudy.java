package javigate.eval;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import javigate.data.ClipCache;
import javigate.data.SightSoundQueries;
import javigate.data.SightSoundQueries.Query;
import javigate.model.ClipEmbedding;
import javigate.model.ClipInput;
import javigate.model.Relevance;
import javigate.model.RetrievalModel;

/**
 * The queries of a split put to libraries drawn from it, to fit a {@link Relevance} or to measure
 * one.
 *
 * @param split its name
 * @param bySize answered queries by clips in their library, ascending; the last has all clips
 */
public record RelevanceStudy(String split, Map<Integer, List<AnsweredQuery>> bySize) {

    private static final List<Integer> SIZES = List.of(20, 50, 100, 200, 500, 1000, 2000, 5000);
    private static final int BATCH = 32;
    private static final int TEXTS = 500;

    /**
     * Embeds and scores.
     *
     * @param cache the split's clips, decoded, in the order of the queries' clips
     * @param seed draws the libraries
     * @param progress told the number of clips and queries done so far
     * @throws IllegalArgumentException if the model looks at clips anew for each text: its scores
     *     are not those of a library
     */
    public static RelevanceStudy of(
            RetrievalModel model,
            String split,
            SightSoundQueries queries,
            ClipCache cache,
            long seed,
            IntConsumer progress) {
        if (model.conditionsOnText()) {
            throw new IllegalArgumentException(
                    "a model that conditions on the text re-ranks; libraries are searched, and"
                            + " relevance is told, by a first stage such as avigate");
        }
        return of(split, queries.queries(), scores(model, queries, cache, progress), seed);
    }

    /** The same of known scores, those of each query with each clip. */
    static RelevanceStudy of(String split, List<Query> queries, double[][] scores, long seed) {
        int clips = scores[0].length;
        TreeSet<Integer> sizes =
                new TreeSet<>(SIZES.stream().filter(size -> size < clips).toList());
        sizes.add(clips);
        Map<Integer, List<AnsweredQuery>> bySize = new LinkedHashMap<>();
        for (int size : sizes) {
            bySize.put(size, AnsweredQuery.of(queries, scores, size, seed + size));
        }
        return new RelevanceStudy(split, bySize);
    }

    private static double[][] scores(
            RetrievalModel model,
            SightSoundQueries queries,
            ClipCache cache,
            IntConsumer progress) {
        List<float[]> texts = new ArrayList<>();
        for (Query query : queries.queries()) {
            texts.add(model.embedText(query.text()));
            if (texts.size() % TEXTS == 0) {
                progress.accept(texts.size());
            }
        }
        double[][] scores = new double[texts.size()][cache.size()];
        for (int begin = 0; begin < cache.size(); begin += BATCH) {
            List<ClipInput> inputs = new ArrayList<>();
            for (int i = begin; i < Math.min(cache.size(), begin + BATCH); i++) {
                inputs.add(Evaluation.input(model.preprocessing(), cache, i));
            }
            double[][] columns =
                    model.score(
                            texts,
                            model.embedClips(inputs).stream().map(ClipEmbedding::tokens).toList());
            for (int t = 0; t < scores.length; t++) {
                System.arraycopy(columns[t], 0, scores[t], begin, columns[t].length);
            }
            progress.accept(texts.size() + begin + inputs.size());
        }
        return scores;
    }

    /**
     * The relevance that fits best.
     *
     * @throws IllegalArgumentException if none does
     */
    public Relevance fit() {
        return RelevanceFit.of(List.copyOf(bySize.values()));
    }

    /** What a relevance is worth here, by size of library. */
    public List<RelevanceFigures> measure(Relevance relevance) {
        List<RelevanceFigures> figures = new ArrayList<>();
        bySize.forEach(
                (clips, answered) -> figures.add(RelevanceFigures.of(relevance, clips, answered)));
        return figures;
    }
}
