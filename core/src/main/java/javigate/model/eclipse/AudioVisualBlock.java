package javigate.model.eclipse;

import java.util.function.UnaryOperator;
import javigate.tensor.Init;
import javigate.tensor.LayerNorm;
import javigate.tensor.Linear;
import javigate.tensor.MultiHeadAttention;
import javigate.tensor.Ops;
import javigate.tensor.Parameters;
import javigate.tensor.Recompute;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * One block of ECLIPSE's image tower (§3.2 of arXiv 2204.02874): visual and audio tokens of a frame
 * attend to each other, then CLIP's own block works on the visual ones. Under the official names:
 * vis_audio_ln_1, vis_audio_attn, vis_audio_fc for the visual side, audio_vis_ln_1, audio_vis_attn,
 * audio_vis_fc for the audio side. Both fc start at zero, so a new block is CLIP's.
 *
 * <p>N frames, P visual tokens, A audio tokens (one), W width.
 */
public final class AudioVisualBlock {

    private static final double EPSILON = 1e-5;

    /** Visual tokens [N, P, W] and audio tokens [N, A, W] of frames. */
    public record Tokens(Tensor visual, Tensor audio) {}

    private final LayerNorm visualNorm;
    private final LayerNorm audioNorm;
    private final MultiHeadAttention visualAttention;
    private final MultiHeadAttention audioAttention;
    private final Linear visualGate;
    private final Linear audioGate;
    private final EclipseConfig.Attention attention;
    private final UnaryOperator<Tensor> spatial;

    /**
     * @param spatial CLIP's own block on visual tokens, [N, P, W] to the same
     */
    public AudioVisualBlock(
            Parameters parameters,
            int width,
            int heads,
            EclipseConfig.Attention attention,
            UnaryOperator<Tensor> spatial) {
        Init deviation = Init.normal(Math.pow(width, -0.5));
        this.visualAttention =
                new MultiHeadAttention(
                        parameters.at("vis_audio_attn"), width, heads, deviation, deviation);
        this.visualNorm = new LayerNorm(parameters.at("vis_audio_ln_1"), width, EPSILON);
        this.visualGate = new Linear(parameters.at("vis_audio_fc"), width, width, Init.ZEROS);
        this.audioAttention =
                new MultiHeadAttention(
                        parameters.at("audio_vis_attn"), width, heads, deviation, deviation);
        this.audioNorm = new LayerNorm(parameters.at("audio_vis_ln_1"), width, EPSILON);
        this.audioGate = new Linear(parameters.at("audio_vis_fc"), width, width, Init.ZEROS);
        this.attention = attention;
        this.spatial = spatial;
    }

    /** Both streams, one after the other in one tensor for the sake of recomputation. */
    public Tokens forward(Tokens tokens) {
        long visual = tokens.visual().size(1);
        long audio = tokens.audio().size(1);
        Tensor joint =
                Recompute.through(
                        in -> {
                            Tokens attended =
                                    attend(in.narrow(1, 0, visual), in.narrow(1, visual, audio));
                            return Ops.cat(1, spatial.apply(attended.visual()), attended.audio());
                        },
                        Ops.cat(1, tokens.visual(), tokens.audio())); // [N, P + A, W]
        return new Tokens(joint.narrow(1, 0, visual), joint.narrow(1, visual, audio));
    }

    /** x += fc(MHA(LN x, LN a, LN a)); a += fc(MHA(LN a, LN x, LN x)), both of the same x and a. */
    private Tokens attend(Tensor x, Tensor a) {
        Tensor seen = visualNorm.forward(x);
        Tensor heard = audioNorm.forward(a);
        Tensor visual = x.add(visualGate.forward(heardBy(seen, heard)));
        return switch (attention) {
            case DUAL, DUAL_REVERSE_NORM ->
                    new Tokens(visual, a.add(audioGate.forward(audioAttention.cross(heard, seen))));
            case SINGLE -> new Tokens(visual, a);
        };
    }

    /**
     * What the visual tokens take of the sound. With reverse norm: the attention of the sound to
     * the visual tokens, transposed, times the sound; no value and no output projection.
     */
    private Tensor heardBy(Tensor seen, Tensor heard) {
        return switch (attention) {
            case DUAL, SINGLE -> visualAttention.cross(seen, heard);
            case DUAL_REVERSE_NORM ->
                    torch.matmul(visualAttention.weights(heard, seen).mT(), heard); // [N, P, W]
        };
    }
}
