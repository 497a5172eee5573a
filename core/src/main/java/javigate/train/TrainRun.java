package javigate.train;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javigate.checkpoint.Architecture;
import javigate.checkpoint.Checkpoint;
import javigate.data.ClipCache;
import javigate.data.Manifest;
import javigate.model.ModelConfig;
import javigate.model.Preprocessing;
import javigate.model.RetrievalModel;
import javigate.model.clip.ClipTokenizer;
import javigate.tensor.Sha256;
import javigate.tensor.Weights;
import org.bytedeco.javacpp.PointerScope;
import org.jspecify.annotations.Nullable;

/**
 * A run.
 *
 * @param dataHash of both splits
 */
public record TrainRun(
        TrainConfig config,
        Start start,
        Clips train,
        Clips val,
        String dataHash,
        Features features) {

    /** Digest of all that the result follows from, the clips' contents too: 16 hex digits. */
    String identity() {
        String contents = dataHash + train.sha256() + val.sha256();
        return identity(config, contents, start.fingerprint());
    }

    /**
     * What of it is known before any clip is read.
     *
     * @param fingerprint of the starting model; empty for none
     */
    public static String identity(TrainConfig config, String dataHash, String fingerprint) {
        return Sha256.of(config.json() + "\n" + dataHash + "\n" + fingerprint).substring(0, 16);
    }

    /**
     * What a stage begins with.
     *
     * @param model architecture
     * @param preprocessing of clips
     * @param tokenizer of captions
     * @param weights to start from, float32; missing ones are initialised
     * @param fingerprint of the model they came from; empty for none
     */
    public record Start(
            ModelConfig model,
            Preprocessing preprocessing,
            ClipTokenizer tokenizer,
            Weights weights,
            String fingerprint) {

        /**
         * What a configuration starts from.
         *
         * @param init the model it starts from; null for none
         * @param train its captions make the vocabulary of a first stage
         * @throws IOException if the configuration needs a model, or this one cannot be read
         */
        public static Start of(TrainConfig config, @Nullable Checkpoint init, Manifest train)
                throws IOException {
            if (config.stage().equals(TrainConfig.Stage.CLIP)) {
                List<String> captions = new ArrayList<>();
                for (Manifest.Item item : train.items()) {
                    captions.addAll(item.captions());
                    captions.addAll(item.sightCaptions());
                }
                ModelConfig model = config.architecture(null);
                Preprocessing inputs = config.inputs(null);
                ClipTokenizer tokenizer = ClipTokenizer.learn(captions, config.vocabularySize());
                RetrievalModel.requireFit(model, inputs, tokenizer);
                return new Start(model, inputs, tokenizer, new Weights(), "");
            }
            if (init == null) {
                throw new IOException(
                        "stage "
                                + config.stage()
                                + " starts from a model: name it by the key init, or --init");
            }
            ModelConfig model = config.architecture(init.config());
            Preprocessing inputs = config.inputs(init.preprocessing());
            ClipTokenizer tokenizer = init.tokenizer();
            RetrievalModel.requireFit(model, inputs, tokenizer);
            boolean kept = config.newParts() == TrainConfig.NewParts.KEPT;
            if (kept && !Architecture.of(model).equals(Architecture.of(init.config()))) {
                throw new IOException(
                        ("%s: newParts kept wants a model of kind %s, this is %s; leave newParts out, or"
                                        + " start from a model of the same kind")
                                .formatted(
                                        init.folder(),
                                        Architecture.of(model).id(),
                                        Architecture.of(init.config()).id()));
            }
            try (Weights weights = init.weights()) {
                return new Start(
                        model,
                        inputs,
                        tokenizer,
                        startingWeights(config.stage().trainsModel() && !kept, model, weights),
                        init.fingerprint());
            }
        }
    }

    /**
     * The weights a later stage starts from: a whole model's of the towers ({@link
     * Architecture#start}), another stage's as they are; what is left out here is drawn anew.
     *
     * @param towersOnly whether what stands on top of the towers is left out
     * @param from an earlier stage's weights
     * @return copies, float32
     */
    static Weights startingWeights(boolean towersOnly, ModelConfig model, Weights from) {
        try (var _ = new PointerScope()) {
            Weights source = from.asFloat32();
            Weights result = new Weights();
            (towersOnly ? Architecture.start(source, model) : source)
                    .all()
                    .forEach((name, tensor) -> result.put(name, tensor.clone()));
            return result;
        }
    }

    /** A split's clips and what was decoded of them. */
    public record Clips(Manifest manifest, ClipCache cache) {

        /** Digest of all that is trained on. */
        private String sha256() {
            StringBuilder text = new StringBuilder(cache.sha256());
            for (Manifest.Item item : manifest.items()) {
                text.append('\n').append(item.captions()).append(item.sightCaptions());
                text.append(item.kind()).append('\0').append(item.sound());
            }
            return Sha256.of(text.toString());
        }
    }

    static Split split(Clips clips, Start start) {
        return Split.of(
                clips.manifest(),
                clips.cache(),
                start.preprocessing(),
                start.tokenizer(),
                start.model().maxWords());
    }
}
