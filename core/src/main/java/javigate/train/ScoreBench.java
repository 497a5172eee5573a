package javigate.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javigate.checkpoint.Architecture;
import javigate.checkpoint.ModelPreset;
import javigate.model.EmbeddedClips;
import javigate.model.ModelConfig;
import javigate.model.RetrievalNetwork;
import javigate.model.ast.AstConfig;
import javigate.tensor.Engine;
import javigate.tensor.Ops;
import javigate.tensor.Parameters;
import javigate.tensor.Weights;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Times one query of a model of the papers' size against clips that were made ready for it: pooled,
 * or with the keys and values of every token computed (AVIGATE, Table 6). Weights and clips are
 * random. Memory: the weights, and what a query reads; twice that while it is made.
 */
public final class ScoreBench implements AutoCloseable {

    private static final int CLIPS_AT_ONCE = 100;

    /** [SOS], ten words of one token each, EOS; the rest is padding, as the models take it. */
    private static final int WORDS = 10;

    private final PointerScope scope = new PointerScope();
    private final ModelConfig config;
    private final RetrievalNetwork network;
    private final List<RetrievalNetwork.Scorer> scorers = new ArrayList<>();
    private final Tensor ids;
    private final Tensor text;
    private final int clips;

    /**
     * @param clips that a query is scored against, at least 1
     */
    public ScoreBench(ModelPreset preset, int clips, long seed) {
        Engine.start();
        this.clips = clips;
        this.config = preset.standard();
        Parameters parameters = Parameters.initialised(new Weights(), new Random(seed));
        this.network = Architecture.network(parameters, config);
        torch.manual_seed(seed);
        long[] row = new long[config.maxWords()];
        row[0] = config.clip().vocabularySize() - 2L;
        Arrays.setAll(row, i -> i > 0 && i <= WORDS ? 1000L + i : row[i]);
        row[WORDS + 1] = config.clip().vocabularySize() - 1L;
        this.ids = Ops.longs(row, 1, row.length);
        try (var _ = new NoGradGuard()) {
            for (int begin = 0; begin < clips; begin += CLIPS_AT_ONCE) {
                scorers.add(network.scorer(clips(Math.min(CLIPS_AT_ONCE, clips - begin))));
            }
            this.text = network.text(ids);
        }
    }

    private EmbeddedClips clips(int count) {
        int width = config.width();
        Tensor frames = torch.randn(count, config.maxFrames(), width);
        Tensor mask = torch.ones(count, config.maxFrames());
        AstConfig ast = config.ast();
        Tensor tokens =
                network.conditionsOnText() && ast != null
                        ? torch.randn(count, ast.patches(), width)
                        : null;
        return new EmbeddedClips(frames, mask, tokens, null);
    }

    /** Bytes of the clips that a query reads: the pooled vectors, or all keys and values. */
    public long bytesRead() {
        AstConfig ast = config.ast();
        long tokens = config.maxFrames() + (ast == null ? 0L : ast.patches());
        long vectors = network.conditionsOnText() ? 2 * tokens : 1;
        return clips * vectors * config.width() * Float.BYTES;
    }

    /** Scores one text against all clips: ms. */
    public double similarity() {
        return timed(() -> scorers.forEach(scorer -> scorer.of(text)));
    }

    /** Encodes a caption of {@value #WORDS} words: ms. */
    public double textEncoding() {
        return timed(() -> network.text(ids));
    }

    private static double timed(Runnable work) {
        long begin = System.nanoTime();
        try (var _ = new PointerScope();
                var _ = new NoGradGuard()) {
            work.run();
        }
        return (System.nanoTime() - begin) / 1e6;
    }

    @Override
    public void close() {
        scope.close();
    }

    /** Memory that is read, and nothing else done with it. */
    public static final class Reading implements AutoCloseable {
        private static final long BYTES = 1L << 30;

        private final PointerScope scope = new PointerScope();
        private final Tensor values;

        public Reading() {
            Engine.start();
            this.values = torch.ones(BYTES / Float.BYTES);
        }

        /** Reads 1 GiB on all processors: bytes per ms. */
        public double bytesPerMs() {
            return BYTES / timed(() -> torch.sum(values));
        }

        @Override
        public void close() {
            scope.close();
        }
    }
}
