package javigate.eval;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import javigate.index.LateInteractionScore;

/**
 * Two stages (TEFAL §4.3.4): a cheap first one ranks all clips, a better second one only the first
 * stage's top K. T captions, V videos.
 */
public final class Reranking {

    private Reranking() {}

    /**
     * Text to video by both stages: of each caption the top K of the first stage as the second
     * scores them, then the others as the first does.
     *
     * @param first scores of the first stage, [T][V]
     * @param second scores of the second, of the same captions and videos
     * @param k at least 1; V or more is the second stage alone
     * @throws IllegalArgumentException if k is below 1, or the matrices are of other captions
     */
    public static Retrieval of(ScoreMatrix first, ScoreMatrix second, int k, TieRule rule) {
        if (k < 1 || !Arrays.equals(first.owner(), second.owner())) {
            throw new IllegalArgumentException(
                    "a top of %d (at least 1), of %d and %d captions, which must be the same"
                            .formatted(k, first.owner().length, second.owner().length));
        }
        double[][] scores = new double[first.owner().length][];
        Arrays.setAll(scores, t -> row(first.scores()[t], second.scores()[t], k));
        ScoreMatrix joint = new ScoreMatrix(scores, first.owner());
        return new Retrieval(QueryRanks.textToVideo(joint, rule), null, joint.captions());
    }

    /** One caption's scores: any of the first stage's lies below every one of the second's. */
    private static double[] row(double[] first, double[] second, int k) {
        double above = Arrays.stream(first).max().orElse(0);
        double below = Arrays.stream(second).min().orElse(0);
        double[] scores = first.clone();
        top(first, k).forEach(v -> scores[v] = above + 1 + second[v] - below);
        return scores;
    }

    /** Columns of the k highest scores, of equal ones the lower column first. */
    private static IntStream top(double[] scores, int k) {
        return IntStream.range(0, scores.length)
                .boxed()
                .sorted((a, b) -> Double.compare(scores[b], scores[a]))
                .mapToInt(Integer::intValue)
                .limit(k);
    }

    /**
     * The first stage of stored pooled vectors: cosines of texts and pooled clips (Eq. 7).
     *
     * @param texts [T][D]
     * @param pooled {@link #pool} of each clip, [V][D]
     * @return [T][V]
     */
    static double[][] pooledScores(List<float[]> texts, List<double[]> pooled) {
        double[][] scores = new double[texts.size()][pooled.size()];
        for (int t = 0; t < scores.length; t++) {
            float[] text = texts.get(t);
            double square = 0;
            for (float x : text) {
                square += (double) x * x;
            }
            for (int v = 0; v < pooled.size(); v++) {
                double dot = 0;
                for (int d = 0; d < text.length; d++) {
                    dot += text[d] * pooled.get(v)[d];
                }
                scores[t][v] = dot / Math.sqrt(square);
            }
        }
        return scores;
    }

    /**
     * The mean of a clip's L2-normalised frames [F][D], normalised: [D]; zeros if they cancel out.
     */
    static double[] pool(float[][] frames) {
        double[] sum = new double[frames[0].length];
        for (float[] frame : frames) {
            addUnit(sum, frame);
        }
        double[] unit = new double[sum.length];
        double norm = Math.sqrt(Arrays.stream(sum).map(x -> x * x).sum());
        if (!LateInteractionScore.cancelOut(norm / frames.length)) {
            Arrays.setAll(unit, d -> sum[d] / norm);
        }
        return unit;
    }

    private static void addUnit(double[] sum, float[] vector) {
        double square = 0;
        for (float x : vector) {
            square += (double) x * x;
        }
        for (int d = 0; d < sum.length; d++) {
            sum[d] += vector[d] / Math.sqrt(square);
        }
    }
}
