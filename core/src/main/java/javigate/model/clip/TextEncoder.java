package javigate.model.clip;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import javigate.tensor.Init;
import javigate.tensor.LayerNorm;
import javigate.tensor.Ops;
import javigate.tensor.Parameters;
import javigate.tensor.ResidualAttentionBlock;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * CLIP's text tower, a causal transformer, under OpenAI's names.
 *
 * <p>N texts, T ≤ context length tokens, W width, D joint width.
 */
public final class TextEncoder {
    /** Fewer texts than this are not worth a pass of their own. */
    private static final int GROUP = 32;

    /** Each further group saves less padding, and its products are smaller. */
    private static final int MOST_GROUPS = 4;

    private final Tensor tokenEmbedding;
    private final Tensor positions;
    private final LayerNorm lnFinal;
    private final Tensor projection;
    private final List<ResidualAttentionBlock> blocks = new ArrayList<>();

    public TextEncoder(Parameters parameters, ClipConfig config) {
        int width = config.textWidth();
        this.tokenEmbedding =
                parameters.get(
                        "token_embedding.weight",
                        Init.normal(0.02),
                        config.vocabularySize(),
                        width);
        this.positions =
                parameters.get(
                        "positional_embedding", Init.normal(0.01), config.contextLength(), width);
        for (int i = 0; i < config.textLayers(); i++) {
            blocks.add(
                    new ResidualAttentionBlock(
                            parameters.at("transformer.resblocks." + i),
                            width,
                            config.textHeads(),
                            config.textLayers(),
                            ClipConfig.EPSILON));
        }
        this.lnFinal = new LayerNorm(parameters.at("ln_final"), width, ClipConfig.EPSILON);
        this.projection =
                parameters.get(
                        "text_projection",
                        Init.normal(Math.pow(width, -0.5)),
                        width,
                        config.embedDim());
    }

    /**
     * State at the end token (the highest id of a row), normalised and projected; not
     * L2-normalised. Padding is not masked: it stands after the end token, which cannot see it. So
     * it need not be read: texts go through in groups of like length, each as wide as its longest.
     *
     * @param padded token ids [N, T] int64
     * @return [N, D]
     */
    public Tensor encode(Tensor padded) {
        long[] ends = Ops.toLongs(padded.argmax(new LongOptional(1), false));
        List<long[]> groups = groupsOfLikeLength(ends);
        if (groups.size() == 1) {
            return encodeAlike(padded.narrow(1, 0, 1 + Arrays.stream(ends).max().orElse(0)));
        }
        long[] places = new long[ends.length]; // of each text in the groups, one after the other
        List<Tensor> encoded = new ArrayList<>();
        int place = 0;
        for (long[] group : groups) {
            long longest = ends[(int) group[group.length - 1]];
            Tensor ids = padded.index_select(0, indices(group, padded)).narrow(1, 0, 1 + longest);
            encoded.add(encodeAlike(ids));
            for (long text : group) {
                places[(int) text] = place++;
            }
        }
        Tensor all = Ops.cat(0, encoded.toArray(Tensor[]::new));
        return all.index_select(0, indices(places, all));
    }

    private static Tensor indices(long[] values, Tensor beside) {
        return Ops.longs(values, values.length).to(beside.device(), torch.ScalarType.Long);
    }

    /** Indices of texts from short to long, in up to {@value #MOST_GROUPS} groups of like size. */
    private static List<long[]> groupsOfLikeLength(long[] ends) {
        long[] byLength =
                IntStream.range(0, ends.length)
                        .boxed()
                        .sorted(Comparator.comparingLong(i -> ends[i]))
                        .mapToLong(i -> i)
                        .toArray();
        int count = Math.clamp(ends.length / GROUP, 1, MOST_GROUPS);
        return IntStream.range(0, count)
                .mapToObj(
                        g ->
                                Arrays.copyOfRange(
                                        byLength,
                                        ends.length * g / count,
                                        ends.length * (g + 1) / count))
                .toList();
    }

    private Tensor encodeAlike(Tensor ids) {
        Tensor tokens = embed(ids);
        for (int i = 0; i < blocks.size(); i++) {
            tokens = block(i, tokens);
        }
        return project(tokens, ids);
    }

    /** Token embeddings plus the first T positions: [N, T, W]. */
    public Tensor embed(Tensor ids) {
        return torch.embedding(tokenEmbedding, ids).add(positions.narrow(0, 0, ids.size(1)));
    }

    /** One causal transformer block: [N, T, W]. */
    public Tensor block(int i, Tensor tokens) {
        return blocks.get(i).forward(tokens, true, null);
    }

    /** ln_final at the end token, times the projection: [N, D]. */
    public Tensor project(Tensor tokens, Tensor ids) {
        Tensor end = ids.argmax(new LongOptional(1), false); // [N]
        Tensor index = end.view(-1, 1, 1).expand(end.size(0), 1, tokens.size(2));
        Tensor states = tokens.gather(1, index).select(1, 0); // [N, W]
        return torch.matmul(lnFinal.forward(states), projection);
    }
}
