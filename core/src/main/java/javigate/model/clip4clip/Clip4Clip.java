package javigate.model.clip4clip;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javigate.model.ClipBatch;
import javigate.model.ClipEmbedding;
import javigate.model.ClipInput;
import javigate.model.Preprocessing;
import javigate.model.RetrievalModel;
import javigate.model.Score;
import javigate.model.clip.ClipTokenizer;
import javigate.tensor.Ops;
import javigate.tensor.Parameters;
import javigate.tensor.Weights;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * CLIP4Clip, ready to embed and score: the cosine of the text with the pooled frames (Eq. 7 alone).
 * It does not listen: a clip has no gates and no sound token, and both its embeddings are one. Safe
 * for use by several threads, one call at a time.
 */
public final class Clip4Clip implements RetrievalModel {

    private static final float[][] NO_GATES = {};
    private static final float[] NO_SOUND = {};

    private final Weights weights;
    private final Clip4ClipNetwork network;
    private final Clip4ClipConfig config;
    private final Preprocessing preprocessing;
    private final ClipTokenizer tokenizer;
    private final double scale;

    /** Tensors may lie in a mapping that is gone once the model is closed. */
    private boolean closed;

    /**
     * Builds the model.
     *
     * @param weights under the official names, float32; closed with the model
     * @param preprocessing its filterbank, if any, is not used
     * @throws IllegalArgumentException if weights are missing, unknown or of another shape, or the
     *     preprocessing does not fit the configuration
     */
    public Clip4Clip(
            Weights weights,
            Clip4ClipConfig config,
            Preprocessing preprocessing,
            ClipTokenizer tokenizer) {
        requireFit(config, preprocessing, tokenizer);
        this.weights = weights;
        this.config = config;
        this.preprocessing = preprocessing;
        this.tokenizer = tokenizer;
        Parameters parameters = Parameters.of(weights);
        this.network = new Clip4ClipNetwork(parameters, config);
        parameters.requireAllTaken();
        try (var _ = new PointerScope();
                var _ = new NoGradGuard()) {
            this.scale = network.scale().item_float();
        }
    }

    private static void requireFit(
            Clip4ClipConfig config, Preprocessing preprocessing, ClipTokenizer tokenizer) {
        if (preprocessing.imageSize() != config.clip().imageSize()
                || preprocessing.maxFrames() > config.maxFrames()
                || tokenizer.size() > config.clip().vocabularySize()) {
            throw new IllegalArgumentException(
                    ("preprocessing %s and a vocabulary of %d do not fit the model: pictures of %d,"
                                    + " at most %d frames, %d token ids")
                            .formatted(
                                    preprocessing,
                                    tokenizer.size(),
                                    config.clip().imageSize(),
                                    config.maxFrames(),
                                    config.clip().vocabularySize()));
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the model is closed");
        }
    }

    @Override
    public Preprocessing preprocessing() {
        return preprocessing;
    }

    @Override
    public int width() {
        return config.width();
    }

    /** 1/τ, as AVIGATE's; with a local weight of 0 it has no part in the score. */
    @Override
    public double alpha() {
        return scale;
    }

    @Override
    public double scale() {
        return scale;
    }

    @Override
    public double localWeight() {
        return 0;
    }

    @Override
    public synchronized List<ClipEmbedding> embedClips(List<ClipInput> clips) {
        requireOpen();
        try (var _ = new PointerScope();
                var _ = new NoGradGuard()) {
            ClipBatch batch = ClipBatch.of(clips, preprocessing.imageSize());
            Tensor embedded = network.embed(network.frames(batch.pixels()), batch.mask());
            List<ClipEmbedding> result = new ArrayList<>();
            for (int i = 0; i < clips.size(); i++) {
                int own = clips.get(i).pixels().length;
                float[][] frames = Ops.toRows(embedded.select(0, i).narrow(0, 0, own));
                result.add(new ClipEmbedding(frames, frames, NO_GATES, NO_SOUND));
            }
            return result;
        }
    }

    @Override
    public synchronized float[] embedText(String caption) {
        requireOpen();
        int[] ids = tokenizer.encode(caption, config.maxWords());
        try (var _ = new PointerScope();
                var _ = new NoGradGuard()) {
            long[] row = Arrays.stream(ids).asLongStream().toArray();
            return Ops.toFloats(network.text(Ops.longs(row, 1, row.length)));
        }
    }

    @Override
    public synchronized double[][] score(List<float[]> texts, List<float[][]> clips) {
        requireOpen();
        return Score.ofClips(texts, clips, scale, localWeight());
    }

    /** Waits for a call under way; later calls throw {@link IllegalStateException}. */
    @Override
    public synchronized void close() {
        closed = true;
        weights.close();
    }
}
