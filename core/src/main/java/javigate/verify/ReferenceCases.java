package javigate.verify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javigate.tensor.Engine;
import javigate.tensor.Safetensors;
import javigate.tensor.Weights;
import org.bytedeco.javacpp.PointerScope;
import org.jspecify.annotations.Nullable;

/**
 * Runs every reference case in a folder: CASE.json describes it and states its tolerance,
 * CASE.safetensors holds inputs, weights and expected outputs.
 */
public final class ReferenceCases {

    /** What became of a case. */
    public enum Status {
        PASS,
        FAIL,
        /** No part of javigate computes this yet. */
        NOT_YET,
        /** The case needs a file that was not given. */
        SKIPPED
    }

    /**
     * @param name the case
     * @param comparisons tensors or values compared
     * @param largestError largest absolute error; NaN where nothing was compared, as is worstShare
     * @param tolerance the tolerance as the case states it
     * @param worstShare largest error as a share of what was allowed there, 0 to 1 when it passes
     * @param detail what failed or is missing; empty when it passes
     */
    public record Outcome(
            String name,
            Status status,
            int comparisons,
            double largestError,
            String tolerance,
            double worstShare,
            String detail) {

        /** One line for people. */
        public String line() {
            String result =
                    switch (status) {
                        case PASS -> "pass";
                        case FAIL -> "FAIL";
                        case NOT_YET -> "not yet";
                        case SKIPPED -> "skipped";
                    };
            if (status == Status.NOT_YET || status == Status.SKIPPED || comparisons == 0) {
                return "%-20s %s  %s".formatted(name, result, detail).stripTrailing();
            }
            return String.format(
                            Locale.ROOT,
                            "%-20s %-7s %4d compared  largest error %.2e (%s)  tolerance %s  %s",
                            name,
                            result,
                            comparisons,
                            largestError,
                            Double.isFinite(worstShare)
                                    ? Math.round(100 * worstShare) + " % of its tolerance"
                                    : "beyond its tolerance",
                            tolerance,
                            detail)
                    .stripTrailing();
        }
    }

    @FunctionalInterface
    private interface Check {
        void run(ReferenceCase c, Path folder) throws IOException;
    }

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private static final String TOKENIZER = "tokenizer";

    private static final Map<String, Check> CHECKS =
            Map.ofEntries(
                    Map.entry("fbank", SoundCases::fbank),
                    Map.entry("frame_sampling", FrameCases::sampling),
                    Map.entry("frame_transform", FrameCases::transform),
                    Map.entry("clip_tiny", ModelCases::clip),
                    Map.entry("ast_tiny", ModelCases::ast),
                    Map.entry("audio_resampler", ModelCases::audioResampler),
                    Map.entry("gated_fusion", ModelCases::gatedFusion),
                    Map.entry("similarity", SimilarityCase::run),
                    Map.entry("metrics", MetricsCase::run),
                    Map.entry("xpool", XPoolCase::run),
                    Map.entry("tefal", TefalCase::run),
                    Map.entry("eclipse_fusion", EclipseCase::run),
                    Map.entry("avigate_end_to_end", AvigateCase::endToEnd),
                    Map.entry("train_trajectory", TrainTrajectoryCase::run));

    /** Failures named in an outcome's detail; the rest are counted. */
    private static final int NAMED_FAILURES = 3;

    private ReferenceCases() {}

    /**
     * Runs the cases in order of their file names. A case that cannot be read fails; the others
     * still run.
     *
     * @param folder CASE.json and CASE.safetensors files; JSON files without a field "case" are
     *     passed over
     * @param vocabulary CLIP's, for the tokenizer's case, in any form {@link
     *     javigate.model.clip.ClipTokenizer#load} takes; without it that case is skipped
     * @param each told of every outcome as it comes
     * @return all outcomes
     * @throws IOException if the folder cannot be read or holds no case
     */
    public static List<Outcome> run(Path folder, @Nullable Path vocabulary, Consumer<Outcome> each)
            throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException(folder + ": no such folder of reference cases");
        }
        List<Path> files;
        try (var listing = Files.list(folder)) {
            files = listing.filter(f -> f.toString().endsWith(".json")).sorted().toList();
        }
        Engine.start();
        List<Outcome> outcomes = new ArrayList<>();
        for (Path file : files) {
            Outcome outcome = runFile(file, folder, vocabulary);
            if (outcome != null) {
                outcomes.add(outcome);
                each.accept(outcome);
            }
        }
        if (outcomes.isEmpty()) {
            throw new IOException(
                    folder + ": no reference cases (CASE.json with a field \"case\") in it");
        }
        return outcomes;
    }

    /** Null where the file is not a case. */
    private static @Nullable Outcome runFile(Path file, Path folder, @Nullable Path vocabulary) {
        JsonNode json;
        try {
            json = JSON.readTree(file.toFile());
        } catch (JsonProcessingException e) {
            return failed(stem(file), "", file + ": not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            return failed(stem(file), "", file + ": cannot be read: " + e.getMessage());
        }
        if (json.isMissingNode()) {
            return failed(stem(file), "", file + ": empty");
        }
        if (!json.path("case").isTextual()) {
            return null;
        }
        String name = json.path("case").asText();
        if (name.equals(TOKENIZER)) {
            return vocabulary == null
                    ? outcome(name, Status.SKIPPED, "give CLIP's vocabulary by --vocab FILE")
                    : runCase(json, folder, (c, _) -> TokenizerCase.run(c, vocabulary));
        }
        Check check = CHECKS.get(name);
        return check == null ? outcome(name, Status.NOT_YET, "") : runCase(json, folder, check);
    }

    private static Outcome runCase(JsonNode json, Path folder, Check check) {
        String name = json.path("case").asText();
        String tolerance = tolerance(json.path("tolerance"));
        try (var _ = new PointerScope();
                Weights tensors = tensors(json, folder)) {
            ReferenceCase c = new ReferenceCase(json, tensors);
            check.run(c, folder);
            if (c.comparisons() == 0) {
                return failed(name, tolerance, "nothing in it could be compared");
            }
            return new Outcome(
                    name,
                    c.failures().isEmpty() ? Status.PASS : Status.FAIL,
                    c.comparisons(),
                    c.largestError(),
                    tolerance,
                    c.worstShare(),
                    summary(c.failures()));
        } catch (IOException | RuntimeException e) {
            return failed(name, tolerance, firstLine(e));
        }
    }

    private static Weights tensors(JsonNode json, Path folder) throws IOException {
        JsonNode file = json.path("file");
        if (!file.isTextual()) {
            return new Weights();
        }
        return Safetensors.open(plainFile(folder, file.asText()));
    }

    /**
     * A file beside the case.
     *
     * @throws IOException if the name leads elsewhere
     */
    static Path plainFile(Path folder, String name) throws IOException {
        if (name.isEmpty() || name.contains("/") || name.contains("\\") || name.contains("\0")) {
            throw new IOException(folder + ": \"" + name + "\" is not a plain file name");
        }
        return folder.resolve(name);
    }

    private static Outcome failed(String name, String tolerance, String detail) {
        return new Outcome(name, Status.FAIL, 0, Double.NaN, tolerance, Double.NaN, detail);
    }

    private static Outcome outcome(String name, Status status, String detail) {
        return new Outcome(name, status, 0, Double.NaN, "", Double.NaN, detail);
    }

    /** libtorch's messages end in a native stack trace, of which the first line says it all. */
    private static String firstLine(Exception e) {
        String message = e.getMessage();
        return message == null ? e.toString() : message.lines().findFirst().orElse(e.toString());
    }

    private static String summary(List<String> failures) {
        String named = failures.stream().limit(NAMED_FAILURES).collect(Collectors.joining("; "));
        int rest = failures.size() - NAMED_FAILURES;
        return rest > 0 ? named + "; and " + rest + " more" : named;
    }

    private static String stem(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.substring(0, name.lastIndexOf('.'));
    }

    /** The tolerance of a case for people: its general one, then those of its parts. */
    private static String tolerance(JsonNode tolerance) {
        List<String> parts = new ArrayList<>();
        String general = bound(tolerance);
        if (!general.isEmpty()) {
            parts.add(general);
        }
        for (Map.Entry<String, JsonNode> part : tolerance.properties()) {
            if (part.getValue().isObject()) {
                String bound = bound(part.getValue());
                String text = bound.isEmpty() ? part.getValue().path("note").asText() : bound;
                parts.add(part.getKey() + " " + text);
            }
        }
        return parts.isEmpty() ? "exact" : String.join(", ", parts);
    }

    private static String bound(JsonNode tolerance) {
        List<String> terms = new ArrayList<>();
        for (String absolute : List.of("atol", "max_abs")) {
            if (tolerance.path(absolute).isNumber()) {
                terms.add(tolerance.path(absolute).asText());
            }
        }
        if (tolerance.path("rtol").isNumber()) {
            terms.add(tolerance.path("rtol").asText() + "·|x|");
        }
        if (tolerance.path("rtol_of_max_abs_in_tensor").isNumber()) {
            terms.add(tolerance.path("rtol_of_max_abs_in_tensor").asText() + "·max|x|");
        }
        return String.join(" + ", terms);
    }
}
