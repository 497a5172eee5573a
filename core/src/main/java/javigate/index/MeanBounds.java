package javigate.index;

import java.util.Arrays;
import org.apache.lucene.index.CorruptIndexException;

/**
 * Between what a clip's score must lie, given the cosine g of the text t with the mean m of its
 * unit frames. With ρ = max ‖f̂_n − m‖ every frame's cosine is within ρ of m · t = ‖m‖ g, and their
 * mean is m · t itself, so that by Jensen's inequality
 *
 * <pre>
 *   m · t + ln(F)/α  ≤  local = (1/α) log Σ exp(α cos_n)  ≤  m · t + ρ + ln(F)/α
 * </pre>
 *
 * and the score (1 − w) g + w · local is {@link #perCosine} · g and a number between {@link #low}
 * and {@link #high}. A {@linkplain FrameSpread#head head} of every frame, whose products are h_n,
 * says more: cos_n = h_n + (f̂_n · t)_tail, which is within ρ_tail ‖t_tail‖ of h_n + (m · t)_tail,
 * and (m · t)_tail = m · t − mean h_n. So the score is at most perCosine · g + w (max h_n − mean
 * h_n + ρ_tail ‖t_tail‖) + {@link #headHigh}, where h_n are exact.
 */
final class MeanBounds {
    /** Far above the rounding of some floats of size 1, in what is added up after the products. */
    private static final double FLOATS = 1e-5;

    /**
     * Twice the rounding of a float of size 1: of sums over F, and of ln(F)/α, which may be large.
     */
    private static final double ROUNDING = 0x1p-23;

    private final double alpha;
    private final double localWeight;
    private int frames = 1;
    private double localSpread;
    private double perCosine;
    private double low;
    private double high;
    private double headHigh;
    private final double[] tailRadii = new double[FrameSpread.HEADS];

    MeanBounds(LibraryModel model) {
        alpha = model.alpha();
        localWeight = model.localWeight();
    }

    /**
     * The clip that the next bounds are of.
     *
     * @param mean its block, by {@link LeafBlocks#atMean}; of frames that cancel out it bounds
     *     nothing
     * @param error most that a cosine with it may be off
     */
    void clip(FrameBlock mean, double error) throws CorruptIndexException {
        FrameSpread spread = mean.spread();
        if (LateInteractionScore.cancelOut(spread.meanNorm())) {
            nothing();
            return;
        }
        perCosine = 1 - localWeight + localWeight * spread.meanNorm();
        if (frames != spread.frames()) {
            frames = spread.frames();
            localSpread = localWeight * Math.log(frames) / alpha;
        }
        double slack = perCosine * error + FLOATS + (frames + 8 * localSpread) * ROUNDING;
        low = localSpread - slack;
        high = localSpread + slack + localWeight * spread.radius();
        headHigh = localSpread + slack;
        for (int head = 0; head < FrameSpread.HEADS; head++) {
            tailRadii[head] = spread.tailRadius(head);
        }
    }

    /** Bounds nothing. */
    void nothing() {
        perCosine = 0;
        low = Double.NEGATIVE_INFINITY;
        high = Double.POSITIVE_INFINITY;
        headHigh = Double.POSITIVE_INFINITY;
        Arrays.fill(tailRadii, 0);
    }

    double perCosine() {
        return perCosine;
    }

    double low() {
        return low;
    }

    double high() {
        return high;
    }

    double headHigh() {
        return headHigh;
    }

    /** w ρ_tail of what is after a head. */
    double perTail(int head) {
        return localWeight * tailRadii[head];
    }
}
