package javigate.model;

import javigate.tensor.Init;
import javigate.tensor.Parameters;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;

/** The learned temperature: the logarithm of S = 1/τ, which scores are multiplied by. */
public final class LogitScale {

    private static final Init START = Init.constant(Math.log(1 / 0.07));
    private static final double MOST = Math.log(100);

    private final Tensor logarithm;

    /**
     * @param clip those below {@code clip.}: logit_scale
     */
    public LogitScale(Parameters clip) {
        this.logarithm = clip.get("logit_scale", START);
    }

    /** S: scalar. */
    public Tensor scale() {
        return logarithm.exp();
    }

    /** Keeps S at 100 or below, as CLIP does after each training step. */
    public void clamp() {
        try (NoGradGuard _ = new NoGradGuard()) {
            logarithm.clamp_(new ScalarOptional(), new ScalarOptional(new Scalar(MOST)));
        }
    }
}
