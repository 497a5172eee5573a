package javigate.model.avigate;

import java.util.ArrayList;
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
import org.jspecify.annotations.Nullable;

/**
 * AVIGATE, ready to embed and score. A clip is encoded once, without any text (the video side never
 * sees it). Safe for use by several threads, one call at a time.
 */
public final class Avigate implements RetrievalModel {

    private final Weights weights;
    private final AvigateNetwork network;
    private final AvigateConfig config;
    private final Preprocessing preprocessing;
    private final ClipTokenizer tokenizer;
    private final double alpha;
    private final double scale;

    /** Tensors may lie in a mapping that is gone once the model is closed. */
    private boolean closed;

    /**
     * Resampled audio tokens of a clip without a track [1, M, D], the same for all such clips; null
     * until a clip is embedded.
     */
    private @Nullable Tensor absentAudio;

    /**
     * Builds the model.
     *
     * @param weights under the official names, float32; closed with the model
     * @throws IllegalArgumentException if weights are missing, unknown or of another shape, or the
     *     preprocessing does not fit the configuration
     */
    public Avigate(
            Weights weights,
            AvigateConfig config,
            Preprocessing preprocessing,
            ClipTokenizer tokenizer) {
        requireFit(config, preprocessing, tokenizer);
        this.weights = weights;
        this.config = config;
        this.preprocessing = preprocessing;
        this.tokenizer = tokenizer;
        Parameters parameters = Parameters.of(weights);
        this.network = new AvigateNetwork(parameters, config);
        parameters.requireAllTaken();
        try (var _ = new PointerScope();
                var _ = new NoGradGuard()) {
            this.alpha = network.alpha().item_float();
            this.scale = network.scale().item_float();
        }
    }

    private static void requireFit(
            AvigateConfig config, Preprocessing preprocessing, ClipTokenizer tokenizer) {
        if (preprocessing.imageSize() != config.clip().imageSize()
                || preprocessing.maxFrames() > config.maxFrames()
                || preprocessing.melBins() != config.ast().melBins()
                || preprocessing.timeFrames() != config.ast().timeFrames()
                || tokenizer.size() > config.clip().vocabularySize()) {
            throw new IllegalArgumentException(
                    ("preprocessing %s and a vocabulary of %d do not fit the model: pictures of %d,"
                                    + " at most %d frames, filterbanks of %d x %d, %d token ids")
                            .formatted(
                                    preprocessing,
                                    tokenizer.size(),
                                    config.clip().imageSize(),
                                    config.maxFrames(),
                                    config.ast().timeFrames(),
                                    config.ast().melBins(),
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

    @Override
    public double alpha() {
        return alpha;
    }

    @Override
    public double scale() {
        return scale;
    }

    @Override
    public double localWeight() {
        return config.ablation().localWeight();
    }

    @Override
    public synchronized List<ClipEmbedding> embedClips(List<ClipInput> clips) {
        requireOpen();
        try (var _ = new PointerScope();
                var _ = new NoGradGuard()) {
            ClipBatch batch = ClipBatch.of(clips, preprocessing.imageSize());
            Tensor plain = network.frames(batch.pixels()); // [B, F, D]
            Tensor audio = resample(clips.stream().map(ClipInput::filterbank).toList());
            Tensor absent = absentAudio().expand(audio.size(0), audio.size(1), audio.size(2));
            AvigateNetwork.Embedded heard = network.fuse(plain, batch.mask(), audio);
            AvigateNetwork.Embedded muted = network.fuse(plain, batch.mask(), absent);
            Tensor soundTokens = Ops.mean(audio, 1); // [B, D]
            List<ClipEmbedding> result = new ArrayList<>();
            for (int i = 0; i < clips.size(); i++) {
                int own = clips.get(i).pixels().length;
                result.add(
                        new ClipEmbedding(
                                Ops.toRows(heard.frames().select(0, i).narrow(0, 0, own)),
                                Ops.toRows(muted.frames().select(0, i).narrow(0, 0, own)),
                                Ops.toRows(heard.gates().select(0, i)),
                                Ops.toFloats(soundTokens.select(0, i))));
            }
            return result;
        }
    }

    private Tensor absentAudio() {
        if (absentAudio == null) {
            float[] zeros = new float[preprocessing.timeFrames() * preprocessing.melBins()];
            absentAudio = resample(List.of(zeros));
            absentAudio.retainReference();
        }
        return absentAudio;
    }

    /** Filterbanks to resampled audio tokens [B, M, D]. */
    private Tensor resample(List<float[]> filterbanks) {
        int size = preprocessing.timeFrames() * preprocessing.melBins();
        float[] values = new float[filterbanks.size() * size];
        for (int i = 0; i < filterbanks.size(); i++) {
            System.arraycopy(filterbanks.get(i), 0, values, i * size, size);
        }
        Tensor filterbank =
                Ops.floats(
                        values,
                        filterbanks.size(),
                        preprocessing.timeFrames(),
                        preprocessing.melBins());
        return network.resample(network.projectAudio(network.audioTokens(filterbank)));
    }

    @Override
    public synchronized float[] embedText(String caption) {
        requireOpen();
        int[] ids = tokenizer.encode(caption, config.maxWords());
        try (var _ = new PointerScope();
                var _ = new NoGradGuard()) {
            long[] row = java.util.Arrays.stream(ids).asLongStream().toArray();
            return Ops.toFloats(network.text(Ops.longs(row, 1, row.length)));
        }
    }

    @Override
    public synchronized double[][] score(List<float[]> texts, List<float[][]> clips) {
        requireOpen();
        return Score.ofClips(texts, clips, alpha, localWeight());
    }

    /** Waits for a call under way; later calls throw {@link IllegalStateException}. */
    @Override
    public synchronized void close() {
        closed = true;
        weights.close();
    }
}
