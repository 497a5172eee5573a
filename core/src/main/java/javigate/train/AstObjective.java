package javigate.train;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import javigate.data.Manifest;
import javigate.model.avigate.AvigateNetwork;
import javigate.tensor.Init;
import javigate.tensor.Ops;
import javigate.tensor.Weights;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Stage 2: the audio tower classifies sounds (the part AudioSet plays for AST), on the mean of
 * class and distillation token after the final norm. The head is dropped afterwards.
 */
final class AstObjective implements Objective {

    private final AvigateNetwork network;
    private final Split train;
    private final Split val;
    private final TrainConfig config;
    private final Map<String, Integer> classes;
    private final Tensor headWeight;
    private final Tensor headBias;

    AstObjective(
            AvigateNetwork network,
            Weights weights,
            Split train,
            Split val,
            TrainConfig config,
            RandomGenerator random) {
        this.network = network;
        this.train = train;
        this.val = val;
        this.config = config;
        this.classes = new TreeMap<>();
        train.manifest().items().forEach(i -> classes.put(i.sound(), 0));
        int next = 0;
        for (Map.Entry<String, Integer> e : classes.entrySet()) {
            e.setValue(next++);
        }
        long width = network.config().ast().width();
        this.headWeight = head(weights, "weight", random, classes.size(), width);
        this.headBias = head(weights, "bias", random, classes.size());
    }

    private static Tensor head(
            Weights weights, String name, RandomGenerator random, long... shape) {
        Tensor tensor = Ops.floats(Init.normal(0.02).values(shape, random), shape);
        weights.put(Trainer.TEMPORARY + name, tensor);
        return tensor;
    }

    @Override
    public int samples() {
        return train.size();
    }

    /** Filterbanks [B, T, Q] and labels [B]. */
    @Override
    public Drawn draw(int[] clips, RandomGenerator random) {
        return (from, to) -> {
            int[] part = Arrays.copyOfRange(clips, from, to);
            return List.of(train.batches().filterbanks(part), labels(train, part));
        };
    }

    /** Logits [B, classes] and labels [B]. */
    @Override
    public List<Tensor> embed(List<Tensor> inputs) {
        return List.of(logits(inputs.get(0)), inputs.get(1));
    }

    @Override
    public Tensor loss(List<Tensor> embedded) {
        return torch.cross_entropy_loss(embedded.get(0), embedded.get(1));
    }

    private Tensor logits(Tensor filterbanks) {
        Tensor tokens = network.normedAudioTokens(filterbanks);
        return Ops.linear(Ops.mean(tokens.narrow(1, 0, 2), 1), headWeight, headBias);
    }

    private Tensor labels(Split split, int[] clips) {
        List<Manifest.Item> items = split.manifest().items();
        long[] labels =
                Arrays.stream(clips)
                        .mapToLong(i -> classes.getOrDefault(items.get(i).sound(), -1))
                        .toArray();
        return Ops.longs(labels, labels.length);
    }

    @Override
    public void afterStep() {}

    @Override
    public double validate() {
        double right = 0;
        for (int[] clips : Trainer.chunks(val.size(), config.batchSize())) {
            Tensor best =
                    logits(val.batches().filterbanks(clips)).argmax(new LongOptional(1), false);
            right += best.eq(labels(val, clips)).sum().item_long();
        }
        return 100 * right / val.size();
    }
}
