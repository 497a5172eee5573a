package javigate.train;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import javigate.checkpoint.Architecture;
import javigate.model.ModelConfig;
import javigate.model.Preprocessing;
import javigate.model.avigate.AvigateConfig;
import org.jspecify.annotations.Nullable;

/**
 * One stage of training, as a JSON file; unknown keys are errors.
 *
 * @param stage what is trained: the CLIP towers, the audio tower, or a model on top of both
 * @param name name of the model that comes out
 * @param data where the clips come from, unless the caller says otherwise: a folder, or {@code
 *     sightsound:SEED[:TRAIN]}; null for none
 * @param init model the stage starts from, unless the caller says otherwise: a folder, the name of
 *     an installed model, or another configuration (X.json, beside this one), which is trained
 *     first; null for none
 * @param split that is trained on; train when left out
 * @param selection split by which the best epoch is chosen; val when left out
 * @param model architecture, whole in the first stage; later, what differs from the model the stage
 *     starts from, if anything
 * @param preprocessing what goes in; likewise
 * @param vocabularySize token ids of the vocabulary learnt in the first stage; 0 likewise
 * @param epochs passes over the training clips, at least 1
 * @param batchSize pairs per step, at least 2
 * @param framesPerClip pictures of a clip that a step sees, drawn anew each time; 0 for all, as a
 *     frozen image tower needs
 * @param newParts what a whole model has on top of its towers: drawn anew, or kept as the model of
 *     the same kind has it that the stage starts from; drawn when left out. The projection of the
 *     sound counts as its tower's: it is taken over either way
 * @param learningRate rate of new parts
 * @param gateLearningRate rate of the gates' networks (AVIGATE Eq. 4), which start near 0, as what
 *     they gate does; learningRate when left out; without effect on models that have none
 * @param queryLearningRate rate of the resampler's query tokens, which the official code trains at
 *     1e-2; learningRate when left out; without effect on models that have none
 * @param imageLearningRate rate of the image tower of a whole model; 0 freezes it, and its frames
 *     are then computed only once
 * @param textLearningRate rate of the text tower of a whole model, which meets the words for sounds
 *     there for the first time; 0 freezes it
 * @param audioLearningRate rate of AST of a whole model; 0, as when left out, freezes it but for
 *     its final norm
 * @param weightDecay decoupled decay of the parameters that the groups let decay
 * @param warmup share of the steps over which the rate rises, 0 to 1 ({@link WarmupCosine})
 * @param maxGradientNorm gradients are clipped to this norm, above 0
 * @param flip whether half of the clips are mirrored
 * @param samples what an epoch goes through of a whole model: every clip with one of its captions,
 *     drawn, or every caption with its clip; clips when left out
 * @param patience epochs without a better validation after which training ends; 0, as when left
 *     out, for never
 * @param precision of the towers and the fusion: fp32, or bf16 where libtorch's autocast deems it
 *     safe; weights, loss and optimiser stay fp32; fp32 when left out
 * @param recompute whether transformer blocks keep only their inputs and compute again what their
 *     gradients need; false when left out
 * @param seed of initialisation, order and draws
 * @param optimiser AdamW with a re-based schedule, or the official code's BertAdam with its own;
 *     AdamW when left out
 * @param groups which parameters train, how fast, and which decay: the recipe's, or in the AVIGATE
 *     stage the official code's, where imageLearningRate and textLearningRate are the one rate of
 *     its towers; the recipe's when left out
 * @param chunk clips of a step whose graph is held at a time; 0, as when left out, for all. The
 *     gradients are the same up to rounding; each clip is embedded twice
 */
public record TrainConfig(
        @JsonProperty(required = true) Stage stage,
        @JsonProperty(required = true) String name,
        @Nullable String data,
        @Nullable String init,
        String split,
        String selection,
        @Nullable JsonNode model,
        @Nullable JsonNode preprocessing,
        int vocabularySize,
        @JsonProperty(required = true) int epochs,
        @JsonProperty(required = true) int batchSize,
        @JsonProperty(required = true) int framesPerClip,
        @Nullable NewParts newParts,
        @JsonProperty(required = true) double learningRate,
        @Nullable Double gateLearningRate,
        @Nullable Double queryLearningRate,
        @JsonProperty(required = true) double imageLearningRate,
        @JsonProperty(required = true) double textLearningRate,
        double audioLearningRate,
        @JsonProperty(required = true) double weightDecay,
        @JsonProperty(required = true) double warmup,
        @JsonProperty(required = true) double maxGradientNorm,
        @JsonProperty(required = true) boolean flip,
        @JsonProperty(required = true) long seed,
        Rule optimiser,
        Groups groups,
        int chunk,
        Samples samples,
        int patience,
        Precision precision,
        boolean recompute) {

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** Of models and preprocessing, all of whose keys have to be there. */
    private static final ObjectMapper WHOLE =
            JSON.copy()
                    .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES);

    /**
     * What a stage trains: a tower, or a model on top of both.
     *
     * @param name {@code CLIP}, {@code AST}, or an {@link Architecture}'s in upper case
     */
    public record Stage(@JsonValue String name) {
        public static final Stage CLIP = new Stage("CLIP");
        public static final Stage AST = new Stage("AST");
        public static final Stage AVIGATE = new Stage("AVIGATE");

        private static List<String> names() {
            List<String> names = new ArrayList<>(List.of("CLIP", "AST"));
            Architecture.ALL.forEach(kind -> names.add(kind.id().toUpperCase(Locale.ROOT)));
            return names;
        }

        @JsonCreator
        public Stage {
            List<String> names = names();
            if (!names.contains(name)) {
                throw new IllegalArgumentException(
                        "stage %s; known are %s".formatted(name, String.join(", ", names)));
            }
        }

        /** Whether it trains a whole model, on all captions. */
        boolean trainsModel() {
            return !equals(CLIP) && !equals(AST);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** Where the parts on top of the towers come from. */
    public enum NewParts {
        @JsonProperty("drawn")
        DRAWN,
        @JsonProperty("kept")
        KEPT
    }

    /** How parameters move. */
    public enum Rule {
        @JsonProperty("adamw")
        ADAMW,
        @JsonProperty("bert_adam")
        BERT_ADAM
    }

    /** Which {@link ParameterGroups}. */
    public enum Groups {
        @JsonProperty("recipe")
        RECIPE,
        @JsonProperty("reference")
        REFERENCE
    }

    /** What an epoch goes through. */
    public enum Samples {
        @JsonProperty("clips")
        CLIPS,
        @JsonProperty("captions")
        CAPTIONS
    }

    /** What is computed in. */
    public enum Precision {
        @JsonProperty("fp32")
        FP32,
        @JsonProperty("bf16")
        BF16
    }

    public TrainConfig {
        samples = Objects.requireNonNullElse(samples, Samples.CLIPS);
        precision = Objects.requireNonNullElse(precision, Precision.FP32);
        split = Objects.requireNonNullElse(split, "train");
        selection = Objects.requireNonNullElse(selection, "val");
        optimiser = Objects.requireNonNullElse(optimiser, Rule.ADAMW); // keys may be left out
        groups = Objects.requireNonNullElse(groups, Groups.RECIPE);
        newParts = newParts == NewParts.DRAWN ? null : newParts; // one configuration, one identity
        if (chunk < 0) {
            throw new IllegalArgumentException("chunk %d; it is 0 or more".formatted(chunk));
        }
        if (groups == Groups.REFERENCE && (gateLearningRate != null || queryLearningRate != null)) {
            throw new IllegalArgumentException(
                    "gateLearningRate %s and queryLearningRate %s with groups reference, which have"
                                    .formatted(gateLearningRate, queryLearningRate)
                            + " rates of their own; leave them out");
        }
        if (groups == Groups.REFERENCE && audioLearningRate > 0) {
            throw new IllegalArgumentException(
                    "audioLearningRate %s with groups reference, which freeze AST; use 0"
                            .formatted(audioLearningRate));
        }
        if (groups == Groups.REFERENCE
                && (!stage.equals(Stage.AVIGATE) || imageLearningRate != textLearningRate)) {
            throw new IllegalArgumentException(
                    ("groups reference belong to stage AVIGATE (this is %s) and have one rate for"
                                    + " both towers (imageLearningRate is %s, textLearningRate %s)")
                            .formatted(stage, imageLearningRate, textLearningRate));
        }
        if (epochs < 1 || batchSize < 2 || framesPerClip < 0 || patience < 0) {
            throw new IllegalArgumentException(
                    ("epochs %d (at least 1), batchSize %d (at least 2), framesPerClip %d and"
                                    + " patience %d (0 or more)")
                            .formatted(epochs, batchSize, framesPerClip, patience));
        }
        requireRate("gateLearningRate", gateLearningRate, stage);
        requireRate("queryLearningRate", queryLearningRate, stage);
        if (!(learningRate > 0)
                || !(imageLearningRate >= 0)
                || !(textLearningRate >= 0)
                || !(audioLearningRate >= 0)
                || !(weightDecay >= 0)
                || !(warmup >= 0 && warmup < 1)
                || !(maxGradientNorm > 0)) {
            throw new IllegalArgumentException(
                    ("learningRate %s and maxGradientNorm %s must be above 0, imageLearningRate %s,"
                                    + " textLearningRate %s, audioLearningRate %s and weightDecay %s"
                                    + " not below, warmup %s in 0 to 1")
                            .formatted(
                                    learningRate,
                                    maxGradientNorm,
                                    imageLearningRate,
                                    textLearningRate,
                                    audioLearningRate,
                                    weightDecay,
                                    warmup));
        }
        if (stage.trainsModel() && imageLearningRate == 0 && framesPerClip > 0) {
            throw new IllegalArgumentException(
                    "framesPerClip %d with a frozen image tower (imageLearningRate 0); use 0"
                            .formatted(framesPerClip));
        }
        if (newParts != null && !stage.trainsModel()) {
            throw new IllegalArgumentException(
                    "newParts with stage %s, which trains a tower; leave it out".formatted(stage));
        }
        if (stage.equals(Stage.CLIP) && (model == null || preprocessing == null)) {
            throw new IllegalArgumentException(
                    "the first stage needs the keys model and preprocessing");
        }
    }

    private static void requireRate(String key, @Nullable Double rate, Stage stage) {
        if (rate != null && (!(rate > 0) || !stage.trainsModel())) {
            throw new IllegalArgumentException(
                    "%s %s with stage %s; it must be above 0, and left out of stages that train a tower"
                            .formatted(key, rate, stage));
        }
    }

    /**
     * The architecture that is trained.
     *
     * @param start that of the model the stage starts from; null in the first stage
     * @throws IllegalArgumentException if the key model does not describe one
     */
    public ModelConfig architecture(@Nullable ModelConfig start) {
        if (start == null) {
            ObjectNode base = JSON.createObjectNode();
            base.set("ablation", JSON.valueToTree(AvigateConfig.Ablation.NOTHING));
            return patched(base, AvigateConfig.class);
        }
        if (!stage.trainsModel()) {
            return patched(JSON.valueToTree(start), start.getClass());
        }
        Architecture<?> kind = Architecture.named(stage.name().toLowerCase(Locale.ROOT));
        return patched(JSON.valueToTree(kind.over().apply(start)), kind.configuration());
    }

    private <C extends ModelConfig> C patched(JsonNode base, Class<C> type) {
        try {
            return WHOLE.treeToValue(model == null ? base : MergePatch.apply(base, model), type);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("key model: " + firstLine(e), e);
        }
    }

    /**
     * What goes in.
     *
     * @param start that of the model the stage starts from; null in the first stage
     * @throws IllegalArgumentException if the key preprocessing does not describe it
     */
    public Preprocessing inputs(@Nullable Preprocessing start) {
        try {
            ObjectNode base = start == null ? JSON.createObjectNode() : JSON.valueToTree(start);
            base.putIfAbsent("frameShiftMs", JSON.getNodeFactory().numberNode(0.0));
            return WHOLE.treeToValue(
                    preprocessing == null ? base : MergePatch.apply(base, preprocessing),
                    Preprocessing.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("key preprocessing: " + firstLine(e), e);
        }
    }

    /** This configuration as JSON, keys without a value left out. */
    public ObjectNode json() {
        ObjectNode json = JSON.valueToTree(this);
        ObjectNode given = JSON.createObjectNode();
        json.properties().stream()
                .filter(e -> !e.getValue().isNull())
                .forEach(e -> given.set(e.getKey(), e.getValue()));
        return given;
    }

    /**
     * Reads a configuration.
     *
     * @throws IOException naming the file and the key that is unknown, missing or out of range
     */
    public static TrainConfig load(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(file + ": no such configuration");
        }
        try {
            return of(JSON.readTree(file.toFile()));
        } catch (JsonProcessingException e) {
            throw new IOException(file + ": " + firstLine(e), e);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /**
     * A configuration from JSON.
     *
     * @throws IllegalArgumentException naming the key that is unknown, missing or out of range
     */
    public static TrainConfig of(JsonNode json) {
        JsonNode given = json.deepCopy();
        if (given instanceof ObjectNode keys) {
            keys.removeIf(JsonNode::isNull); // as if left out
            List<String> known =
                    Arrays.stream(TrainConfig.class.getRecordComponents())
                            .map(RecordComponent::getName)
                            .toList();
            for (String key : (Iterable<String>) keys::fieldNames) {
                if (!known.contains(key)) {
                    throw new IllegalArgumentException(
                            "unknown key \"%s\"; known are %s"
                                    .formatted(key, String.join(", ", known)));
                }
            }
        }
        try {
            return JSON.treeToValue(given, TrainConfig.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(firstLine(e), e);
        }
    }

    private static String firstLine(JsonProcessingException e) {
        return String.valueOf(e.getOriginalMessage())
                .lines()
                .findFirst()
                .orElse("")
                .replaceFirst(
                        "^(?:Missing|Null value for) (?:required )?creator property '([^']*)'.*",
                        "no key \"$1\"; it is needed");
    }
}
