package javigate.verify;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javigate.model.eclipse.AudioVisualBlock;
import javigate.model.eclipse.EclipseConfig;
import javigate.tensor.Parameters;
import javigate.tensor.ResidualAttentionBlock;

/**
 * The reference case of ECLIPSE's blocks: visual and audio tokens after all of them, dual, dual
 * with reverse norm, and single.
 */
final class EclipseCase {

    private EclipseCase() {}

    static void run(ReferenceCase c, Path folder) {
        for (EclipseConfig.Attention attention : EclipseConfig.Attention.values()) {
            AudioVisualBlock.Tokens tokens =
                    new AudioVisualBlock.Tokens(c.tensor("in.visual"), c.tensor("in.audio"));
            for (AudioVisualBlock block : blocks(c, attention)) {
                tokens = block.forward(tokens);
            }
            String out = "out." + attention.name().toLowerCase(Locale.ROOT) + ".";
            c.compare(out + "visual", tokens.visual());
            c.compare(out + "audio", tokens.audio());
        }
        c.requireAllCompared(Set.of());
    }

    private static List<AudioVisualBlock> blocks(
            ReferenceCase c, EclipseConfig.Attention attention) {
        Parameters parameters = Parameters.of(c.tensors()).at("visual.transformer.resblocks");
        int width = c.config("width");
        int heads = c.config("heads");
        int layers = c.config("layers");
        double epsilon = c.configNumber("layer_norm_eps");
        List<AudioVisualBlock> blocks = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            Parameters own = parameters.at(Integer.toString(i));
            ResidualAttentionBlock spatial =
                    new ResidualAttentionBlock(own, width, heads, layers, epsilon);
            blocks.add(
                    new AudioVisualBlock(
                            own, width, heads, attention, x -> spatial.forward(x, false, null)));
        }
        return blocks;
    }
}
