package javigate.train;

/**
 * The factor of a learning rate: it rises linearly over the first share of the updates, then falls
 * along a cosine.
 *
 * <p>The reference's form (BertAdam's {@code warmup_cosine}) looks at the share of updates done, x,
 * so its first factor is 0; after the warmup it is (1 + cos πx)/2, a cosine that began at x = 0 and
 * therefore starts a little below 1. The re-based form looks at the share that the coming update
 * completes, and its half cosine begins where the warmup ends.
 *
 * @param totalSteps updates of the whole training, at least 1
 * @param warmup share of them over which the factor rises, 0 to 1
 * @param rebased which form
 */
public record WarmupCosine(long totalSteps, double warmup, boolean rebased) {

    public WarmupCosine {
        if (totalSteps < 1 || !(warmup >= 0 && warmup < 1)) {
            throw new IllegalArgumentException(
                    "%d steps (at least 1), warmup %s (0 or more, below 1)"
                            .formatted(totalSteps, warmup));
        }
    }

    /** The factor of the update after {@code done} others: 0 to 1. */
    public double factor(long done) {
        double x = (rebased ? done + 1.0 : done) / totalSteps;
        if (x < warmup) {
            return x / warmup;
        }
        double start = rebased ? warmup : 0;
        return 0.5 * (1 + Math.cos(Math.PI * (x - start) / (1 - start)));
    }
}
