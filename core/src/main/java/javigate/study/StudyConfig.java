package javigate.study;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javigate.train.MergePatch;
import javigate.train.TrainConfig;
import org.jspecify.annotations.Nullable;

/**
 * A study as a JSON file; unknown keys are errors.
 *
 * @param name of the study
 * @param base configuration that every variant changes, a file beside this one
 * @param change what all variants have changed, a merge patch of the base; null for nothing
 * @param split that is evaluated; every choice is made on the base's selection split
 * @param seeds each variant is trained once with each
 * @param variants the first is what the others are compared with
 */
public record StudyConfig(
        String name,
        String base,
        @Nullable JsonNode change,
        String split,
        List<Long> seeds,
        List<Variant> variants) {

    /** Keys of the base that no cell may change: all work on the same clips and start alike. */
    private static final List<String> SHARED =
            List.of("data", "init", "split", "selection", "preprocessing", "seed");

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * @param name of the row
     * @param table which table it stands in, for people
     * @param change merge patch (RFC 7396) of the base; null for none
     * @param seeds instead of the study's; null for those
     */
    public record Variant(
            String name, String table, @Nullable JsonNode change, @Nullable List<Long> seeds) {

        /** The name as a part of a file's. */
        String fileName() {
            return name.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}0-9.]+", "-");
        }
    }

    /** One training and its evaluation. */
    record Task(Variant variant, long seed) {}

    public StudyConfig {
        seeds = List.copyOf(seeds);
        variants = List.copyOf(variants);
        Set<String> names = new HashSet<>();
        for (Variant variant : variants) {
            if (!names.add(variant.fileName())) {
                throw new IllegalArgumentException(
                        "two variants named " + variant.fileName() + ", as files are");
            }
        }
        if (seeds.isEmpty() || variants.isEmpty()) {
            throw new IllegalArgumentException(
                    "%d seeds and %d variants; each needs one at least"
                            .formatted(seeds.size(), variants.size()));
        }
    }

    /**
     * Reads a study.
     *
     * @throws IOException naming the file and the key that is unknown, missing or wrong
     */
    public static StudyConfig load(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(file + ": no such study");
        }
        try {
            return JSON.readValue(file.toFile(), StudyConfig.class);
        } catch (JsonProcessingException e) {
            throw new IOException(
                    file
                            + ": "
                            + String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse(""),
                    e);
        }
    }

    /** Seeds of a variant. */
    List<Long> seedsOf(Variant variant) {
        return variant.seeds() == null ? seeds : variant.seeds();
    }

    /** All cells, seed by seed, so that a study that is cut short has whole seeds. */
    List<Task> tasks() {
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; ; i++) {
            int round = i;
            List<Task> next =
                    variants.stream()
                            .filter(v -> seedsOf(v).size() > round)
                            .map(v -> new Task(v, seedsOf(v).get(round)))
                            .toList();
            if (next.isEmpty()) {
                return tasks;
            }
            tasks.addAll(next);
        }
    }

    /**
     * The configuration of a cell.
     *
     * @param base as JSON
     * @throws IllegalArgumentException naming the variant and the key that is wrong
     */
    TrainConfig configuration(JsonNode base, Task task) {
        JsonNode json = base;
        for (JsonNode patch : new JsonNode[] {change, task.variant().change()}) {
            if (patch != null) {
                for (String key : SHARED) {
                    if (patch.has(key)) {
                        throw new IllegalArgumentException(
                                "variant %s changes %s, which all cells of a study share"
                                        .formatted(task.variant().name(), key));
                    }
                }
                json = MergePatch.apply(json, patch);
            }
        }
        json =
                MergePatch.apply(
                        json, JsonNodeFactory.instance.objectNode().put("seed", task.seed()));
        try {
            return TrainConfig.of(json);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "variant " + task.variant().name() + ": " + e.getMessage(), e);
        }
    }
}
