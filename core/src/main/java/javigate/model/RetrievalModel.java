package javigate.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javigate.model.ast.AstConfig;
import javigate.model.clip.ClipTokenizer;
import javigate.tensor.Ops;
import javigate.tensor.Parameters;
import javigate.tensor.Weights;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A model that embeds clips and captions and scores the one against the other. A clip is encoded
 * without any text. Safe for use by several threads, one call at a time.
 */
public final class RetrievalModel implements AutoCloseable {

    /** Bound the tensors of a call to {@link #score}: [T, V, F] and [T, V, A]. */
    private static final int TEXTS_AT_ONCE = 64;

    private static final int CLIPS_AT_ONCE = 64;

    private static final float[][] NONE = {};

    /** Builds a network of a configuration, under the names its parameters have. */
    @FunctionalInterface
    public interface Builder {
        RetrievalNetwork build(Parameters parameters);
    }

    private static final Pattern WORD = Pattern.compile("\\S+");

    private final Weights weights;
    private final RetrievalNetwork network;
    private final ModelConfig config;
    private final Preprocessing preprocessing;
    private final ClipTokenizer tokenizer;
    private final double alpha;
    private final double scale;

    /** Tensors may lie in a mapping that is gone once the model is closed. */
    private boolean closed;

    /**
     * AST's tokens of a clip without a track [1, A, W], the same for all such clips; null until a
     * clip is embedded.
     */
    private @Nullable Tensor absentAudio;

    /**
     * Builds the model.
     *
     * @param weights under the official names, float32; closed with the model
     * @param config of the network
     * @param preprocessing its filterbank, if any, is not used by a model that does not listen
     * @throws IllegalArgumentException if weights are missing, unknown or of another shape, or the
     *     preprocessing does not fit the configuration
     */
    public RetrievalModel(
            Weights weights,
            ModelConfig config,
            Builder builder,
            Preprocessing preprocessing,
            ClipTokenizer tokenizer) {
        requireFit(config, preprocessing, tokenizer);
        this.weights = weights;
        this.config = config;
        this.preprocessing = preprocessing;
        this.tokenizer = tokenizer;
        Parameters parameters = Parameters.of(weights);
        this.network = builder.build(parameters);
        parameters.requireAllTaken();
        try (var _ = new PointerScope();
                var _ = new NoGradGuard()) {
            this.alpha = network.alpha().item_float();
            this.scale = network.scale().item_float();
        }
    }

    /**
     * Whether a model so configured can take inputs so prepared.
     *
     * @throws IllegalArgumentException if not
     */
    public static void requireFit(
            ModelConfig config, Preprocessing preprocessing, ClipTokenizer tokenizer) {
        config.requireFit(preprocessing);
        AstConfig ast = config.ast();
        if (preprocessing.imageSize() != config.clip().imageSize()
                || preprocessing.maxFrames() > config.maxFrames()
                || (ast != null
                        && (preprocessing.melBins() != ast.melBins()
                                || preprocessing.timeFrames() != ast.timeFrames()))
                || tokenizer.size() > config.clip().vocabularySize()) {
            throw new IllegalArgumentException(
                    ("preprocessing %s and a vocabulary of %d do not fit the model: pictures of %d,"
                                    + " at most %d frames, %s, %d token ids")
                            .formatted(
                                    preprocessing,
                                    tokenizer.size(),
                                    config.clip().imageSize(),
                                    config.maxFrames(),
                                    ast == null
                                            ? "no sound"
                                            : "filterbanks of %d x %d"
                                                    .formatted(ast.timeFrames(), ast.melBins()),
                                    config.clip().vocabularySize()));
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the model is closed");
        }
    }

    /** What goes in: sizes and normalisation of pictures and filterbanks. */
    public Preprocessing preprocessing() {
        return preprocessing;
    }

    /** D, the joint width. */
    public int width() {
        return config.width();
    }

    /** α of the log-sum-exp (Eq. 8), on cosines; above 0. */
    public double alpha() {
        return alpha;
    }

    /** S = 1/τ, by which training multiplies scores before the softmax; above 0. */
    public double scale() {
        return scale;
    }

    /** w of the score (1 − w) · global + w · local, 0 to 1; 0.5 is Eq. 9. */
    public double localWeight() {
        return network.localWeight();
    }

    /** Whether the score looks at the text before it pools: see {@link RetrievalNetwork}. */
    public boolean conditionsOnText() {
        return network.conditionsOnText();
    }

    /** Whether clips are heard. */
    public boolean listens() {
        return network.listens();
    }

    /**
     * Embeds clips, each as it is and as if it had no sound; where the model does not listen, the
     * two are one.
     */
    public synchronized List<ClipEmbedding> embedClips(List<ClipInput> clips) {
        requireOpen();
        try (var _ = new PointerScope();
                var _ = new NoGradGuard()) {
            // Frames that are not masked have an effect: then all clips are padded alike.
            int least = config.masksFrames() ? 0 : preprocessing.maxFrames();
            ClipBatch batch = ClipBatch.of(clips, preprocessing.imageSize(), least);
            Tensor frames = network.frames(batch.pixels()); // [B, F, D]
            if (!network.listens()) {
                return embeddings(clips, network.embed(frames, batch.mask(), null), null);
            }
            Tensor audio = audio(clips.stream().map(ClipInput::filterbank).toList());
            return embeddings(
                    clips,
                    network.embed(frames, batch.mask(), audio),
                    network.embed(frames, batch.mask(), absentAudio()));
        }
    }

    private List<ClipEmbedding> embeddings(
            List<ClipInput> clips, EmbeddedClips heard, @Nullable EmbeddedClips muted) {
        boolean attended = network.listens() && network.conditionsOnText();
        EmbeddedClips.Listening listening = heard.listening();
        List<ClipEmbedding> result = new ArrayList<>();
        for (int i = 0; i < clips.size(); i++) {
            int own = clips.get(i).pixels().length;
            float[][] frames = Ops.toRows(heard.frames().select(0, i).narrow(0, 0, own));
            result.add(
                    new ClipEmbedding(
                            frames,
                            muted == null
                                    ? frames
                                    : Ops.toRows(muted.frames().select(0, i).narrow(0, 0, own)),
                            listening == null ? NONE : Ops.toRows(listening.gates().select(0, i)),
                            listening == null
                                    ? new float[0]
                                    : Ops.toFloats(listening.sound().select(0, i)),
                            attended ? Ops.toRows(heard.requireTokens().select(0, i)) : NONE));
        }
        return result;
    }

    /** AST's tokens of filterbanks [B, A, W]. */
    private Tensor audio(List<float[]> filterbanks) {
        int size = preprocessing.timeFrames() * preprocessing.melBins();
        float[] values = new float[filterbanks.size() * size];
        for (int i = 0; i < filterbanks.size(); i++) {
            System.arraycopy(filterbanks.get(i), 0, values, i * size, size);
        }
        return network.audioTokens(
                Ops.floats(
                        values,
                        filterbanks.size(),
                        preprocessing.timeFrames(),
                        preprocessing.melBins()));
    }

    private Tensor absentAudio() {
        if (absentAudio == null) {
            float[] zeros = new float[preprocessing.timeFrames() * preprocessing.melBins()];
            absentAudio = audio(List.of(zeros));
            absentAudio.retainReference();
        }
        return absentAudio;
    }

    /** Embeds a caption: t [D], not normalised. */
    public synchronized float[] embedText(String caption) {
        requireOpen();
        int[] ids = tokenizer.encode(caption, config.maxWords());
        try (var _ = new PointerScope();
                var _ = new NoGradGuard()) {
            long[] row = Arrays.stream(ids).asLongStream().toArray();
            return Ops.toFloats(network.text(Ops.longs(row, 1, row.length)));
        }
    }

    /**
     * The end of a caption that {@link #embedText} does not read: a model takes so many tokens, a
     * little more than words.
     *
     * @return from the first word on that does not fit, or not as a whole; empty where all is read
     */
    public String unread(String caption) {
        int most = config.maxWords() - 2; // start and end
        if (tokenizer.encode(caption).length <= most) {
            return "";
        }
        Matcher word = WORD.matcher(caption);
        int begin = 0;
        while (word.find()) {
            begin = word.start();
            if (tokenizer.encode(caption.substring(0, word.end())).length > most) {
                break;
            }
        }
        return caption.substring(begin).strip();
    }

    /**
     * Scores captions against clips.
     *
     * @param texts t of each caption, [T][D], at least one
     * @param clips with any number of frames each, at least one
     * @return [T][V]
     */
    public synchronized double[][] score(List<float[]> texts, List<ClipTokens> clips) {
        requireOpen();
        double[][] scores = new double[texts.size()][clips.size()];
        for (int begin = 0; begin < clips.size(); begin += CLIPS_AT_ONCE) {
            int end = Math.min(clips.size(), begin + CLIPS_AT_ONCE);
            try (var _ = new PointerScope();
                    var _ = new NoGradGuard()) {
                columns(texts, network.scorer(pack(clips.subList(begin, end))), scores, begin, end);
            }
        }
        return scores;
    }

    private static void columns(
            List<float[]> texts,
            RetrievalNetwork.Scorer scorer,
            double[][] scores,
            int begin,
            int end) {
        int width = texts.getFirst().length;
        for (int first = 0; first < texts.size(); first += TEXTS_AT_ONCE) {
            int last = Math.min(texts.size(), first + TEXTS_AT_ONCE);
            float[] values = new float[(last - first) * width];
            for (int t = first; t < last; t++) {
                System.arraycopy(texts.get(t), 0, values, (t - first) * width, width);
            }
            try (var _ = new PointerScope()) {
                float[] part = Ops.toFloats(scorer.of(Ops.floats(values, last - first, width)));
                for (int t = first; t < last; t++) {
                    for (int v = begin; v < end; v++) {
                        scores[t][v] = part[(t - first) * (end - begin) + v - begin];
                    }
                }
            }
        }
    }

    private EmbeddedClips pack(List<ClipTokens> clips) {
        int frames = clips.stream().mapToInt(c -> c.frames().length).max().orElse(1);
        int width = width();
        float[] values = new float[clips.size() * frames * width];
        float[] mask = new float[clips.size() * frames];
        Arrays.fill(values, 1f); // padding needs a direction; the mask hides it
        for (int i = 0; i < clips.size(); i++) {
            float[][] own = clips.get(i).frames();
            for (int f = 0; f < own.length; f++) {
                System.arraycopy(own[f], 0, values, (i * frames + f) * width, width);
                mask[i * frames + f] = 1;
            }
        }
        return new EmbeddedClips(
                Ops.floats(values, clips.size(), frames, width),
                Ops.floats(mask, clips.size(), frames),
                network.listens() && network.conditionsOnText() ? packAudio(clips) : null,
                null);
    }

    /** Audio tokens of clips [V, A, D]; those of no track where a clip has none. */
    private Tensor packAudio(List<ClipTokens> clips) {
        Tensor absent =
                network.embed(
                                Ops.floats(new float[width()], 1, 1, width()),
                                Ops.floats(new float[] {1}, 1, 1),
                                absentAudio())
                        .requireTokens(); // [1, A, D]
        int tokens = Math.toIntExact(absent.size(1));
        List<Tensor> all = new ArrayList<>();
        for (ClipTokens clip : clips) {
            if (clip.audio().length == 0) {
                all.add(absent);
            } else {
                float[] values = new float[tokens * width()];
                for (int a = 0; a < tokens; a++) {
                    System.arraycopy(clip.audio()[a], 0, values, a * width(), width());
                }
                all.add(Ops.floats(values, 1, tokens, width()));
            }
        }
        return Ops.cat(0, all.toArray(Tensor[]::new));
    }

    /** Waits for a call under way; later calls throw {@link IllegalStateException}. */
    @Override
    public synchronized void close() {
        closed = true;
        weights.close();
    }
}
