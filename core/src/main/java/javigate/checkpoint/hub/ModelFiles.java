package javigate.checkpoint.hub;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which of a repository's files make a model. The weights come last, so a snapshot that has them
 * has the rest.
 *
 * @param files configuration and vocabulary, then the weights or their index
 * @param index the last of the files where the weights are in several
 */
record ModelFiles(List<String> files, @Nullable String index) {

    private static final List<String> SMALL =
            List.of(
                    "config.json",
                    "preprocessor_config.json",
                    "vocab.json",
                    "merges.txt",
                    "tokenizer.json",
                    "tokenizer_config.json",
                    "calibration.json");
    private static final String INDEX_END = ".index.json";
    private static final List<String> WEIGHTS =
            List.of(
                    "model.safetensors",
                    "model.safetensors" + INDEX_END,
                    "pytorch_model.bin",
                    "pytorch_model.bin" + INDEX_END);

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Chooses among a repository's files.
     *
     * @throws BadModelException where none has weights
     */
    static ModelFiles choose(Collection<String> all) throws BadModelException {
        List<String> files = new ArrayList<>(SMALL);
        files.retainAll(all);
        String weights =
                WEIGHTS.stream()
                        .filter(all::contains)
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        new BadModelException(
                                                "no weights among its files; one of these is"
                                                        + " needed: "
                                                        + String.join(", ", WEIGHTS)));
        files.add(weights);
        return new ModelFiles(List.copyOf(files), weights.endsWith(INDEX_END) ? weights : null);
    }

    /**
     * These files and the parts of the weights that an index names.
     *
     * @param indexJson the index's content
     * @param all the repository's files, which the parts must be among
     * @throws BadModelException where the index is damaged or names a file it must not
     */
    List<String> withParts(byte[] indexJson, Collection<String> all) throws IOException {
        JsonNode map;
        try {
            map = JSON.readTree(indexJson).path("weight_map");
        } catch (JsonProcessingException e) {
            throw new BadModelException(index + ": no JSON: " + e.getOriginalMessage());
        }
        Set<String> parts = new TreeSet<>();
        for (JsonNode part : map) {
            parts.add(requireSafe(part.asText()));
        }
        if (parts.isEmpty()) {
            throw new BadModelException(index + ": names no file of weights (weight_map)");
        }
        for (String part : parts) {
            if (!all.contains(part)) {
                throw new BadModelException(
                        index + ": names " + Messages.quoted(part) + ", which is not there");
            }
        }
        parts.removeAll(files);
        List<String> whole = new ArrayList<>(files);
        whole.addAll(parts);
        return whole;
    }

    /**
     * A file's path from a hub: relative, and below the folder it is resolved in.
     *
     * @throws BadModelException where it may lead elsewhere
     */
    static String requireSafe(String file) throws BadModelException {
        boolean safe = !file.contains("\\") && !file.matches("(?s)[A-Za-z]:.*");
        safe &= file.chars().noneMatch(Character::isISOControl);
        for (String part : file.split("/", -1)) {
            safe &= !part.isEmpty() && !part.equals(".") && !part.equals("..");
        }
        if (!safe) {
            throw new BadModelException(
                    "a file is named "
                            + Messages.quoted(file)
                            + ", which may lead out of its folder; nothing was written");
        }
        return file;
    }
}
