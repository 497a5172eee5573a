package javigate.report;

import java.util.List;
import java.util.stream.IntStream;
import javigate.eval.Evaluation;
import javigate.eval.Retrieval;
import javigate.eval.ScoreMatrix;

/**
 * How a model, hearing the clips or not, answers the queries. V clips, L layers.
 *
 * @param name of the model, for people
 * @param gates of each clip, [V][L][2]; empty where no sound comes in
 */
record Answers(String name, ScoreMatrix scores, Retrieval ranks, List<float[][]> gates) {

    static Answers heard(String name, Evaluation evaluation) {
        boolean gated = evaluation.gates().getFirst().length > 0;
        return new Answers(
                name,
                evaluation.heard(),
                evaluation.raw().heard(),
                gated ? evaluation.gates() : List.of());
    }

    static Answers muted(String name, Evaluation evaluation) {
        return new Answers(name, evaluation.muted(), evaluation.raw().muted(), List.of());
    }

    /** The rank of the query's own clip, from 1. */
    int rank(int query) {
        return ranks.textToVideo().first()[query];
    }

    /** The clip that comes first; another one than the query's own unless that has rank 1. */
    int top(int query) {
        int own = scores.owner()[query];
        double[] row = scores.scores()[query];
        return rank(query) == 1
                ? own
                : IntStream.range(0, row.length)
                        .filter(clip -> clip != own)
                        .reduce((best, clip) -> row[clip] > row[best] ? clip : best)
                        .orElse(own);
    }

    double score(int query, int clip) {
        return scores.scores()[query][clip];
    }
}
