package javigate.index;

import java.util.Comparator;

/**
 * A clip found.
 *
 * @param id of the {@link StoredClip}
 * @param score of the query (Eq. 9), about -1..1, plus at most localWeight · ln(F) / alpha
 */
public record ScoredClip(String id, double score) {

    /** The higher score first, of equal ones the smaller id. */
    public static final Comparator<ScoredClip> BEST_FIRST =
            Comparator.comparingDouble(ScoredClip::score).reversed().thenComparing(ScoredClip::id);
}
