package javigate.index;

/**
 * Where one clip stands among all clips of a library for a query.
 *
 * @param score of the query (Eq. 9)
 * @param rank 1 + the number of clips with a higher score
 */
public record ClipRank(double score, long rank) {}
