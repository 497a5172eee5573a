package javigate.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javigate.checkpoint.Checkpoint;
import javigate.checkpoint.ForeignWeights;
import javigate.checkpoint.ModelParts;
import javigate.checkpoint.WeightForm;
import javigate.tensor.Weights;

/**
 * What is known of a model or of weights from elsewhere.
 *
 * @param path folder or file
 * @param architecture what it is
 * @param parts its parameters
 * @param values per type, of the stored tensors
 * @param sha256 of the model (weights and descriptions), or of the weight file
 * @param bytes of the weights
 * @param text what else was said with them
 * @param recipe whether it is a model of which it is known what the reference's recipe trains
 */
record ModelSummary(
        Path path,
        String architecture,
        ModelParts parts,
        Map<String, Long> values,
        String sha256,
        long bytes,
        Map<String, String> text,
        boolean recipe) {

    private static final Set<WeightForm> WITH_RECIPE =
            EnumSet.of(
                    WeightForm.AVIGATE,
                    WeightForm.CLIP4CLIP_MEAN_POOL,
                    WeightForm.CLIP4CLIP_TRANSFORMER);

    static ModelSummary of(Checkpoint model) throws IOException {
        try (Weights weights = model.weights()) {
            Map<String, String> text = new LinkedHashMap<>();
            text.put("name", model.name());
            return new ModelSummary(
                    model.folder(),
                    model.architecture(),
                    ModelParts.of(weights),
                    weights.valuesPerType(),
                    model.fingerprint(),
                    Files.size(model.weightFile()),
                    text,
                    true);
        }
    }

    static ModelSummary of(ForeignWeights weights) throws IOException {
        Map<String, String> text = new LinkedHashMap<>(weights.stored().metadata());
        long kept = weights.weights().parameterCount();
        long stored = weights.stored().parameterCount();
        if (stored > kept) {
            text.put(
                    "dropped",
                    "%d values: heads and buffers retrieval does not use".formatted(stored - kept));
        }
        return new ModelSummary(
                weights.file(),
                weights.form().label(),
                ModelParts.of(weights.weights()),
                weights.stored().valuesPerType(),
                weights.sha256(),
                weights.bytes(),
                text,
                WITH_RECIPE.contains(weights.form()));
    }

    void print() {
        System.out.println(path);
        line("architecture", architecture);
        text.forEach((key, value) -> line(key, value.replaceAll("\\p{Cntrl}", " ")));
        List<String> types = new ArrayList<>();
        values.forEach(
                (type, count) -> types.add(String.format(Locale.ROOT, "%s %,d", type, count)));
        line("stored values", String.join(", ", types));
        line("size", String.format(Locale.ROOT, "%.1f MB", bytes / 1e6));
        line("SHA-256", sha256);
        System.out.printf("%n%-50s %13s%n", "part", "parameters");
        for (ModelParts.Part part : parts.parts()) {
            System.out.printf(
                    Locale.ROOT,
                    "%-50s %,13d%n",
                    (part.within() ? "  " : "") + part.name(),
                    part.parameters());
        }
        System.out.printf(Locale.ROOT, "%-50s %,13d%n", "total", parts.total());
        if (recipe) {
            System.out.printf(
                    Locale.ROOT,
                    "%-50s %,13d%n",
                    "trained by the reference's recipe",
                    parts.trained());
        }
    }

    private static void line(String key, String value) {
        System.out.printf("  %-14s %s%n", key, value);
    }

    Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("path", path.toString());
        fields.put("architecture", architecture);
        fields.putAll(text);
        fields.put("storedValues", values);
        fields.put("bytes", bytes);
        fields.put("sha256", sha256);
        List<Map<String, Object>> list = new ArrayList<>();
        for (ModelParts.Part part : parts.parts()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("part", part.name());
            one.put("parameters", part.parameters());
            one.put("within", part.within());
            list.add(one);
        }
        fields.put("parts", list);
        fields.put("parameters", parts.total());
        if (recipe) {
            fields.put("trained", parts.trained());
        }
        return fields;
    }
}
