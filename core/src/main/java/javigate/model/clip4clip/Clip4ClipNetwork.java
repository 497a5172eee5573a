package javigate.model.clip4clip;

import javigate.model.clip.ImageEncoder;
import javigate.model.clip.TextEncoder;
import javigate.tensor.Init;
import javigate.tensor.Parameters;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * CLIP4Clip as a network of tensors, under the official names: {@code clip.*} as OpenAI's, and with
 * the transformer {@code frame_position_embeddings} and {@code transformerClip}.
 *
 * <p>B clips or captions, F frames, S picture side, D joint width.
 */
public final class Clip4ClipNetwork {

    private final ImageEncoder imageEncoder;
    private final TextEncoder textEncoder;
    private final Tensor logitScale;
    private final @Nullable FrameTransformer transformer;

    public Clip4ClipNetwork(Parameters parameters, Clip4ClipConfig config) {
        Parameters clip = parameters.at("clip");
        this.imageEncoder = new ImageEncoder(clip.at("visual"), config.clip());
        this.textEncoder = new TextEncoder(clip, config.clip());
        this.logitScale = clip.get("logit_scale", Init.constant(Math.log(1 / 0.07)));
        this.transformer =
                switch (config.pooling()) {
                    case MEAN_POOL -> null;
                    case TRANSFORMER -> new FrameTransformer(parameters, config);
                };
    }

    /** Captions as token ids [B, words] to t [B, D]. */
    public Tensor text(Tensor ids) {
        return textEncoder.encode(ids);
    }

    /** Normalised pixels [B, F, 3, S, S] to f⁰ [B, F, D]. */
    public Tensor frames(Tensor pixels) {
        return imageEncoder.encodeFrames(pixels);
    }

    /**
     * The frames that are pooled and scored: f⁰ itself, or what the transformer makes of it.
     *
     * @param plain f⁰ [B, F, D]
     * @param mask [B, F], 1 for real frames
     * @return [B, F, D]
     */
    public Tensor embed(Tensor plain, Tensor mask) {
        return transformer == null ? plain : transformer.forward(plain, mask);
    }

    /** exp(logit scale) = 1/τ: scalar. */
    public Tensor scale() {
        return logitScale.exp();
    }
}
