package javigate.eval;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import javigate.data.ClipCache;
import javigate.data.Manifest;
import javigate.model.ClipEmbedding;
import javigate.model.ClipInput;
import javigate.model.Preprocessing;
import javigate.model.RetrievalModel;

/**
 * Evaluates a model on a split with one caption per clip, with the clips' sound and without it.
 *
 * @param textToVideo by kind of clip; "all" first
 * @param videoToText the same
 * @param textToVideoMuted with every clip embedded as if it had no audio track
 * @param videoToTextMuted the same
 */
public record Evaluation(
        Map<String, RetrievalMetrics> textToVideo,
        Map<String, RetrievalMetrics> videoToText,
        Map<String, RetrievalMetrics> textToVideoMuted,
        Map<String, RetrievalMetrics> videoToTextMuted) {

    private static final int BATCH = 32;

    /**
     * Embeds and ranks.
     *
     * @param manifest clips; the first caption of each is its query
     * @param cache the same clips, decoded
     * @param progress told the number of clips embedded so far
     */
    public static Evaluation of(
            RetrievalModel model, Manifest manifest, ClipCache cache, IntConsumer progress) {
        List<float[][]> heard = new ArrayList<>();
        List<float[][]> muted = new ArrayList<>();
        for (int begin = 0; begin < cache.size(); begin += BATCH) {
            List<ClipInput> inputs = new ArrayList<>();
            for (int i = begin; i < Math.min(cache.size(), begin + BATCH); i++) {
                inputs.add(input(model.preprocessing(), cache, i));
            }
            for (ClipEmbedding embedding : model.embedClips(inputs)) {
                heard.add(embedding.frames());
                muted.add(embedding.framesWithoutSound());
            }
            progress.accept(heard.size());
        }
        double[][] scores = new double[cache.size()][];
        double[][] mutedScores = new double[cache.size()][];
        for (int i = 0; i < cache.size(); i++) {
            float[] text = model.embedText(manifest.items().get(i).captions().get(0));
            scores[i] = model.score(text, heard);
            mutedScores[i] = model.score(text, muted);
        }
        List<String> kinds = manifest.items().stream().map(Manifest.Item::kind).toList();
        return new Evaluation(
                byKind(RetrievalMetrics.ranks(scores), kinds),
                byKind(RetrievalMetrics.ranks(RetrievalMetrics.transpose(scores)), kinds),
                byKind(RetrievalMetrics.ranks(mutedScores), kinds),
                byKind(RetrievalMetrics.ranks(RetrievalMetrics.transpose(mutedScores)), kinds));
    }

    private static ClipInput input(Preprocessing preprocessing, ClipCache cache, int i) {
        float[][] pixels = new float[cache.frameCount(i)][];
        for (int f = 0; f < pixels.length; f++) {
            pixels[f] = preprocessing.normalise(cache.picture(i, f));
        }
        return new ClipInput(pixels, cache.filterbank(i));
    }

    private static Map<String, RetrievalMetrics> byKind(int[] ranks, List<String> kinds) {
        Map<String, List<Integer>> groups = new TreeMap<>();
        for (int i = 0; i < ranks.length; i++) {
            if (!kinds.get(i).isEmpty()) {
                groups.computeIfAbsent(kinds.get(i), k -> new ArrayList<>()).add(ranks[i]);
            }
        }
        Map<String, RetrievalMetrics> result = new LinkedHashMap<>();
        result.put("all", RetrievalMetrics.ofRanks(ranks));
        groups.forEach(
                (kind, own) ->
                        result.put(
                                kind,
                                RetrievalMetrics.ofRanks(
                                        own.stream().mapToInt(Integer::intValue).toArray())));
        return result;
    }
}
