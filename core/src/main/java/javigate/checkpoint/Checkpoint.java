package javigate.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import javigate.model.Preprocessing;
import javigate.model.avigate.Avigate;
import javigate.model.avigate.AvigateConfig;
import javigate.model.clip.ClipTokenizer;
import javigate.tensor.Safetensors;
import javigate.tensor.Weights;
import org.jspecify.annotations.Nullable;

/**
 * A model in a folder: {@code config.json}, {@code model.safetensors}, {@code vocab.json} and
 * {@code merges.txt}, {@code preprocessor_config.json}, and a model card {@code README.md}.
 *
 * @param folder where it lies
 * @param name for people
 * @param config the architecture
 * @param preprocessing what goes in
 */
public record Checkpoint(
        Path folder, String name, AvigateConfig config, Preprocessing preprocessing) {

    private static final String WEIGHTS = "model.safetensors";
    private static final String CONFIG = "config.json";
    private static final String PREPROCESSING = "preprocessor_config.json";
    private static final ObjectMapper JSON =
            new ObjectMapper()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** The form of config.json: which architecture, which name, its values. */
    private record ConfigFile(String architecture, String name, AvigateConfig avigate) {}

    /**
     * Reads the descriptions, not the weights.
     *
     * @throws IOException naming the file that is missing or wrong
     */
    public static Checkpoint open(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException(folder + ": no such model folder");
        }
        ConfigFile file = read(folder.resolve(CONFIG), ConfigFile.class);
        if (!"avigate".equals(file.architecture())) {
            throw new IOException(
                    "%s: architecture %s; known is avigate"
                            .formatted(folder.resolve(CONFIG), file.architecture()));
        }
        return new Checkpoint(
                folder,
                file.name(),
                file.avigate(),
                read(folder.resolve(PREPROCESSING), Preprocessing.class));
    }

    /**
     * The small model that ships with javigate, trained on SightSound; unpacked to the user's cache
     * where javigate runs from a jar.
     */
    public static Checkpoint shipped() throws IOException {
        return open(ShippedModel.folder());
    }

    private static <T> T read(Path file, Class<T> type) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(
                    file
                            + ": missing; a model folder holds config.json, model.safetensors,"
                            + " vocab.json, merges.txt and preprocessor_config.json");
        }
        try {
            @Nullable T value = JSON.readValue(file.toFile(), type);
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

    /** The weights as stored, mapped; close them after use. */
    public Weights weights() throws IOException {
        return Safetensors.open(folder.resolve(WEIGHTS));
    }

    /**
     * Loads the model for use.
     *
     * @throws IOException if a file is missing or damaged, or the weights do not fit the
     *     configuration
     */
    public Avigate load() throws IOException {
        Weights weights = weights();
        try {
            return new Avigate(weights.asFloat32(), config, preprocessing, tokenizer());
        } catch (IllegalArgumentException e) {
            weights.close();
            throw new IOException(folder.resolve(WEIGHTS) + ": " + e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    /** SHA-256 of weights and descriptions: vectors of two models never mix. 64 hex digits. */
    public String fingerprint() throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part : new String[] {WEIGHTS, CONFIG, PREPROCESSING}) {
                try (InputStream in =
                        new DigestInputStream(Files.newInputStream(folder.resolve(part)), digest)) {
                    in.transferTo(java.io.OutputStream.nullOutputStream());
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
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
            AvigateConfig config,
            Preprocessing preprocessing,
            ClipTokenizer tokenizer,
            Weights weights,
            boolean half,
            String modelCard)
            throws IOException {
        Files.createDirectories(folder);
        // A half-written folder has no config.json and is no model.
        Files.deleteIfExists(folder.resolve(CONFIG));
        Safetensors.write(folder.resolve(WEIGHTS), weights.all(), half, Map.of("format", "pt"));
        tokenizer.save(folder);
        replace(folder.resolve(PREPROCESSING), JSON.writeValueAsString(preprocessing) + "\n");
        replace(folder.resolve("README.md"), modelCard);
        replace(
                folder.resolve(CONFIG),
                JSON.writeValueAsString(new ConfigFile("avigate", name, config)) + "\n");
        return open(folder);
    }

    private static void replace(Path file, String text) throws IOException {
        Path beside = file.resolveSibling(file.getFileName() + ".part");
        Files.writeString(beside, text);
        Files.move(
                beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
