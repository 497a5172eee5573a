package javigate.index;

import java.util.List;

/**
 * The best clips for a query.
 *
 * @param hits best first; of equal scores the smaller id first
 * @param visited clips whose scores were bounded or computed
 */
public record SearchResult(List<ScoredClip> hits, long visited) {
    /** Copies the list. */
    public SearchResult {
        hits = List.copyOf(hits);
    }
}
