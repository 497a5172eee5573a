package javigate.model.eclipse;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import javigate.model.ContrastiveLoss;
import javigate.model.EmbeddedClips;
import javigate.model.LogitScale;
import javigate.model.RetrievalNetwork;
import javigate.model.Score;
import javigate.model.TowerInit;
import javigate.model.ast.AudioEncoder;
import javigate.model.clip.TextEncoder;
import javigate.tensor.Ops;
import javigate.tensor.Parameters;
import javigate.tensor.Weights;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * ECLIPSE as a network of tensors, under the official names below {@code clip.}; AST as in AVIGATE
 * below {@code clip.audio.v.}, which the official code does not have.
 *
 * <p>B clips or captions, T texts, V clips, F frames, S picture side, P patches and U width of AST,
 * D joint width.
 */
public final class EclipseNetwork implements RetrievalNetwork {

    private static final String BLOCKS = "clip.visual.transformer.resblocks.";

    /** Parts of a block of CLIP, and those that start as they are. */
    private static final Map<String, List<String>> LENT =
            Map.of(
                    ".attn.", List.of(".vis_audio_attn.", ".audio_vis_attn."),
                    ".ln_1.", List.of(".vis_audio_ln_1.", ".audio_vis_ln_1."));

    private final EclipseConfig config;
    private final EclipseImageEncoder imageEncoder;
    private final TextEncoder textEncoder;
    private final LogitScale logitScale;
    private final AudioEncoder audioEncoder;

    public EclipseNetwork(Parameters parameters, EclipseConfig config) {
        this.config = config;
        Parameters clip = parameters.at("clip");
        this.imageEncoder = new EclipseImageEncoder(clip.at("visual"), config);
        this.textEncoder = new TextEncoder(clip, config.clip());
        this.logitScale = new LogitScale(clip);
        this.audioEncoder = new AudioEncoder(clip.at("audio.v"), config.ast());
    }

    /**
     * What training starts from: the towers; both attentions between pictures and sound and their
     * layer norms are those of the picture's own block. (The official code's; the zero layers and
     * the projection of the sound are left to the constructors.)
     */
    public static Weights start(Weights towers, EclipseConfig config) {
        Weights result = new Weights();
        TowerInit.towers(towers, config)
                .all()
                .forEach(
                        (name, tensor) -> {
                            if (!name.equals("clip.audio_projection")) { // of AVIGATE and TEFAL
                                result.put(name, tensor);
                            }
                            if (name.startsWith(BLOCKS)) {
                                LENT.forEach((from, to) -> lend(result, name, tensor, from, to));
                            }
                        });
        return result;
    }

    private static void lend(
            Weights weights, String name, Tensor tensor, String from, List<String> to) {
        if (name.contains(from)) {
            to.forEach(part -> weights.put(name.replace(from, part), tensor));
        }
    }

    /** Captions as token ids [B, words] to t [B, D]. */
    @Override
    public Tensor text(Tensor ids) {
        return textEncoder.encode(ids);
    }

    /**
     * AST's tokens before its final norm.
     *
     * @param filterbank [B, rows, bins]; zeros for a clip without sound
     * @return [B, P + 2, U]
     */
    @Override
    public Tensor audioTokens(Tensor filterbank) {
        return audioEncoder.tokens(filterbank);
    }

    /**
     * The sound around each frame, of AST's patches after its final norm.
     *
     * @param tokens [B, P + 2, U], of {@link #audioTokens}
     * @param positions [B][F] and windows [B] in rows of the filterbank: {@link FrameSound#weights}
     * @return [B, F, U]
     */
    public Tensor frameSound(Tensor tokens, double[][] positions, double[] windows) {
        return FrameSound.of(
                audioEncoder.normedPatches(tokens),
                FrameSound.weights(positions, windows, config.ast()));
    }

    /**
     * The frames with their sound.
     *
     * @param pixels [B, F, 3, S, S], normalised
     * @param sound [B, F, U], of {@link #frameSound}
     * @return [B, F, D]
     */
    public Tensor frames(Tensor pixels, Tensor sound) {
        return imageEncoder.encodeFrames(pixels, sound);
    }

    /** Cosine of each text with each clip's mean frame (meanP): [T, V]. */
    public Tensor score(Tensor text, Tensor frames, Tensor mask) {
        return Score.global(text, frames, mask);
    }

    /**
     * The training loss of a batch of pairs, both directions' mean: scalar.
     *
     * @param text [B, D]
     * @param frames [B, F, D]
     * @param mask [B, F], 1 for real frames
     */
    public Tensor loss(Tensor text, Tensor frames, Tensor mask) {
        return ContrastiveLoss.of(score(text, frames, mask).mul(scale()));
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

    @Override
    public boolean soundInImageTower() {
        return true;
    }

    /** The pixels. */
    @Override
    public Tensor frames(Tensor pixels) {
        return pixels;
    }

    @Override
    public EmbeddedClips embed(Tensor pixels, Tensor mask, @Nullable Tensor audio) {
        Tensor tokens = requireNonNull(audio);
        Tensor ofEach = tokens.expand(pixels.size(0), tokens.size(1), tokens.size(2));
        return EmbeddedClips.ofFrames(frames(pixels, frameSound(ofEach, mask)), mask);
    }

    /**
     * The sound around each frame, where nothing tells its time: frames lie evenly over a clip, and
     * the clip is as long as its frames say that are {@code framesPerSecond} of it. A clip of more
     * seconds than frames fit is taken for shorter than it is, so that a window hears more of it.
     */
    private Tensor frameSound(Tensor tokens, Tensor mask) {
        float[][] real = Ops.toRows(mask);
        double rows = config.ast().timeFrames();
        double[][] positions = new double[real.length][real[0].length];
        double[] windows = new double[real.length];
        for (int b = 0; b < real.length; b++) {
            int frames = 0;
            for (float one : real[b]) {
                frames += one > 0 ? 1 : 0;
            }
            for (int f = 0; f < positions[b].length; f++) {
                positions[b][f] = Math.min(1, (f + 0.5) / frames) * rows;
            }
            double seconds = frames / config.framesPerSecond();
            windows[b] = rows * FrameSound.WINDOW_MS / (1000 * seconds);
        }
        return frameSound(tokens, positions, windows);
    }

    /** The cosine of the text with the pooled frames (meanP). */
    @Override
    public Scorer scorer(EmbeddedClips clips) {
        return Score.ofPooled(clips);
    }

    @Override
    public Tensor loss(Tensor text, EmbeddedClips clips) {
        return loss(text, clips.frames(), clips.mask());
    }
}
