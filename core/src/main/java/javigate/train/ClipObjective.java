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

/**
 * Stage 1: the CLIP towers on frames and sight-only captions, contrastively on mean-pooled frames
 * (Eq. 7 without sound).
 */
record ClipObjective(AvigateNetwork network, Split train, Split val, TrainConfig config)
        implements Objective {

    @Override
    public boolean trains(String name) {
        return name.startsWith("clip.") && !name.startsWith("clip.audio");
    }

    @Override
    public Tensor loss(int[] clips, RandomGenerator random) {
        Batches.Pictures pictures =
                train.batches().pictures(clips, config.framesPerClip(), config.flip(), random);
        Tensor text = network.text(Batches.ids(Split.draw(train.sightCaptions(), clips, random)));
        Tensor frames = network.frames(pictures.pixels());
        return ContrastiveLoss.of(Score.global(text, frames, pictures.mask()).mul(network.scale()));
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
                Batches.Pictures pictures = val.batches().pictures(clips, 0, false, null);
                Tensor pool = Score.pool(network.frames(pictures.pixels()), pictures.mask());
                outer.attach(pool); // outlives the inner scope
                pooled.add(pool);
            }
        }
        Tensor clips = Ops.cat(0, pooled.toArray(Tensor[]::new));
        return Trainer.firstRankPercent(
                org.bytedeco.pytorch.global.torch.matmul(Ops.l2Normalise(text), clips.t()));
    }
}
