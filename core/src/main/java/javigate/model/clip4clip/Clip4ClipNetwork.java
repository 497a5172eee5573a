package javigate.model.clip4clip;

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
 * CLIP4Clip as a network of tensors, under the official names: {@code clip.*} as OpenAI's, and with
 * the transformer {@code frame_position_embeddings} and {@code transformerClip}.
 *
 * <p>B clips or captions, F frames, S picture side, D joint width.
 */
public final class Clip4ClipNetwork implements RetrievalNetwork {

    private final ImageEncoder imageEncoder;
    private final TextEncoder textEncoder;
    private final LogitScale logitScale;
    private final @Nullable FrameTransformer transformer;

    public Clip4ClipNetwork(Parameters parameters, Clip4ClipConfig config) {
        Parameters clip = parameters.at("clip");
        this.imageEncoder = new ImageEncoder(clip.at("visual"), config.clip());
        this.textEncoder = new TextEncoder(clip, config.clip());
        this.logitScale = new LogitScale(clip);
        this.transformer =
                switch (config.pooling()) {
                    case MEAN_POOL -> null;
                    case TRANSFORMER -> new FrameTransformer(parameters, config);
                };
    }

    /**
     * What training starts from: the towers; with the transformer, CLIP's first text blocks and its
     * text positions.
     */
    public static Weights start(Weights towers, Clip4ClipConfig config) {
        Weights result = TowerInit.towers(towers, config);
        if (config.pooling() == Clip4ClipConfig.Pooling.TRANSFORMER) {
            TowerInit.lendTextBlocks(result, "transformerClip.", config.fusionLayers());
            TowerInit.lendPositions(result);
        }
        return result;
    }

    /** Captions as token ids [B, words] to t [B, D]. */
    @Override
    public Tensor text(Tensor ids) {
        return textEncoder.encode(ids);
    }

    /** Normalised pixels [B, F, 3, S, S] to f⁰ [B, F, D]. */
    @Override
    public Tensor frames(Tensor pixels) {
        return imageEncoder.encodeFrames(pixels);
    }

    /** {@inheritDoc} The frames as they are, or what the transformer makes of them. */
    @Override
    public EmbeddedClips embed(Tensor frames, Tensor mask, @Nullable Tensor audio) {
        return EmbeddedClips.ofFrames(
                transformer == null ? frames : transformer.forward(frames, mask), mask);
    }

    /** The cosine of the text with the pooled frames (Eq. 7 alone). */
    @Override
    public Scorer scorer(EmbeddedClips clips) {
        return Score.ofPooled(clips);
    }

    @Override
    public Tensor loss(Tensor text, EmbeddedClips clips) {
        return ContrastiveLoss.of(scorer(clips).of(text).mul(scale()));
    }

    @Override
    public Tensor scale() {
        return logitScale.scale();
    }

    @Override
    public void clampScale() {
        logitScale.clamp();
    }
}
