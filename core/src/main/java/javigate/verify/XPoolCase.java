package javigate.verify;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import javigate.eval.QueryRanks;
import javigate.eval.ScoreMatrix;
import javigate.eval.TieRule;
import javigate.model.ContrastiveLoss;
import javigate.model.Score;
import javigate.model.xpool.TextConditionedPooling;
import javigate.tensor.Ops;
import javigate.tensor.Parameters;
import org.bytedeco.pytorch.Tensor;

/**
 * The reference case of X-Pool. For each number of heads: the pooled clips, the cosines of a batch
 * of pairs, its loss and the gradients of that by texts, frames, scale and parameters; the cosines
 * of all captions, laid out by video, and their metrics.
 */
final class XPoolCase {

    private XPoolCase() {}

    static void run(ReferenceCase c, Path folder) {
        for (int count : ReferenceCase.integers(c.json().path("config"), "heads")) {
            heads(c, "heads" + count, count);
        }
        c.requireAllCompared(Set.of());
    }

    private static void heads(ReferenceCase c, String name, int heads) {
        String out = "out." + name + ".";
        Leaves leaves = new Leaves(c);
        TextConditionedPooling pooling =
                new TextConditionedPooling(
                        Parameters.of(leaves.weights("pool_frames.")).at("pool_frames"),
                        c.config("embed_dim"),
                        heads,
                        TextConditionedPooling.Tail.PROJECTION,
                        c.configNumber("dropout"));
        Tensor video = leaves.of("video", c.tensor("in.video"));
        Tensor all = c.tensor("in.text");
        Tensor pooled = pooling.pool(all, pooling.keysValues(video, null), false); // [T, V, D]
        c.compare(out + "pooled", pooled.transpose(0, 1));
        captions(c, name, Score.conditioned(all, pooled));

        int[] subset = ReferenceCase.integers(c.json(), "square_subset_of_captions");
        Tensor rows = Ops.longs(Arrays.stream(subset).asLongStream().toArray(), subset.length);
        Tensor text = leaves.of("text", all.index_select(0, rows));
        Tensor logScale = leaves.of("logit_scale", c.tensor("in.logit_scale"));
        Tensor square =
                Score.conditioned(text, pooling.pool(text, pooling.keysValues(video, null), false));
        c.compare(out + "sims_square", square);
        Tensor loss = ContrastiveLoss.of(square.mul(logScale.exp()));
        c.compare(out + "loss", loss);
        loss.backward();
        leaves.compare(out + "grad_");
    }

    /** Scores of all captions, padded to as many captions for each video, and their metrics. */
    private static void captions(ReferenceCase c, String name, Tensor scores) {
        int[] owner = owners(c.json());
        double[][] ours = rows(Ops.toFloats(scores), owner.length);
        int videos = ours[0].length;
        int[][] captions = new ScoreMatrix(ours, owner).captions();
        int most = Arrays.stream(captions).mapToInt(own -> own.length).max().orElseThrow();
        String out = "out." + name + ".sims_inference";
        double[] expected = c.tensors().doubles(out);
        double[] laidOut = new double[videos * most * videos];
        Arrays.fill(laidOut, Double.NaN); // as the official code leaves padding
        double[][] stored = new double[owner.length][];
        for (int v = 0; v < videos; v++) {
            for (int i = 0; i < captions[v].length; i++) {
                int at = (v * most + i) * videos;
                System.arraycopy(ours[captions[v][i]], 0, laidOut, at, videos);
                stored[captions[v][i]] = Arrays.copyOfRange(expected, at, at + videos);
            }
        }
        JsonNode tolerance = c.json().path("tolerance");
        c.compare(
                out,
                laidOut,
                expected,
                tolerance.path("atol").asDouble(0),
                tolerance.path("rtol").asDouble(0));
        metrics(c, name, new ScoreMatrix(stored, owner));
    }

    /**
     * Metrics of the stored scores. The official double argsort gives equal scores an order of its
     * own; where none are equal every rule of ties is as good.
     */
    private static void metrics(ReferenceCase c, String name, ScoreMatrix stored) {
        JsonNode expected = c.json().path("metrics_of_sims_inference").path(name);
        String at = "metrics_of_sims_inference." + name;
        MetricsCase.metrics(
                c,
                at + ".t2v",
                expected.path("t2v"),
                QueryRanks.textToVideo(stored, TieRule.OWN_LAST));
        MetricsCase.metrics(
                c,
                at + ".v2t",
                expected.path("v2t"),
                QueryRanks.videoToText(stored, TieRule.OWN_LAST));
    }

    /** The video of each caption; videos count in the order of their first captions. */
    private static int[] owners(JsonNode json) {
        JsonNode names = ReferenceCase.rows(json, "caption_to_video");
        Map<String, Integer> videos = new LinkedHashMap<>();
        int[] owner = new int[names.size()];
        for (int i = 0; i < owner.length; i++) {
            Integer known = videos.putIfAbsent(names.get(i).asText(), videos.size());
            owner[i] = known == null ? videos.size() - 1 : known;
        }
        return owner;
    }

    private static double[][] rows(float[] values, int count) {
        int columns = values.length / count;
        double[][] rows = new double[count][columns];
        for (int i = 0; i < values.length; i++) {
            rows[i / columns][i % columns] = values[i];
        }
        return rows;
    }
}
