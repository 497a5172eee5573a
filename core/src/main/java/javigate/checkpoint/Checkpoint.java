package javigate.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import javigate.model.Preprocessing;
import javigate.model.RetrievalModel;
import javigate.model.avigate.Avigate;
import javigate.model.avigate.AvigateConfig;
import javigate.model.clip.ClipTokenizer;
import javigate.model.clip4clip.Clip4Clip;
import javigate.model.clip4clip.Clip4ClipConfig;
import javigate.tensor.Safetensors;
import javigate.tensor.Weights;
import org.jspecify.annotations.Nullable;

/**
 * A model in a folder: {@code config.json}, {@code model.safetensors}, {@code vocab.json} and
 * {@code merges.txt}, {@code preprocessor_config.json}, and a model card {@code README.md}.
 *
 * @param folder where it lies
 * @param name for people
 * @param architecture which model, with its configuration
 * @param preprocessing what goes in
 */
public record Checkpoint(
        Path folder, String name, Architecture architecture, Preprocessing preprocessing) {

    static final String WEIGHTS = "model.safetensors";
    private static final String CONFIG = "config.json";
    private static final String PREPROCESSING = "preprocessor_config.json";
    private static final ObjectMapper JSON =
            new ObjectMapper()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** The form of config.json for AVIGATE: which architecture, which name, its values. */
    private record AvigateFile(String architecture, String name, AvigateConfig avigate) {}

    /** The same for CLIP4Clip. */
    private record Clip4ClipFile(String architecture, String name, Clip4ClipConfig clip4clip) {}

    /**
     * Reads the descriptions, not the weights.
     *
     * @throws IOException naming the file that is missing or wrong
     */
    public static Checkpoint open(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException(folder + ": no such model folder");
        }
        Path config = folder.resolve(CONFIG);
        JsonNode json = read(config);
        Preprocessing preprocessing =
                convert(
                        folder.resolve(PREPROCESSING),
                        read(folder.resolve(PREPROCESSING)),
                        Preprocessing.class);
        return switch (json.path("architecture").asText()) {
            case "avigate" -> {
                if (json.path("avigate") instanceof ObjectNode own && !own.has("ablation")) {
                    own.set("ablation", JSON.valueToTree(AvigateConfig.Ablation.NOTHING));
                } // models from before the ablations
                AvigateFile file = convert(config, json, AvigateFile.class);
                yield new Checkpoint(
                        folder,
                        file.name(),
                        new Architecture.Avigate(file.avigate()),
                        preprocessing);
            }
            case "clip4clip" -> {
                Clip4ClipFile file = convert(config, json, Clip4ClipFile.class);
                yield new Checkpoint(
                        folder,
                        file.name(),
                        new Architecture.Clip4Clip(file.clip4clip()),
                        preprocessing);
            }
            default ->
                    throw new IOException(
                            "%s: architecture \"%s\"; known are avigate and clip4clip"
                                    .formatted(config, json.path("architecture").asText()));
        };
    }

    /**
     * Whether a folder holds a model of this form: a config.json that names an architecture. One
     * that is no JSON counts, so that opening the model says so, and no other model suffers.
     */
    public static boolean isModel(Path folder) throws IOException {
        Path config = folder.resolve(CONFIG);
        if (!Files.isRegularFile(config) || Files.size(config) >= 1 << 20) {
            return false;
        }
        try {
            return JSON.readTree(config.toFile()).has("architecture");
        } catch (JsonProcessingException _) {
            return true;
        }
    }

    /**
     * The small model that ships with javigate, trained on SightSound; unpacked to the user's cache
     * where javigate runs from a jar.
     */
    public static Checkpoint shipped() throws IOException {
        return open(ShippedModel.folder());
    }

    private static JsonNode read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(
                    file
                            + ": missing; a model folder holds config.json, model.safetensors,"
                            + " vocab.json, merges.txt and preprocessor_config.json");
        }
        try {
            return JSON.readTree(file.toFile());
        } catch (JsonProcessingException e) {
            throw new IOException(file + ": " + e.getOriginalMessage(), e);
        }
    }

    private static <T> T convert(Path file, JsonNode json, Class<T> type) throws IOException {
        try {
            @Nullable T value = JSON.treeToValue(json, type);
            if (value == null) {
                throw new IOException(file + ": holds null, not an object");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw new IOException(file + ": " + e.getOriginalMessage(), e);
        }
    }

    /** The tokenizer of the folder. */
    public ClipTokenizer tokenizer() throws IOException {
        return ClipTokenizer.load(folder);
    }

    /** The file the weights lie in. */
    public Path weightFile() {
        return folder.resolve(WEIGHTS);
    }

    /** The weights as stored, mapped; close them after use. */
    public Weights weights() throws IOException {
        return Safetensors.open(folder.resolve(WEIGHTS));
    }

    /**
     * The configuration, for what works with AVIGATE only.
     *
     * @param user what needs it, for the message
     * @throws IOException if the folder holds another architecture
     */
    public AvigateConfig avigateFor(String user) throws IOException {
        return switch (architecture) {
            case Architecture.Avigate(AvigateConfig config) -> config;
            case Architecture.Clip4Clip _ ->
                    throw new IOException(
                            "%s: a %s model; %s needs an avigate model"
                                    .formatted(folder, architecture.id(), user));
        };
    }

    /**
     * Loads the model for use.
     *
     * @throws IOException if a file is missing or damaged, or the weights do not fit the
     *     configuration
     */
    public RetrievalModel load() throws IOException {
        Weights weights = weights();
        try {
            String _ = fingerprint(); // checks the values, where they are new
            return switch (architecture) {
                case Architecture.Avigate(AvigateConfig config) ->
                        new Avigate(weights.asFloat32(), config, preprocessing, tokenizer());
                case Architecture.Clip4Clip(Clip4ClipConfig config) ->
                        new Clip4Clip(weights.asFloat32(), config, preprocessing, tokenizer());
            };
        } catch (IllegalArgumentException e) {
            weights.close();
            throw new IOException(folder.resolve(WEIGHTS) + ": " + e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    /**
     * SHA-256 of weights and descriptions: vectors of two models never mix. Remembered while the
     * files stay as they are, with a check that all weights are finite numbers.
     *
     * @return 64 hex digits
     * @throws IOException if a file is missing, or a weight is NaN or infinite
     */
    public String fingerprint() throws IOException {
        return Fingerprints.of(
                List.of(
                        folder.resolve(WEIGHTS),
                        folder.resolve(CONFIG),
                        folder.resolve(PREPROCESSING)),
                this::requireFinite);
    }

    private void requireFinite() throws IOException {
        try (Weights weights = weights()) {
            weights.requireFinite();
        } catch (IllegalArgumentException e) {
            throw new IOException(folder.resolve(WEIGHTS) + ": " + e.getMessage(), e);
        }
    }

    /**
     * Writes a model folder, its config.json last: a folder without one is no model.
     *
     * @param half whether the weights are stored as fp16
     * @param modelCard text of README.md
     */
    public static Checkpoint save(
            Path folder,
            String name,
            Architecture architecture,
            Preprocessing preprocessing,
            ClipTokenizer tokenizer,
            Weights weights,
            boolean half,
            String modelCard)
            throws IOException {
        return save(
                folder,
                name,
                architecture,
                preprocessing,
                tokenizer,
                weights,
                half,
                modelCard,
                _ -> {});
    }

    /** The same, telling {@code written} of the bytes of each piece of the weights. */
    static Checkpoint save(
            Path folder,
            String name,
            Architecture architecture,
            Preprocessing preprocessing,
            ClipTokenizer tokenizer,
            Weights weights,
            boolean half,
            String modelCard,
            LongConsumer written)
            throws IOException {
        Files.createDirectories(folder);
        // A half-written folder has no config.json and is no model.
        Files.deleteIfExists(folder.resolve(CONFIG));
        Safetensors.write(
                folder.resolve(WEIGHTS), weights.all(), half, Map.of("format", "pt"), written);
        tokenizer.save(folder);
        replace(folder.resolve(PREPROCESSING), JSON.writeValueAsString(preprocessing) + "\n");
        replace(folder.resolve("README.md"), modelCard);
        Record config =
                switch (architecture) {
                    case Architecture.Avigate(AvigateConfig avigate) ->
                            new AvigateFile(architecture.id(), name, avigate);
                    case Architecture.Clip4Clip(Clip4ClipConfig clip4clip) ->
                            new Clip4ClipFile(architecture.id(), name, clip4clip);
                };
        replace(folder.resolve(CONFIG), JSON.writeValueAsString(config) + "\n");
        return open(folder);
    }

    /** Writes a text beside its file and renames it there. */
    static void replace(Path file, String text) throws IOException {
        Path beside = file.resolveSibling(file.getFileName() + ".part");
        Files.writeString(beside, text);
        Files.move(
                beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
