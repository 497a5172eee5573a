package javigate.cli;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import javigate.eval.AudioCoverage;
import javigate.eval.Estimate;
import javigate.eval.Evaluation;
import javigate.eval.MetricEstimates;
import javigate.eval.RetrievalEstimates;
import javigate.eval.RetrievalMetrics;
import org.jspecify.annotations.Nullable;

/**
 * A table in the names of the JSON output, each by kind of clip; empty where a direction is not
 * defined.
 */
record EvalFigures(
        Map<String, RetrievalMetrics> textToVideo,
        Map<String, RetrievalMetrics> videoToText,
        Map<String, RetrievalMetrics> textToVideoMuted,
        Map<String, RetrievalMetrics> videoToTextMuted,
        Map<String, Double> rSum,
        Map<String, Double> rSumMuted,
        Intervals intervals) {

    /** The same with 95 % intervals. */
    record Intervals(
            Map<String, MetricEstimates> textToVideo,
            Map<String, MetricEstimates> videoToText,
            Map<String, MetricEstimates> textToVideoMuted,
            Map<String, MetricEstimates> videoToTextMuted,
            Map<String, Estimate> rSum,
            Map<String, Estimate> rSumMuted) {}

    /** What {@code eval --json} prints. */
    record Output(
            String model,
            String split,
            int clips,
            int captions,
            @Nullable AudioCoverage audio,
            @JsonUnwrapped EvalFigures raw,
            Map<String, RetrievalEstimates> soundAdds,
            String ties,
            int resamples,
            long seed,
            Map<String, PostProcessed> postProcessed,
            List<EvalRerankOptions.Row> reranked) {}

    /** A table of post-processed scores, with what they know. */
    record PostProcessed(String form, String uses, @JsonUnwrapped EvalFigures figures) {}

    static EvalFigures of(Evaluation.Table table) {
        var heard = table.heard();
        var muted = table.muted();
        return new EvalFigures(
                pick(heard, row -> row.scores().textToVideo()),
                pick(heard, row -> row.scores().videoToText()),
                pick(muted, row -> row.scores().textToVideo()),
                pick(muted, row -> row.scores().videoToText()),
                pick(heard, row -> row.scores().rSum()),
                pick(muted, row -> row.scores().rSum()),
                new Intervals(
                        pick(heard, row -> row.intervals().textToVideo()),
                        pick(heard, row -> row.intervals().videoToText()),
                        pick(muted, row -> row.intervals().textToVideo()),
                        pick(muted, row -> row.intervals().videoToText()),
                        pick(heard, row -> row.intervals().rSum()),
                        pick(muted, row -> row.intervals().rSum())));
    }

    private static <T> Map<String, T> pick(
            Map<String, Evaluation.Row> rows, Function<Evaluation.Row, @Nullable T> of) {
        Map<String, T> result = new LinkedHashMap<>();
        rows.forEach(
                (kind, row) -> {
                    T value = of.apply(row);
                    if (value != null) {
                        result.put(kind, value);
                    }
                });
        return result;
    }
}
