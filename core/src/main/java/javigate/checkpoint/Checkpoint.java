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
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import javigate.model.ModelConfig;
import javigate.model.Preprocessing;
import javigate.model.RetrievalModel;
import javigate.model.avigate.AvigateConfig;
import javigate.model.clip.ClipTokenizer;
import javigate.tensor.Safetensors;
import javigate.tensor.Sha256;
import javigate.tensor.Weights;
import org.jspecify.annotations.Nullable;

/**
 * A model in a folder: {@code config.json}, {@code model.safetensors}, {@code vocab.json} and
 * {@code merges.txt}, {@code preprocessor_config.json}, and a model card {@code README.md}; and
 * {@code calibration.json} where the model was calibrated ({@link Calibration}).
 *
 * @param folder where it lies
 * @param name for people
 * @param config which model, with all that makes it differ from others of its kind
 * @param preprocessing what goes in
 */
public record Checkpoint(
        Path folder, String name, ModelConfig config, Preprocessing preprocessing) {

    static final String WEIGHTS = "model.safetensors";
    private static final String CONFIG = "config.json";

    /** Key of the vocabulary's SHA-256; models of earlier versions have none. */
    private static final String VOCABULARY = "vocabulary";

    private static final String PREPROCESSING = "preprocessor_config.json";
    private static final ObjectMapper JSON =
            new ObjectMapper()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

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
        JsonNode inputs = read(folder.resolve(PREPROCESSING));
        if (inputs instanceof ObjectNode own && !own.has("frameShiftMs")) {
            own.put("frameShiftMs", 0); // written only where it is fixed
        }
        Preprocessing preprocessing =
                convert(folder.resolve(PREPROCESSING), inputs, Preprocessing.class);
        return new Checkpoint(
                folder, name(config, json), configuration(config, json), preprocessing);
    }

    private static String name(Path file, JsonNode json) throws IOException {
        if (!json.path("name").isTextual()) {
            throw new IOException(file + ": no key name, or no text");
        }
        return json.path("name").asText();
    }

    /** The configuration under its architecture's name; other keys are errors. */
    private static ModelConfig configuration(Path file, JsonNode json) throws IOException {
        try {
            Architecture<?> kind = Architecture.named(json.path("architecture").asText());
            for (String key : (Iterable<String>) json::fieldNames) {
                if (!Set.of("architecture", "name", VOCABULARY, kind.id()).contains(key)) {
                    throw new IOException(file + ": unknown key " + key);
                }
            }
            if (json.path(kind.id()) instanceof ObjectNode own
                    && kind.configuration() == AvigateConfig.class
                    && !own.has("ablation")) { // models from before the ablations
                own.set("ablation", JSON.valueToTree(AvigateConfig.Ablation.NOTHING));
            }
            return convert(file, json.path(kind.id()), kind.configuration());
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
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

    static JsonNode read(Path file) throws IOException {
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

    static <T> T convert(Path file, JsonNode json, Class<T> type) throws IOException {
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

    /**
     * The tokenizer of the folder.
     *
     * @throws IOException if a file is missing, or if they are not those the model was saved with
     */
    public ClipTokenizer tokenizer() throws IOException {
        ClipTokenizer tokenizer = ClipTokenizer.load(folder);
        JsonNode saved = read(folder.resolve(CONFIG)).path(VOCABULARY);
        if (!saved.isMissingNode() && !saved.asText().equals(vocabulary(folder))) {
            throw new IOException(
                    folder
                            + ": vocab.json and merges.txt are not those the model was saved with,"
                            + " so that it would read other words; restore them");
        }
        return tokenizer;
    }

    /** SHA-256 of the vocabulary's files. */
    private static String vocabulary(Path folder) throws IOException {
        MessageDigest digest = Sha256.digest();
        for (String file : List.of("vocab.json", "merges.txt")) {
            Sha256.add(folder.resolve(file), digest, _ -> {});
        }
        return HexFormat.of().formatHex(digest.digest());
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
        if (config instanceof AvigateConfig avigate) {
            return avigate;
        }
        throw new IOException(
                "%s: a %s model; %s needs an avigate model"
                        .formatted(folder, architecture(), user));
    }

    /** The name of its kind. */
    public String architecture() {
        return Architecture.of(config).id();
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
            return Architecture.model(weights.asFloat32(), config, preprocessing, tokenizer());
        } catch (IllegalArgumentException e) {
            weights.close();
            throw new IOException(folder.resolve(WEIGHTS) + ": " + e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    /**
     * SHA-256 of weights and descriptions, which name the vocabulary's: vectors of two models never
     * mix. Remembered while the files stay as they are, with a check that all weights are finite
     * numbers.
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
            ModelConfig config,
            Preprocessing preprocessing,
            ClipTokenizer tokenizer,
            Weights weights,
            boolean half,
            String modelCard)
            throws IOException {
        return save(
                folder, name, config, preprocessing, tokenizer, weights, half, modelCard, _ -> {});
    }

    /** The same, telling {@code written} of the bytes of each piece of the weights. */
    static Checkpoint save(
            Path folder,
            String name,
            ModelConfig config,
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
        Files.deleteIfExists(folder.resolve(Calibration.FILE)); // of other weights
        Safetensors.write(
                folder.resolve(WEIGHTS), weights.all(), half, Map.of("format", "pt"), written);
        tokenizer.save(folder);
        replace(folder.resolve(PREPROCESSING), JSON.writeValueAsString(preprocessing) + "\n");
        replace(folder.resolve("README.md"), modelCard);
        String kind = Architecture.of(config).id();
        ObjectNode json = JSON.createObjectNode();
        json.put("architecture", kind).put("name", name).put(VOCABULARY, vocabulary(folder));
        json.set(kind, JSON.valueToTree(config));
        replace(folder.resolve(CONFIG), JSON.writeValueAsString(json) + "\n");
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
