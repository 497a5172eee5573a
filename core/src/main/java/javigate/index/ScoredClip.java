package javigate.index;

/**
 * A clip found.
 *
 * @param id of the {@link StoredClip}
 * @param score of the query (Eq. 9), about -1..1, plus at most localWeight · ln(F) / alpha
 */
public record ScoredClip(String id, double score) {}
