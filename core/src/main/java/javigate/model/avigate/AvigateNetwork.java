package javigate.model.avigate;

import static java.util.Objects.requireNonNull;

import javigate.model.ContrastiveLoss;
import javigate.model.EmbeddedClips;
import javigate.model.LogitScale;
import javigate.model.RetrievalNetwork;
import javigate.model.Score;
import javigate.model.TowerInit;
import javigate.model.ast.AudioEncoder;
import javigate.model.clip.ImageEncoder;
import javigate.model.clip.TextEncoder;
import javigate.tensor.Init;
import javigate.tensor.Ops;
import javigate.tensor.Parameters;
import javigate.tensor.Weights;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * AVIGATE as a network of tensors, under the official names.
 *
 * <p>B clips or captions, F frames, S picture side, T × Q filterbank, A audio tokens, M queries, L
 * layers, D joint width.
 */
public final class AvigateNetwork implements RetrievalNetwork {

    /**
     * A batch of embedded clips.
     *
     * @param plain f⁰ without positions [B, F, D]
     * @param positioned f⁰ with positions, the fusion's input [B, F, D]
     * @param fusion f^L [B, F, D]
     * @param frames the clip embedding, the blend of fusion and input [B, F, D]
     * @param audio resampled audio tokens [B, M, D]
     * @param gates g_mha and g_ffn per layer [B, L, 2]
     */
    public record Embedded(
            Tensor plain,
            Tensor positioned,
            Tensor fusion,
            Tensor frames,
            Tensor audio,
            Tensor gates) {}

    private final AvigateConfig config;
    private final ImageEncoder imageEncoder;
    private final TextEncoder textEncoder;
    private final AudioEncoder audioEncoder;
    private final Tensor audioProjection;
    private final Tensor framePositions;
    private final LogitScale logitScale;
    private final AudioResampler resampler;
    private final GatedFusionTransformer fusion;

    public AvigateNetwork(Parameters parameters, AvigateConfig config) {
        this.config = config;
        int width = config.width();
        Parameters clip = parameters.at("clip");
        this.imageEncoder = new ImageEncoder(clip.at("visual"), config.clip());
        this.textEncoder = new TextEncoder(clip, config.clip());
        this.logitScale = new LogitScale(clip);
        this.audioEncoder = new AudioEncoder(clip.at("audio.v"), config.ast());
        this.audioProjection =
                clip.get(
                        "audio_projection",
                        Init.normal(Math.pow(config.ast().width(), -0.5)),
                        config.ast().width(),
                        width);
        this.framePositions =
                parameters.get(
                        "frame_position_embeddings.weight",
                        Init.normal(0.01),
                        config.clip().contextLength(),
                        width);
        this.resampler =
                new AudioResampler(
                        parameters,
                        width,
                        config.heads(),
                        config.resamplerLayers(),
                        config.queries());
        this.fusion =
                new GatedFusionTransformer(
                        parameters.at("transformerClip"),
                        width,
                        config.heads(),
                        config.fusionLayers(),
                        config.ablation().gate());
    }

    /**
     * What the new parts take from CLIP before training (the official code's initialisation): the
     * blocks of resampler and fusion are its first text blocks, the frame positions its text
     * positions. What is missing (cross-attention, gates, queries) is drawn by the layers' own
     * constructors; the projection of the sound is the audio tower's, and drawn where that has
     * none.
     */
    public static Weights start(Weights towers, AvigateConfig config) {
        Weights result = TowerInit.towers(towers, config);
        TowerInit.lendTextBlocks(result, "transformer_Fusion.", config.resamplerLayers());
        TowerInit.lendTextBlocks(result, "transformerClip.", config.fusionLayers());
        TowerInit.lendPositions(result);
        return result;
    }

    public AvigateConfig config() {
        return config;
    }

    /** Captions as token ids [B, words] to t [B, D]. */
    @Override
    public Tensor text(Tensor ids) {
        return textEncoder.encode(ids);
    }

    /** Normalised pixels [B, F, 3, S, S] to f⁰ without positions [B, F, D]. */
    @Override
    public Tensor frames(Tensor pixels) {
        return imageEncoder.encodeFrames(pixels);
    }

    /**
     * AST's tokens before its final norm; with AST frozen they never change, so training keeps
     * them.
     *
     * @param filterbank [B, T, Q]; zeros for a clip without sound
     * @return [B, patches + 2, AST width]
     */
    @Override
    public Tensor audioTokens(Tensor filterbank) {
        return audioEncoder.tokens(filterbank);
    }

    /** All AST tokens after the final norm, class and distillation first: [B, patches + 2, W]. */
    public Tensor normedAudioTokens(Tensor filterbank) {
        return audioEncoder.norm(audioEncoder.tokens(filterbank));
    }

    /** Final norm and projection: {@link #audioTokens} to audio tokens [B, A, D]. */
    public Tensor projectAudio(Tensor tokens) {
        Tensor normed =
                config.mergeAudioHeads()
                        ? audioEncoder.mergedAndNormed(tokens)
                        : audioEncoder.norm(tokens);
        return torch.matmul(normed, audioProjection);
    }

    /** The resampler: [B, A, D] to [B, M, D]. */
    public Tensor resample(Tensor audio) {
        return resampler.forward(audio);
    }

    /**
     * Positions, gated fusion, blend.
     *
     * @param plain f⁰ [B, F, D]
     * @param mask [B, F], 1 for real frames
     * @param audio resampled tokens [B, M, D]
     */
    public Embedded fuse(Tensor plain, Tensor mask, Tensor audio) {
        Tensor positioned =
                config.framePositions()
                        ? plain.add(framePositions.narrow(0, 0, plain.size(1)))
                        : plain;
        @Nullable Tensor keys = config.maskFrames() ? mask : null;
        GatedFusionTransformer.Fused fused = fusion.forward(positioned, audio, keys);
        Tensor frames =
                Ops.scale(fused.frames(), config.blend())
                        .add(Ops.scale(positioned, 1 - config.blend()));
        return new Embedded(plain, positioned, fused.frames(), frames, audio, fused.gates());
    }

    /** exp(logit scale) = 1/τ: scalar. */
    @Override
    public Tensor scale() {
        return logitScale.scale();
    }

    /** Keeps exp(logit scale) at 100 or below, as CLIP does after each training step. */
    @Override
    public void clampScale() {
        logitScale.clamp();
    }

    /** α of Eq. 8: the configured constant, or λ·exp(logit scale). Scalar. */
    @Override
    public Tensor alpha() {
        return config.alpha() > 0
                ? Ops.scalar(config.alpha())
                : Ops.scale(scale(), config.lambda());
    }

    /** Scores times 1/τ (Eq. 9 over τ): texts [T, D] and clips to [T, V]. */
    public Tensor logits(Tensor text, Embedded clips, Tensor mask) {
        return logits(text, clips.frames(), mask);
    }

    private Tensor logits(Tensor text, Tensor frames, Tensor mask) {
        return Score.score(text, frames, mask, alpha(), config.ablation().localWeight())
                .mul(scale());
    }

    /** The margin of Eq. 6 for a batch of pairs, that of Eq. 5 unless it is ablated: [B, B]. */
    public Tensor margin(Tensor text, Embedded clips, Tensor mask) {
        return margin(text, marginFrames(clips), mask);
    }

    private Tensor margin(Tensor text, Tensor visual, Tensor mask) {
        return switch (config.ablation().margin()) {
            case ADAPTIVE ->
                    AdaptiveMargin.of(
                            text,
                            Score.pool(visual, mask),
                            config.marginLambda(),
                            config.marginMax());
            case FIXED -> AdaptiveMargin.fixed(text, config.marginMax());
            case NONE -> AdaptiveMargin.fixed(text, 0);
        };
    }

    /** The margin's visual side, frames before fusion [B, F, D]; no gradient goes through it. */
    public Tensor marginFrames(Embedded clips) {
        return config.marginOfPlainFrames() ? clips.plain() : clips.positioned();
    }

    /** Logits with margins, 1/τ · (s + m): [B, B]. */
    public Tensor trainLogits(Tensor text, Embedded clips, Tensor mask) {
        return trainLogits(text, clips.frames(), marginFrames(clips), mask);
    }

    private Tensor trainLogits(Tensor text, Tensor frames, Tensor marginFrames, Tensor mask) {
        return logits(text, frames, mask).add(margin(text, marginFrames, mask).mul(scale()));
    }

    @Override
    public boolean listens() {
        return true;
    }

    /** {@inheritDoc} The tokens are {@link #marginFrames}. */
    @Override
    public EmbeddedClips embed(Tensor frames, Tensor mask, @Nullable Tensor audio) {
        Tensor resampled = resample(projectAudio(requireNonNull(audio)));
        Tensor ofEach = resampled.expand(frames.size(0), resampled.size(1), resampled.size(2));
        Embedded clips = fuse(frames, mask, ofEach);
        return new EmbeddedClips(
                clips.frames(),
                mask,
                marginFrames(clips),
                new EmbeddedClips.Listening(clips.gates(), Ops.mean(ofEach, 1)));
    }

    @Override
    public Scorer scorer(EmbeddedClips clips) {
        return text -> Score.score(text, clips.frames(), clips.mask(), alpha(), localWeight());
    }

    @Override
    public double localWeight() {
        return config.ablation().localWeight();
    }

    @Override
    public Tensor loss(Tensor text, EmbeddedClips clips) {
        return loss(text, clips.frames(), clips.requireTokens(), clips.mask());
    }

    /** The training loss of a batch of pairs (Eq. 6): scalar. */
    public Tensor loss(Tensor text, Embedded clips, Tensor mask) {
        return loss(text, clips.frames(), marginFrames(clips), mask);
    }

    /**
     * The same of what it needs of the clips.
     *
     * @param text [B, D]
     * @param frames clip embeddings [B, F, D]
     * @param marginFrames {@link #marginFrames} [B, F, D]
     * @param mask [B, F], 1 for real frames
     */
    public Tensor loss(Tensor text, Tensor frames, Tensor marginFrames, Tensor mask) {
        return ContrastiveLoss.of(trainLogits(text, frames, marginFrames, mask));
    }
}
