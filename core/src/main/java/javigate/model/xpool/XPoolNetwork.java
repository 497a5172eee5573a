package javigate.model.xpool;

import javigate.model.ContrastiveLoss;
import javigate.model.EmbeddedClips;
import javigate.model.LogitScale;
import javigate.model.RetrievalNetwork;
import javigate.model.Score;
import javigate.model.TowerInit;
import javigate.model.clip.ImageEncoder;
import javigate.model.clip.TextEncoder;
import javigate.tensor.Parameters;
import javigate.tensor.Weights;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * X-Pool as a network of tensors, under the official names: {@code clip.*} as OpenAI's, {@code
 * pool_frames}.
 *
 * <p>B clips or captions, T texts, V clips, F frames, S picture side, D joint width.
 */
public final class XPoolNetwork implements RetrievalNetwork {

    private final ImageEncoder imageEncoder;
    private final TextEncoder textEncoder;
    private final LogitScale logitScale;
    private final TextConditionedPooling pooling;

    public XPoolNetwork(Parameters parameters, XPoolConfig config) {
        Parameters clip = parameters.at("clip");
        this.imageEncoder = new ImageEncoder(clip.at("visual"), config.clip());
        this.textEncoder = new TextEncoder(clip, config.clip());
        this.logitScale = new LogitScale(clip);
        this.pooling =
                new TextConditionedPooling(
                        parameters.at("pool_frames"),
                        config.width(),
                        config.heads(),
                        TextConditionedPooling.Tail.PROJECTION,
                        config.dropout());
    }

    /** What training starts from: the towers; the pooling starts as the identity. */
    public static Weights start(Weights towers, XPoolConfig config) {
        return TowerInit.towers(towers, config);
    }

    /** Captions as token ids [B, words] to t [B, D]. */
    @Override
    public Tensor text(Tensor ids) {
        return textEncoder.encode(ids);
    }

    /** Normalised pixels [B, F, 3, S, S] to frames [B, F, D]. */
    @Override
    public Tensor frames(Tensor pixels) {
        return imageEncoder.encodeFrames(pixels);
    }

    /** What a clip brings to every text: {@link TextConditionedPooling#keysValues}. */
    public TextConditionedPooling.KeysValues keysValues(Tensor frames, @Nullable Tensor mask) {
        return pooling.keysValues(frames, mask);
    }

    /** Every text's view of every clip: {@link TextConditionedPooling#pool}, [T, V, D]. */
    public Tensor pool(Tensor text, TextConditionedPooling.KeysValues clips, boolean training) {
        return pooling.pool(text, clips, training);
    }

    /** Cosine of each text with its view of each clip: [T, D] to [T, V]. */
    public Tensor score(Tensor text, TextConditionedPooling.KeysValues clips, boolean training) {
        return Score.conditioned(text, pool(text, clips, training));
    }

    /** The training loss of a batch of pairs, both directions' mean: [B, D] to a scalar. */
    public Tensor loss(Tensor text, TextConditionedPooling.KeysValues clips) {
        return ContrastiveLoss.of(score(text, clips, true).mul(scale()));
    }

    /** exp(logit scale) = 1/τ: scalar. */
    @Override
    public Tensor scale() {
        return logitScale.scale();
    }

    /** Keeps the scale at 100 or below; after each training step. */
    @Override
    public void clampScale() {
        logitScale.clamp();
    }

    @Override
    public EmbeddedClips embed(Tensor frames, Tensor mask, @Nullable Tensor audio) {
        return EmbeddedClips.ofFrames(frames, mask);
    }

    @Override
    public boolean conditionsOnText() {
        return true;
    }

    @Override
    public Scorer scorer(EmbeddedClips clips) {
        TextConditionedPooling.KeysValues ready = keysValues(clips.frames(), clips.mask());
        return text -> score(text, ready, false);
    }

    @Override
    public Tensor loss(Tensor text, EmbeddedClips clips) {
        return loss(text, keysValues(clips.frames(), clips.mask()));
    }
}
