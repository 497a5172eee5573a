package javigate.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import javigate.model.avigate.AvigateNetwork;
import javigate.tensor.Ops;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Stage 3: AVIGATE on all captions (Eq. 6). AST is frozen but for its final norm, so its tokens are
 * computed once per clip and kept: (patches + 2) · width · 4 bytes each. With the image tower
 * frozen too, the frames are kept likewise, as they are and mirrored: 2 · F · D · 4 bytes.
 */
final class AvigateObjective implements Objective {

    private final AvigateNetwork network;
    private final Split train;
    private final Split val;
    private final TrainConfig config;
    private final Tensor trainTokens;
    private final Tensor valTokens;
    private final @Nullable Frozen frozen;

    /** Frames of the frozen image tower for both splits, the training ones also mirrored. */
    private record Frozen(Seen train, Seen mirrored, Seen val) {}

    /** Frames before positions [B, F, D] and which are real [B, F]. */
    private record Seen(Tensor plain, Tensor mask) {}

    AvigateObjective(AvigateNetwork network, Split train, Split val, TrainConfig config) {
        this.network = network;
        this.train = train;
        this.val = val;
        this.config = config;
        this.trainTokens = tokens(train);
        this.valTokens = tokens(val);
        this.frozen =
                config.imageLearningRate() > 0
                        ? null
                        : new Frozen(see(train, false), see(train, true), see(val, false));
    }

    /** AST's tokens of a whole split: [N, patches + 2, W]. */
    private Tensor tokens(Split split) {
        return everyChunk(split, clips -> network.audioTokens(split.batches().filterbanks(clips)));
    }

    /** The image tower's frames of a whole split: [N, F, D] and [N, F]. */
    private Seen see(Split split, boolean mirrored) {
        return new Seen(
                everyChunk(
                        split,
                        clips ->
                                network.frames(
                                        split.batches().paddedPictures(clips, mirrored).pixels())),
                everyChunk(split, clips -> split.batches().paddedPictures(clips, mirrored).mask()));
    }

    /** One tensor of a whole split, computed in batches without gradient. */
    private Tensor everyChunk(Split split, Function<int[], Tensor> part) {
        List<Tensor> parts = new ArrayList<>();
        try (var _ = new NoGradGuard();
                var outer = new PointerScope()) {
            for (int[] clips : Trainer.chunks(split.size(), config.batchSize())) {
                try (var _ = new PointerScope()) {
                    Tensor computed = part.apply(clips);
                    outer.attach(computed); // outlives the inner scope
                    parts.add(computed);
                }
            }
            Tensor all = Ops.cat(0, parts.toArray(Tensor[]::new));
            all.retainReference();
            return all;
        }
    }

    @Override
    public boolean trains(String name) {
        if (name.startsWith("clip.visual.")) {
            return frozen == null;
        }
        return !name.startsWith("clip.audio.v.") || name.startsWith("clip.audio.v.norm.");
    }

    @Override
    public Tensor loss(int[] clips, RandomGenerator random) {
        Seen seen = see(clips, random);
        Tensor text = network.text(Batches.ids(Split.draw(train.captions(), clips, random)));
        return network.loss(text, embed(seen, trainTokens, clips), seen.mask());
    }

    private Seen see(int[] clips, RandomGenerator random) {
        if (frozen == null) {
            Batches.Pictures pictures =
                    train.batches().pictures(clips, config.framesPerClip(), config.flip(), random);
            return new Seen(network.frames(pictures.pixels()), pictures.mask());
        }
        boolean mirrored = config.flip() && random.nextBoolean();
        return pick(mirrored ? frozen.mirrored() : frozen.train(), clips);
    }

    private static Seen pick(Seen all, int[] clips) {
        Tensor rows = rows(clips);
        return new Seen(all.plain().index_select(0, rows), all.mask().index_select(0, rows));
    }

    private AvigateNetwork.Embedded embed(Seen seen, Tensor allTokens, int[] clips) {
        Tensor tokens = allTokens.index_select(0, rows(clips));
        return network.fuse(
                seen.plain(), seen.mask(), network.resample(network.projectAudio(tokens)));
    }

    private static Tensor rows(int[] clips) {
        return Ops.longs(Arrays.stream(clips).asLongStream().toArray(), clips.length);
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
            Seen seen = frozen == null ? seeValidation(clips) : pick(frozen.val(), clips);
            columns.add(network.logits(text, embed(seen, valTokens, clips), seen.mask()));
        }
        return Trainer.firstRankPercent(Ops.cat(1, columns.toArray(Tensor[]::new)));
    }

    private Seen seeValidation(int[] clips) {
        Batches.Pictures pictures = val.batches().pictures(clips, 0, false, null);
        return new Seen(network.frames(pictures.pixels()), pictures.mask());
    }
}
