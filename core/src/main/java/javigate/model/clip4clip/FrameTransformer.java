package javigate.model.clip4clip;

import java.util.ArrayList;
import java.util.List;
import javigate.tensor.Init;
import javigate.tensor.Parameters;
import javigate.tensor.ResidualAttentionBlock;
import org.bytedeco.pytorch.Tensor;

/**
 * CLIP4Clip's sequential transformer (seqTransf; §3.3 of arXiv 2104.08860), under the official
 * names: frame_position_embeddings, transformerClip. CLIP's pre-norm blocks over the frames of a
 * clip.
 *
 * <p>B clips, F frames, D width.
 */
final class FrameTransformer {

    private static final double EPSILON = 1e-12;

    private final Tensor positions;
    private final List<ResidualAttentionBlock> blocks = new ArrayList<>();

    FrameTransformer(Parameters parameters, Clip4ClipConfig config) {
        int width = config.width();
        this.positions =
                parameters.get(
                        "frame_position_embeddings.weight",
                        Init.normal(0.01),
                        config.clip().contextLength(),
                        width);
        for (int i = 0; i < config.fusionLayers(); i++) {
            blocks.add(
                    new ResidualAttentionBlock(
                            parameters.at("transformerClip.resblocks." + i),
                            width,
                            config.heads(),
                            config.fusionLayers(),
                            EPSILON));
        }
    }

    /**
     * f = T(f⁰ + positions) + f⁰: the frames are added again without their positions.
     *
     * @param plain f⁰ [B, F, D]
     * @param mask [B, F], 1 for real frames; no frame attends to padding
     * @return [B, F, D]; of padded frames without meaning
     */
    Tensor forward(Tensor plain, Tensor mask) {
        Tensor x = plain.add(positions.narrow(0, 0, plain.size(1)));
        for (ResidualAttentionBlock block : blocks) {
            x = block.forward(x, false, mask);
        }
        return x.add(plain);
    }
}
