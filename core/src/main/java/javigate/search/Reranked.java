package javigate.search;

/**
 * What a re-ranker said of a hit.
 *
 * @param score by it, on the scale of cosines
 * @param rankBefore the clip's rank in the first stage, from 1
 */
public record Reranked(double score, int rankBefore) {}
