package javigate.train;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import javigate.model.Preprocessing;
import javigate.model.avigate.AvigateConfig;
import org.jspecify.annotations.Nullable;

/**
 * One stage of training, as a JSON file; unknown keys are errors.
 *
 * @param stage what is trained: the CLIP towers, the audio tower, or AVIGATE on top of both
 * @param name name of the model that comes out
 * @param model architecture; given in the first stage, null where the stage starts from a
 *     checkpoint
 * @param preprocessing what goes in; likewise
 * @param vocabularySize token ids of the vocabulary learnt in the first stage; 0 likewise
 * @param epochs passes over the training clips, at least 1
 * @param batchSize pairs per step, at least 2
 * @param framesPerClip pictures of a clip that a step sees, drawn anew each time; 0 for all, as a
 *     frozen image tower needs
 * @param learningRate rate of new parts
 * @param imageLearningRate rate of the image tower in the AVIGATE stage; 0 freezes it, and its
 *     frames are then computed only once
 * @param textLearningRate rate of the text tower in the AVIGATE stage, which meets the words for
 *     sounds there for the first time; 0 freezes it
 * @param weightDecay decoupled decay of the parameters that the groups let decay
 * @param warmup share of the steps over which the rate rises, 0 to 1 ({@link WarmupCosine})
 * @param maxGradientNorm gradients are clipped to this norm, above 0
 * @param flip whether half of the clips are mirrored; with a frozen image tower, half of the
 *     batches
 * @param seed of initialisation, order and draws
 * @param optimiser AdamW with a re-based schedule, or the official code's BertAdam with its own;
 *     AdamW when left out
 * @param groups which parameters train, how fast, and which decay: the recipe's, or in the AVIGATE
 *     stage the official code's, where imageLearningRate and textLearningRate are the one rate of
 *     its towers; the recipe's when left out
 * @param chunk clips of a step whose graph is held at a time; 0 for all. The gradients are the same
 *     up to rounding; each clip is embedded twice
 */
public record TrainConfig(
        Stage stage,
        String name,
        @Nullable AvigateConfig model,
        @Nullable Preprocessing preprocessing,
        int vocabularySize,
        int epochs,
        int batchSize,
        int framesPerClip,
        double learningRate,
        double imageLearningRate,
        double textLearningRate,
        double weightDecay,
        double warmup,
        double maxGradientNorm,
        boolean flip,
        long seed,
        Rule optimiser,
        Groups groups,
        int chunk) {

    /** What a stage trains. */
    public enum Stage {
        CLIP,
        AST,
        AVIGATE
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

    public TrainConfig {
        optimiser = Objects.requireNonNullElse(optimiser, Rule.ADAMW); // keys may be left out
        groups = Objects.requireNonNullElse(groups, Groups.RECIPE);
        if (chunk < 0) {
            throw new IllegalArgumentException("chunk %d; it is 0 or more".formatted(chunk));
        }
        if (groups == Groups.REFERENCE
                && (stage != Stage.AVIGATE || imageLearningRate != textLearningRate)) {
            throw new IllegalArgumentException(
                    ("groups reference belong to stage AVIGATE (this is %s) and have one rate for"
                                    + " both towers (imageLearningRate is %s, textLearningRate %s)")
                            .formatted(stage, imageLearningRate, textLearningRate));
        }
        if (epochs < 1 || batchSize < 2 || framesPerClip < 0) {
            throw new IllegalArgumentException(
                    "epochs %d (at least 1), batchSize %d (at least 2), framesPerClip %d (0 or more)"
                            .formatted(epochs, batchSize, framesPerClip));
        }
        if (!(learningRate > 0)
                || !(imageLearningRate >= 0)
                || !(textLearningRate >= 0)
                || !(weightDecay >= 0)
                || !(warmup >= 0 && warmup < 1)
                || !(maxGradientNorm > 0)) {
            throw new IllegalArgumentException(
                    ("learningRate %s and maxGradientNorm %s must be above 0, imageLearningRate %s,"
                                    + " textLearningRate %s and weightDecay %s not below, warmup %s"
                                    + " in 0 to 1")
                            .formatted(
                                    learningRate,
                                    maxGradientNorm,
                                    imageLearningRate,
                                    textLearningRate,
                                    weightDecay,
                                    warmup));
        }
        if (stage == Stage.AVIGATE && imageLearningRate == 0 && framesPerClip > 0) {
            throw new IllegalArgumentException(
                    "framesPerClip %d with a frozen image tower (imageLearningRate 0); use 0"
                            .formatted(framesPerClip));
        }
        if (stage == Stage.CLIP && (model == null || preprocessing == null)) {
            throw new IllegalArgumentException(
                    "the first stage needs the keys model and preprocessing");
        }
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
            return new ObjectMapper().readValue(file.toFile(), TrainConfig.class);
        } catch (JsonProcessingException e) {
            throw new IOException(
                    file
                            + ": "
                            + String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse(""),
                    e);
        }
    }
}
