package javigate.model.avigate;

import java.util.ArrayList;
import java.util.List;
import javigate.tensor.Ops;
import javigate.tensor.Parameters;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** The gated fusion transformer (AVIGATE §3.3; transformerClip in the official code). */
public final class GatedFusionTransformer {

    /**
     * @param frames f^L [B, F, D]
     * @param gates per clip and layer g_mha and g_ffn [B, L, 2]
     */
    public record Fused(Tensor frames, Tensor gates) {}

    private final List<GatedFusionBlock> blocks = new ArrayList<>();

    /**
     * @param parameters those below transformerClip
     * @param gating how the gates are set
     */
    public GatedFusionTransformer(
            Parameters parameters, int width, int heads, int layers, AvigateConfig.Gate gating) {
        for (int i = 0; i < layers; i++) {
            blocks.add(new GatedFusionBlock(parameters.at("resblocks." + i), width, heads, gating));
        }
    }

    /**
     * @param frames f⁰ [B, F, D]
     * @param audio a [B, M, D]
     * @param mask [B, F] or null, see {@link GatedFusionBlock#forward}
     */
    public Fused forward(Tensor frames, Tensor audio, @Nullable Tensor mask) {
        List<Tensor> gates = new ArrayList<>();
        Tensor x = frames;
        for (GatedFusionBlock block : blocks) {
            GatedFusionBlock.Fused fused = block.forward(x, audio, mask);
            x = fused.frames();
            gates.add(Ops.stack(1, List.of(fused.gateMha(), fused.gateFfn()))); // [B, 2]
        }
        return new Fused(x, Ops.stack(1, gates));
    }

    /** The blocks in order, for tests of single layers. */
    public List<GatedFusionBlock> blocks() {
        return List.copyOf(blocks);
    }
}
