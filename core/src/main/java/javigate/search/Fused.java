package javigate.search;

import javigate.index.TextLine;
import org.jspecify.annotations.Nullable;

/**
 * How a clip's two ranks, by sight and sound and by words, make one: reciprocal rank fusion
 * (Cormack, Clarke and Büttcher, SIGIR 2009), Σ 1 / ({@value #RANK_CONSTANT} + rank).
 *
 * @param score the sum
 * @param rank by sight and sound, from 1
 * @param rankByWords from 1, equal ones at the same score; 0 for a clip without any of the words
 * @param wordScore BM25; 0 likewise
 * @param line the line that has most of the words; null for a clip without any
 */
public record Fused(
        double score, long rank, int rankByWords, double wordScore, @Nullable TextLine line) {
    /** The paper's; it keeps the best ranks from deciding alone. */
    public static final int RANK_CONSTANT = 60;

    /** The score of two ranks; a rank of 0 adds nothing. */
    static double score(long rank, int rankByWords) {
        return reciprocal(rank) + reciprocal(rankByWords);
    }

    private static double reciprocal(long rank) {
        return rank == 0 ? 0 : 1.0 / (RANK_CONSTANT + rank);
    }
}
