package javigate.index;

import org.apache.lucene.index.CorruptIndexException;

/**
 * Between what a clip's score must lie, given cosines that are off by at most some error. Since max
 * ≤ (1/α) log Σ exp(α cos_n) ≤ max + ln(F)/α, most clips are placed without an exponential.
 */
final class ScoreBounds {
    /** Far above the rounding of doubles. */
    private static final double DOUBLES = 1e-12;

    private static final double FLOAT_UNIT = 0x1p-24;

    /**
     * The factors of an upper bound in single precision: perSum · Σ cosines + perMax · max + rest,
     * added up in any order, is not below the score where every cosine is within the error that
     * {@link #clip} was told, nor below {@link #high} after {@link #quick} of the same cosines.
     *
     * @param perMax the same for every clip of a model
     */
    record Limit(float perSum, float perMax, float rest) {}

    private final double alpha;
    private final double localWeight;
    private int frames = 1;
    private double localSpread;
    private double globalPerSum;
    private double slack;
    private double spread;
    private double rounding;
    private double low;
    private double high;

    ScoreBounds(LibraryModel model) {
        alpha = model.alpha();
        localWeight = model.localWeight();
    }

    /**
     * The clip that the next bounds are of.
     *
     * @param error most that a cosine may be off
     * @throws CorruptIndexException when the block's mean has no length there is
     */
    void clip(FrameBlock block, double error) throws CorruptIndexException {
        if (frames != block.frames()) {
            frames = block.frames();
            localSpread = localWeight * Math.log(frames) / alpha;
        }
        double meanNorm = block.meanNorm();
        boolean cancelOut = LateInteractionScore.cancelOut(meanNorm);
        double ofGlobal = cancelOut ? 0 : (1 - localWeight) / meanNorm;
        globalPerSum = ofGlobal / frames;
        slack = (ofGlobal + localWeight) * (error + DOUBLES);
        spread = 2 * slack + localSpread;
        rounding = 2 * (frames + 8) * FLOAT_UNIT * (ofGlobal + localWeight) * (1 + error);
    }

    /** Bounds without an exponential. */
    void quick(float[] cosines) {
        double sum = 0;
        float max = cosines[0];
        for (int n = 0; n < frames; n++) {
            sum += cosines[n];
            max = Math.max(max, cosines[n]);
        }
        low = globalPerSum * sum + localWeight * max - slack;
        high = low + spread;
    }

    /**
     * The upper bound of {@link #quick} for single precision. Summing F cosines, each at most 1 +
     * error, and the few operations after it are off by less than (F + 8) · 2^-24 / (1 − (F + 8) ·
     * 2^-24) of the sum of the terms' sizes, (ofGlobal + localWeight) · (1 + error), and by 2^-23
     * of the rest; of both twice as much is added.
     */
    Limit limit() {
        double rest = spread - slack + rounding;
        rest += 4 * FLOAT_UNIT * Math.abs(rest);
        return new Limit((float) globalPerSum, (float) localWeight, Math.nextUp((float) rest));
    }

    /** Bounds as close as the cosines allow. */
    void tighten(float[] cosines) {
        double sum = 0;
        for (int n = 0; n < frames; n++) {
            sum += cosines[n];
        }
        double local = LateInteractionScore.local(cosines, frames, alpha);
        double score = globalPerSum * sum + localWeight * local;
        low = score - slack;
        high = score + slack;
    }

    /** The largest float that is not above a value. */
    static float notAbove(double value) {
        float rounded = (float) value;
        return rounded > value ? Math.nextDown(rounded) : rounded;
    }

    double low() {
        return low;
    }

    double high() {
        return high;
    }
}
