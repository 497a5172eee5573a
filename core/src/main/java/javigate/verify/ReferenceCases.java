package javigate.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import javigate.tensor.Engine;
import javigate.tensor.Safetensors;
import javigate.tensor.Weights;
import org.bytedeco.javacpp.PointerScope;

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
     * @param largestError largest absolute error
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
            if (status == Status.NOT_YET || status == Status.SKIPPED) {
                return "%-20s %s  %s".formatted(name, result, detail).stripTrailing();
            }
            return String.format(
                            Locale.ROOT,
                            "%-20s %-7s %4d compared  largest error %.2e (%.0f %% of its tolerance)"
                                    + "  tolerance %s  %s",
                            name,
                            result,
                            comparisons,
                            largestError,
                            100 * worstShare,
                            tolerance,
                            detail)
                    .stripTrailing();
        }
    }

    @FunctionalInterface
    private interface Check {
        void run(ReferenceCase c, Path folder) throws IOException;
    }

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Map<String, Check> CHECKS =
            new TreeMap<>(
                    Map.of(
                            "clip_tiny", ModelCases::clip,
                            "ast_tiny", ModelCases::ast,
                            "audio_resampler", ModelCases::audioResampler,
                            "gated_fusion", ModelCases::gatedFusion,
                            "similarity", ModelCases::similarity,
                            "avigate_end_to_end", ModelCases::endToEnd));

    private ReferenceCases() {}

    /**
     * Runs the cases in order of their names.
     *
     * @param folder CASE.json and CASE.safetensors files
     * @param each told of every outcome as it comes
     * @return all outcomes
     * @throws IOException if the folder cannot be read or holds no case
     */
    public static List<Outcome> run(Path folder, Consumer<Outcome> each) throws IOException {
        Engine.start();
        if (!Files.isDirectory(folder)) {
            throw new IOException(folder + ": no such folder of reference cases");
        }
        List<Path> files;
        try (var listing = Files.list(folder)) {
            files = listing.filter(f -> f.toString().endsWith(".json")).sorted().toList();
        }
        List<Outcome> outcomes = new java.util.ArrayList<>();
        for (Path file : files) {
            JsonNode json = JSON.readTree(file.toFile());
            if (json.path("case").isTextual()) {
                Outcome outcome = runCase(json, folder);
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

    private static Outcome runCase(JsonNode json, Path folder) {
        String name = json.path("case").asText();
        Check check = CHECKS.get(name);
        if (check == null) {
            return new Outcome(name, Status.NOT_YET, 0, 0, "", 0, "");
        }
        String tolerance = tolerance(json.path("tolerance"));
        try (var _ = new PointerScope();
                Weights tensors =
                        json.path("file").isTextual()
                                ? Safetensors.open(folder.resolve(name + ".safetensors"))
                                : new Weights()) {
            ReferenceCase c = new ReferenceCase(json, tensors);
            check.run(c, folder);
            boolean good = c.failures().isEmpty() && c.comparisons() > 0;
            return new Outcome(
                    name,
                    good ? Status.PASS : Status.FAIL,
                    c.comparisons(),
                    c.largestError(),
                    tolerance,
                    c.worstShare(),
                    String.join("; ", c.failures()));
        } catch (IOException | RuntimeException e) {
            return new Outcome(
                    name,
                    Status.FAIL,
                    0,
                    Double.NaN,
                    tolerance,
                    Double.NaN,
                    String.valueOf(e.getMessage()));
        }
    }

    private static String tolerance(JsonNode tolerance) {
        return tolerance.path("atol").isNumber()
                ? "%s + %s·|x|"
                        .formatted(tolerance.path("atol").asText(), tolerance.path("rtol").asText())
                : tolerance.isMissingNode() ? "exact" : "per part";
    }
}
