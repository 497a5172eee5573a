package javigate.model.tefal;

import static java.util.Objects.requireNonNull;

import javigate.model.ContrastiveLoss;
import javigate.model.EmbeddedClips;
import javigate.model.LogitScale;
import javigate.model.RetrievalNetwork;
import javigate.model.TowerInit;
import javigate.model.ast.AudioEncoder;
import javigate.model.clip.ImageEncoder;
import javigate.model.clip.TextEncoder;
import javigate.tensor.Init;
import javigate.tensor.Parameters;
import javigate.tensor.Weights;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * TEFAL as a network of tensors. There is no official code: CLIP, AST and the audio projection go
 * by AVIGATE's names ({@code clip.*}, {@code clip.audio.v.*}, {@code clip.audio_projection}), the
 * blocks by X-Pool's.
 *
 * <p>B clips or captions, T texts, V clips, F frames, S picture side, A = P audio tokens, W AST
 * width, D joint width.
 */
public final class TefalNetwork implements RetrievalNetwork {

    private final ImageEncoder imageEncoder;
    private final TextEncoder textEncoder;
    private final LogitScale logitScale;
    private final AudioEncoder audioEncoder;
    private final Tensor audioProjection;
    private final TefalPooling pooling;

    public TefalNetwork(Parameters parameters, TefalConfig config) {
        Parameters clip = parameters.at("clip");
        int audioWidth = config.ast().width();
        this.imageEncoder = new ImageEncoder(clip.at("visual"), config.clip());
        this.textEncoder = new TextEncoder(clip, config.clip());
        this.logitScale = new LogitScale(clip);
        this.audioEncoder = new AudioEncoder(clip.at("audio.v"), config.ast());
        this.audioProjection =
                clip.get(
                        "audio_projection",
                        Init.normal(Math.pow(audioWidth, -0.5)),
                        audioWidth,
                        config.width());
        this.pooling = new TefalPooling(parameters, config.width(), config.pooling());
    }

    /** What training starts from: the towers, an audio projection among them where there is one. */
    public static Weights start(Weights towers, TefalConfig config) {
        return TowerInit.towers(towers, config);
    }

    /** Captions as token ids [B, words] to t [B, D]. */
    @Override
    public Tensor text(Tensor ids) {
        return textEncoder.encode(ids);
    }

    /** Normalised pixels [B, F, 3, S, S] to E_V [B, F, D]. */
    @Override
    public Tensor frames(Tensor pixels) {
        return imageEncoder.encodeFrames(pixels);
    }

    /**
     * AST's tokens before its final norm.
     *
     * @param filterbank [B, rows, bins]; zeros for a clip without sound
     * @return [B, P + 2, W]
     */
    @Override
    public Tensor audioTokens(Tensor filterbank) {
        return audioEncoder.tokens(filterbank);
    }

    /** Patches alone, final norm and projection: {@link #audioTokens} to E_A [B, A, D]. */
    public Tensor projectAudio(Tensor tokens) {
        return torch.matmul(audioEncoder.normedPatches(tokens), audioProjection);
    }

    /** What a clip brings to every text: {@link TefalPooling#keysValues}. */
    public TefalPooling.ClipKeys keysValues(Tensor frames, @Nullable Tensor mask, Tensor audio) {
        return pooling.keysValues(frames, mask, audio);
    }

    /** Scores of every text with every clip: {@link TefalPooling#score}, [T, D] to [T, V]. */
    public Tensor score(Tensor text, TefalPooling.ClipKeys clips, boolean training) {
        return pooling.score(text, clips, training);
    }

    /** The training loss of a batch of pairs, both directions' sum (T6): [B, D] to a scalar. */
    public Tensor loss(Tensor text, TefalPooling.ClipKeys clips) {
        return ContrastiveLoss.sum(score(text, clips, true).mul(scale()));
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
    public boolean listens() {
        return true;
    }

    /** {@inheritDoc} The tokens are E_A. */
    @Override
    public EmbeddedClips embed(Tensor frames, Tensor mask, @Nullable Tensor audio) {
        Tensor heard = projectAudio(requireNonNull(audio));
        return new EmbeddedClips(
                frames, mask, heard.expand(frames.size(0), heard.size(1), heard.size(2)), null);
    }

    @Override
    public boolean conditionsOnText() {
        return true;
    }

    @Override
    public Scorer scorer(EmbeddedClips clips) {
        TefalPooling.ClipKeys ready =
                keysValues(clips.frames(), clips.mask(), clips.requireTokens());
        return text -> score(text, ready, false);
    }

    @Override
    public Tensor loss(Tensor text, EmbeddedClips clips) {
        return loss(text, keysValues(clips.frames(), clips.mask(), clips.requireTokens()));
    }
}
