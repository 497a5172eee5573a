package javigate.search;

import java.time.Duration;

/**
 * How much of a search is looked at twice: the first stage's best clips are scored again by the
 * library's re-ranker, in their order, until the time is used up (TEFAL §4.3.4).
 *
 * @param share of all clips, 0 to 1
 * @param count clips, 0 or more; of share and count the larger holds, and never fewer than the hits
 *     asked for
 * @param budget no further clips are begun after it; at least one group of clips is looked at
 */
public record Reranking(double share, int count, Duration budget) {

    /** The share at which the paper loses nothing. */
    public static final double PAPER_SHARE = 0.1;

    /** The paper's share within two seconds. */
    public static final Reranking DEFAULT = new Reranking(PAPER_SHARE, 0, Duration.ofSeconds(2));

    /**
     * @throws IllegalArgumentException if a value is out of range
     */
    public Reranking {
        if (!(share >= 0 && share <= 1) || count < 0) {
            throw new IllegalArgumentException(
                    "re-ranking: share %s (0 to 1), count %d (0 or more)".formatted(share, count));
        }
        if (budget.isNegative()) {
            throw new IllegalArgumentException(
                    "re-ranking: a budget of %d ms; 0 or more is needed"
                            .formatted(budget.toMillis()));
        }
    }

    /** Clips of so many that are looked at again for k hits. */
    int candidates(long clips, int k) {
        long wanted = Math.max(k, Math.max(count, (long) Math.ceil(share * clips - 1e-9)));
        return (int) Math.min(clips, Math.min(wanted, Integer.MAX_VALUE));
    }
}
