package javigate.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import javigate.model.avigate.AvigateNetwork;
import javigate.tensor.Ops;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * Stage 3: AVIGATE on all captions (Eq. 6). AST is frozen but for its final norm, so its tokens are
 * computed once per clip and kept: (patches + 2) · width · 4 bytes each.
 */
final class AvigateObjective implements Objective {

    private final AvigateNetwork network;
    private final Split train;
    private final Split val;
    private final TrainConfig config;
    private final Tensor trainTokens;
    private final Tensor valTokens;

    AvigateObjective(AvigateNetwork network, Split train, Split val, TrainConfig config) {
        this.network = network;
        this.train = train;
        this.val = val;
        this.config = config;
        this.trainTokens = tokens(train);
        this.valTokens = tokens(val);
    }

    /** AST's tokens of a whole split: [N, patches + 2, W]. */
    private Tensor tokens(Split split) {
        List<Tensor> parts = new ArrayList<>();
        try (var _ = new NoGradGuard();
                var outer = new PointerScope()) {
            for (int[] clips : Trainer.chunks(split.size(), config.batchSize())) {
                try (var _ = new PointerScope()) {
                    Tensor part = network.audioTokens(split.batches().filterbanks(clips));
                    outer.attach(part); // outlives the inner scope
                    parts.add(part);
                }
            }
            Tensor all = Ops.cat(0, parts.toArray(Tensor[]::new));
            all.retainReference();
            return all;
        }
    }

    @Override
    public boolean trains(String name) {
        return !name.startsWith("clip.audio.v.") || name.startsWith("clip.audio.v.norm.");
    }

    @Override
    public Tensor loss(int[] clips, RandomGenerator random) {
        Batches.Pictures pictures =
                train.batches().pictures(clips, config.framesPerClip(), config.flip(), random);
        Tensor text = network.text(Batches.ids(Split.draw(train.captions(), clips, random)));
        return network.loss(text, embed(pictures, trainTokens, clips), pictures.mask());
    }

    private AvigateNetwork.Embedded embed(
            Batches.Pictures pictures, Tensor allTokens, int[] clips) {
        long[] rows = Arrays.stream(clips).asLongStream().toArray();
        Tensor tokens = allTokens.index_select(0, Ops.longs(rows, rows.length));
        return network.fuse(
                network.frames(pictures.pixels()),
                pictures.mask(),
                network.resample(network.projectAudio(tokens)));
    }

    @Override
    public void afterStep() {
        network.clampScale();
    }

    @Override
    public double validate() {
        Tensor text = network.text(Batches.ids(Split.first(val.captions())));
        List<Tensor> columns = new ArrayList<>();
        for (int[] clips : Trainer.chunks(val.size(), config.batchSize())) {
            Batches.Pictures pictures = val.batches().pictures(clips, 0, false, null);
            AvigateNetwork.Embedded embedded = embed(pictures, valTokens, clips);
            columns.add(network.logits(text, embedded, pictures.mask()));
        }
        return Trainer.firstRankPercent(Ops.cat(1, columns.toArray(Tensor[]::new)));
    }
}
