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
                        : new Frozen(seeAll(train, false), seeAll(train, true), seeAll(val, false));
    }

    /** AST's tokens of a whole split: [N, patches + 2, W]. */
    private Tensor tokens(Split split) {
        return everyChunk(split, clips -> network.audioTokens(split.batches().filterbanks(clips)));
    }

    /** The image tower's frames of a whole split: [N, F, D] and [N, F]. */
    private Seen seeAll(Split split, boolean mirrored) {
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

    /**
     * Texts [B, D], fused frames and the margin's frames [B, F, D], which frames are real [B, F].
     */
    @Override
    public Drawn draw(int[] clips, RandomGenerator random) {
        Part<Seen> seen = see(clips, random);
        List<int[]> captions = Split.draw(train.captions(), clips, random);
        return (from, to) -> {
            Seen part = seen.of(from, to);
            Tensor text = network.text(Batches.ids(captions.subList(from, to)));
            AvigateNetwork.Embedded embedded =
                    embed(part, trainTokens, Arrays.copyOfRange(clips, from, to));
            return List.of(text, embedded.frames(), network.marginFrames(embedded), part.mask());
        };
    }

    /** Something of the clips from one to another of a batch. */
    @FunctionalInterface
    private interface Part<T> {
        T of(int from, int to);
    }

    private Part<Seen> see(int[] clips, RandomGenerator random) {
        if (frozen == null) {
            Batches.Choice choice =
                    train.batches().choose(clips, config.framesPerClip(), config.flip(), random);
            return (from, to) -> see(train.batches().pictures(choice.part(from, to)));
        }
        Seen all = config.flip() && random.nextBoolean() ? frozen.mirrored() : frozen.train();
        return (from, to) -> pick(all, Arrays.copyOfRange(clips, from, to));
    }

    private Seen see(Batches.Pictures pictures) {
        return new Seen(network.frames(pictures.pixels()), pictures.mask());
    }

    @Override
    public Tensor loss(List<Tensor> embedded) {
        return network.loss(embedded.get(0), embedded.get(1), embedded.get(2), embedded.get(3));
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
            Seen seen =
                    frozen == null ? see(val.batches().pictures(clips)) : pick(frozen.val(), clips);
            columns.add(network.logits(text, embed(seen, valTokens, clips), seen.mask()));
        }
        return Trainer.firstRankPercent(Ops.cat(1, columns.toArray(Tensor[]::new)));
    }
}
