package javigate.train;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import javigate.model.ContrastiveLoss;
import javigate.model.Score;
import javigate.model.avigate.AvigateNetwork;
import javigate.tensor.Ops;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Stage 1: the CLIP towers on frames and sight-only captions, contrastively on mean-pooled frames
 * (Eq. 7 without sound).
 */
record ClipObjective(AvigateNetwork network, Split train, Split val, TrainConfig config)
        implements Objective {

    @Override
    public int samples() {
        return train.size();
    }

    /** Token ids [B, T], pixels [B, F, 3, S, S], which frames are real [B, F]. */
    @Override
    public Drawn draw(int[] clips, RandomGenerator random) {
        Batches.Choice choice =
                train.batches().choose(clips, config.framesPerClip(), config.flip(), random);
        List<int[]> captions = Split.draw(train.sightCaptions(), clips, random);
        return (from, to) -> {
            Batches.Pictures pictures = train.batches().pictures(choice.part(from, to));
            return List.of(
                    Batches.ids(captions.subList(from, to)), pictures.pixels(), pictures.mask());
        };
    }

    /** Texts [B, D], frames [B, F, D], which frames are real [B, F]. */
    @Override
    public List<Tensor> embed(List<Tensor> inputs) {
        return List.of(network.text(inputs.get(0)), network.frames(inputs.get(1)), inputs.get(2));
    }

    @Override
    public Tensor loss(List<Tensor> embedded) {
        Tensor scores = Score.global(embedded.get(0), embedded.get(1), embedded.get(2));
        return ContrastiveLoss.of(scores.mul(network.scale()));
    }

    @Override
    public void afterStep() {
        network.clampScale();
    }

    @Override
    public double validate() {
        Tensor text = network.text(Batches.ids(Split.first(val.sightCaptions())));
        List<Tensor> pooled = new ArrayList<>();
        for (int[] clips : Trainer.chunks(val.size(), config.batchSize())) {
            PointerScope outer = PointerScope.getInnerScope();
            try (var _ = new PointerScope()) {
                Batches.Pictures pictures = val.batches().pictures(clips);
                Tensor pool = Score.pool(network.frames(pictures.pixels()), pictures.mask());
                outer.attach(pool); // outlives the inner scope
                pooled.add(pool);
            }
        }
        Tensor clips = Ops.cat(0, pooled.toArray(Tensor[]::new));
        return Trainer.firstRankPercent(torch.matmul(Ops.l2Normalise(text), clips.t()));
    }
}
