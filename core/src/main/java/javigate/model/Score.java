package javigate.model;

import javigate.tensor.Ops;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The score of a text and a clip (AVIGATE Eq. 7–9; with local weight 0 CLIP4Clip's), on cosines. T
 * texts, V clips, F frames, D width. {@code javigate.index} states the same equations over plain
 * arrays; a test holds the two equal. Only there clips whose frames cancel out have no global
 * score; here they have one of whatever rounding leaves.
 */
public final class Score {

    /** w of Eq. 9, which is the mean of global and local score. */
    public static final double EVEN = 0.5;

    private Score() {}

    /**
     * Pooled clips: mean over valid frames of L2-normalised frames, normalised (part of Eq. 7).
     *
     * @param frames [V, F, D]
     * @param mask [V, F], 1 for valid frames, at least one per clip
     * @return [V, D]
     */
    public static Tensor pool(Tensor frames, Tensor mask) {
        Tensor weights = mask.to(torch.ScalarType.Float).unsqueeze(2); // [V, F, 1]
        Tensor sum = Ops.sum(Ops.l2Normalise(frames).mul(weights), 1); // [V, D]
        return Ops.l2Normalise(sum.div(Ops.sum(weights, 1)));
    }

    /** The pooled frames alone (Eq. 7; meanP), pooled once for all texts. */
    public static RetrievalNetwork.Scorer ofPooled(EmbeddedClips clips) {
        Tensor pooled = pool(clips.frames(), clips.mask()); // [V, D]
        return text -> torch.matmul(Ops.l2Normalise(text), pooled.t());
    }

    /** Cosine of every text with every frame: [T, D] and [V, F, D] to [T, V, F]. */
    public static Tensor frameCosines(Tensor text, Tensor frames) {
        long v = frames.size(0);
        long f = frames.size(1);
        Tensor flat = Ops.l2Normalise(frames).reshape(v * f, frames.size(2));
        return torch.matmul(Ops.l2Normalise(text), flat.t()).view(text.size(0), v, f);
    }

    /**
     * Cosine of every text with the clips as it sees them, where a clip's embedding depends on the
     * text (X-Pool; TEFAL).
     *
     * @param text [T, D]
     * @param clips [T, V, D]
     * @return [T, V]
     */
    public static Tensor conditioned(Tensor text, Tensor clips) {
        return torch.matmul(Ops.l2Normalise(clips), Ops.l2Normalise(text).unsqueeze(2)).squeeze(2);
    }

    /** s_g = cos(pool(f), t) (Eq. 7): [T, V]. */
    public static Tensor global(Tensor text, Tensor frames, Tensor mask) {
        return torch.matmul(Ops.l2Normalise(text), pool(frames, mask).t());
    }

    /**
     * s_l = (1/α) log Σ_n exp(α cos(f_n, t)) over valid frames (Eq. 8); log-sum-exp takes the
     * maximum out.
     *
     * @param alpha scalar tensor, above 0
     * @return [T, V]
     */
    public static Tensor local(Tensor text, Tensor frames, Tensor mask, Tensor alpha) {
        Tensor exponents = frameCosines(text, frames).mul(alpha); // [T, V, F]
        Tensor padded = mask.to(torch.ScalarType.Bool).logical_not().unsqueeze(0); // [1, V, F]
        Tensor valid = exponents.masked_fill(padded, new Scalar(Double.NEGATIVE_INFINITY));
        return torch.logsumexp(valid, new long[] {2}, false).div(alpha);
    }

    /**
     * s = (1 − w) · s_g + w · s_l: [T, V]. Eq. 9 has w = {@link #EVEN}.
     *
     * @param localWeight w, 0 to 1
     */
    public static Tensor score(
            Tensor text, Tensor frames, Tensor mask, Tensor alpha, double localWeight) {
        return Ops.scale(global(text, frames, mask), 1 - localWeight)
                .add(Ops.scale(local(text, frames, mask, alpha), localWeight));
    }
}
