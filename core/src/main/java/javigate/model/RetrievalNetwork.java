package javigate.model;

import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A model as a network of tensors: what its training and its use have in common. B clips or
 * captions, T texts, V clips, F frames, S picture side, A audio tokens, W AST's width, D joint
 * width.
 */
public interface RetrievalNetwork {

    /** Scores of clips that were made ready for any number of texts. */
    @FunctionalInterface
    interface Scorer {
        /** Texts [T, D] to scores, on the scale of cosines [T, V]. */
        Tensor of(Tensor text);
    }

    /** Captions as token ids [B, words] to t [B, D]. */
    Tensor text(Tensor ids);

    /**
     * What can be made of the pictures alone, the first argument of {@link #embed}: the image
     * tower's frames [B, F, D], or the pixels as they are where the tower needs the sound too.
     *
     * @param pixels normalised [B, F, 3, S, S]
     */
    Tensor frames(Tensor pixels);

    /** Whether the image tower needs the sound. */
    default boolean soundInImageTower() {
        return false;
    }

    /** Whether clips are heard; if not, {@link #audioTokens} is never called. */
    default boolean listens() {
        return false;
    }

    /**
     * AST's tokens before its final norm, class and distillation first; with AST frozen they never
     * change.
     *
     * @param filterbank [B, T, Q]; zeros for a clip without sound
     * @return [B, A, W]
     */
    default Tensor audioTokens(Tensor filterbank) {
        throw new UnsupportedOperationException(getClass() + " does not listen");
    }

    /**
     * @param frames {@link #frames}
     * @param mask [B, F], 1 for real frames
     * @param audio {@link #audioTokens}, of every clip or one for all; null if the network does not
     *     listen
     */
    EmbeddedClips embed(Tensor frames, Tensor mask, @Nullable Tensor audio);

    /**
     * Whether a clip's embedding depends on the text, so that its score cannot be had from its
     * frames by {@link #alpha} and {@link #localWeight} alone.
     */
    default boolean conditionsOnText() {
        return false;
    }

    /** Makes clips ready to be scored. */
    Scorer scorer(EmbeddedClips clips);

    /** The training loss of a batch of pairs: scalar. */
    Tensor loss(Tensor text, EmbeddedClips clips);

    /** exp(logit scale) = 1/τ: scalar. */
    Tensor scale();

    /** Keeps exp(logit scale) at 100 or below, as CLIP does after each training step. */
    void clampScale();

    /** α of the log-sum-exp (Eq. 8), on cosines: scalar above 0; of no effect at weight 0. */
    default Tensor alpha() {
        return scale();
    }

    /** w of the score (1 − w) · global + w · local, 0 to 1; 0 is the pooled frames alone. */
    default double localWeight() {
        return 0;
    }
}
