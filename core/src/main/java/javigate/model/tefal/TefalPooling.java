package javigate.model.tefal;

import java.util.List;
import javigate.model.Score;
import javigate.model.xpool.TextConditionedPooling;
import javigate.model.xpool.TextConditionedPooling.KeysValues;
import javigate.tensor.Init;
import javigate.tensor.Linear;
import javigate.tensor.Ops;
import javigate.tensor.Parameters;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * TEFAL's text-conditioned reading of frames and sound (T1–T3) and what becomes of both: the
 * paper's sum, or one of the four other fusions of its Table 8. The table names those in a few
 * words; what is done here is said at each method. Under X-Pool's names: {@code pool_frames},
 * {@code pool_audio}; for the variants {@code fusion_fc}, {@code pool_fused}.
 *
 * <p>T texts, V clips, F frames, A audio tokens, D width.
 */
public final class TefalPooling {

    /** What depends on clips alone: keys and values of frames [V, F, D] and sound [V, A, D]. */
    public record ClipKeys(KeysValues frames, KeysValues audio) {}

    /** E_V|t and E_A|t: each text's view of each clip's frames and sound, both [T, V, D]. */
    public record Conditioned(Tensor video, Tensor audio) {}

    @FunctionalInterface
    private interface Scoring {
        Tensor score(Tensor text, ClipKeys clips, boolean training);
    }

    private final TextConditionedPooling frameBlock;
    private final TextConditionedPooling audioBlock;
    private final Scoring scoring;

    /**
     * @param parameters those of the whole model
     */
    public TefalPooling(Parameters parameters, int width, TefalConfig.Pooling config) {
        this.frameBlock = block(parameters.at("pool_frames"), width, config);
        this.audioBlock =
                config.fusion() == TefalConfig.Fusion.STACK
                        ? frameBlock
                        : block(parameters.at("pool_audio"), width, config);
        this.scoring =
                switch (config.fusion()) {
                    case ADD -> this::added;
                    case LATE -> this::late;
                    case CONCATENATE -> {
                        Linear layer =
                                new Linear(
                                        parameters.at("fusion_fc"),
                                        2 * width,
                                        width,
                                        Init.IDENTITY);
                        yield (text, clips, training) -> concatenated(text, clips, training, layer);
                    }
                    case CROSS -> {
                        TextConditionedPooling third =
                                block(parameters.at("pool_fused"), width, config);
                        yield (text, clips, training) -> crossed(text, clips, training, third);
                    }
                    case STACK -> this::stacked;
                };
    }

    private static TextConditionedPooling block(
            Parameters parameters, int width, TefalConfig.Pooling config) {
        return new TextConditionedPooling(
                parameters, width, config.heads(), config.tail(), config.dropout());
    }

    /**
     * Keys and values, computed once per clip.
     *
     * @param frames E_V [V, F, D]
     * @param mask [V, F], 1 for real frames; null when all are
     * @param audio E_A [V, A, D]; audio tokens are never masked, those of a clip without sound come
     *     of a filterbank of zeros
     */
    public ClipKeys keysValues(Tensor frames, @Nullable Tensor mask, Tensor audio) {
        return new ClipKeys(
                frameBlock.keysValues(frames, mask), audioBlock.keysValues(audio, null));
    }

    /** T1–T3 for frames and for sound; the two blocks share nothing. */
    public Conditioned conditioned(Tensor text, ClipKeys clips, boolean training) {
        return new Conditioned(
                frameBlock.pool(text, clips.frames(), training),
                audioBlock.pool(text, clips.audio(), training));
    }

    /**
     * The score of every text with every clip, by the configured fusion.
     *
     * @param text [T, D]
     * @param training whether dropout is on
     * @return [T, V], −1 to 1
     */
    public Tensor score(Tensor text, ClipKeys clips, boolean training) {
        return scoring.score(text, clips, training);
    }

    /** The paper's fusion: cos(t, E_V|t + E_A|t). */
    private Tensor added(Tensor text, ClipKeys clips, boolean training) {
        Conditioned both = conditioned(text, clips, training);
        return Score.conditioned(text, both.video().add(both.audio()));
    }

    /** (A) The modalities meet as scores: the mean of cos(t, E_V|t) and cos(t, E_A|t). */
    private Tensor late(Tensor text, ClipKeys clips, boolean training) {
        Conditioned both = conditioned(text, clips, training);
        Tensor sum =
                Score.conditioned(text, both.video()).add(Score.conditioned(text, both.audio()));
        return Ops.scale(sum, 0.5);
    }

    /**
     * (B) cos(t, W [E_V|t ; E_A|t] + b) with one linear layer from 2D to D; it starts as two
     * identities side by side, that is as the sum.
     */
    private Tensor concatenated(Tensor text, ClipKeys clips, boolean training, Linear layer) {
        Conditioned both = conditioned(text, clips, training);
        Tensor joint = Ops.cat(2, both.video(), both.audio()); // [T, V, 2D]
        return Score.conditioned(text, layer.forward(joint));
    }

    /**
     * (C) A third block of the same kind, in which the text reads the two conditioned embeddings of
     * the pair, E_V|t and E_A|t, as two tokens; its output is the joint embedding.
     */
    private Tensor crossed(
            Tensor text, ClipKeys clips, boolean training, TextConditionedPooling third) {
        Conditioned both = conditioned(text, clips, training);
        long texts = both.video().size(0);
        long videos = both.video().size(1);
        long width = both.video().size(2);
        Tensor tokens =
                Ops.stack(2, List.of(both.video(), both.audio()))
                        .reshape(texts * videos, 2, width); // [T · V, 2, D]
        Tensor readers =
                text.unsqueeze(1)
                        .expand(texts, videos, width)
                        .reshape(texts * videos, 1, width); // [T · V, 1, D]
        Tensor joint = third.read(readers, third.keysValues(tokens, null), training);
        return Score.conditioned(text, joint.reshape(texts, videos, width));
    }

    /**
     * (D) One block over the F + A tokens of frames and sound stacked to one sequence; there is no
     * second block.
     */
    private Tensor stacked(Tensor text, ClipKeys clips, boolean training) {
        KeysValues frames = clips.frames();
        KeysValues audio = clips.audio();
        Tensor mask = null;
        if (frames.mask() != null) {
            Tensor heard = torch.ones_like(audio.keys().select(2, 0)); // [V, A]
            mask = Ops.cat(1, frames.mask().to(heard.scalar_type()), heard); // [V, F + A]
        }
        KeysValues all =
                new KeysValues(
                        Ops.cat(1, frames.keys(), audio.keys()),
                        Ops.cat(1, frames.values(), audio.values()),
                        mask);
        return Score.conditioned(text, frameBlock.pool(text, all, training));
    }
}
