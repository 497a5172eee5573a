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
 * @param raw of the scores as they are
 * @param soundAdds by kind of clip, what is gained over every clip without its sound
 * @param postProcessed of the post-processed scores, never mixed with the raw ones
 */
public record Evaluation(
        Tables raw,
        Map<String, RetrievalEstimates> soundAdds,
        Map<Normalisation, Tables> postProcessed) {

    private static final int BATCH = 32;

    /**
     * How scores are turned into figures.
     *
     * @param bank captions of the training split, for {@link Normalisation#QB}; else empty
     */
    public record Settings(
            TieRule ties,
            List<Normalisation> normalisations,
            List<String> bank,
            Bootstrap bootstrap) {
        public Settings {
            normalisations = List.copyOf(normalisations);
            bank = List.copyOf(bank);
        }
    }

    /**
     * By kind of clip, "all" first.
     *
     * @param muted with every clip embedded as if it had no audio track
     */
    public record Tables(Map<String, Row> heard, Map<String, Row> muted) {}

    /** The figures of one kind of clip, as queries; the candidates are always all clips. */
    public record Row(RetrievalScores scores, RetrievalEstimates intervals) {}

    private record Gallery(List<float[][]> heard, List<float[][]> muted) {}

    /** Of the two sets of ranks of one way to score. */
    private record Ranked(Retrieval heard, Retrieval muted) {}

    /**
     * Embeds and ranks.
     *
     * @param manifest clips; the first caption of each is its query
     * @param cache the same clips, decoded
     * @param progress told the number of clips and bank captions embedded so far
     */
    public static Evaluation of(
            RetrievalModel model,
            Manifest manifest,
            ClipCache cache,
            Settings settings,
            IntConsumer progress) {
        Gallery gallery = embed(model, cache, progress);
        List<float[]> texts =
                manifest.items().stream()
                        .map(item -> model.embedText(item.captions().get(0)))
                        .toList();
        ScoreMatrix heard = scores(model, texts, gallery.heard);
        ScoreMatrix muted = scores(model, texts, gallery.muted);
        QueryBank heardBank = bank(cache.size());
        QueryBank mutedBank = bank(cache.size());
        int embedded = cache.size();
        for (String caption : settings.bank) {
            float[] text = model.embedText(caption);
            heardBank.add(model.score(text, gallery.heard));
            mutedBank.add(model.score(text, gallery.muted));
            progress.accept(++embedded);
        }
        Map<String, int[]> kinds = kinds(manifest);
        TieRule ties = settings.ties;
        Ranked raw = new Ranked(Retrieval.of(heard, ties), Retrieval.of(muted, ties));
        Map<Normalisation, Tables> postProcessed = new LinkedHashMap<>();
        for (Normalisation norm : settings.normalisations) {
            Ranked ranked =
                    new Ranked(
                            norm.apply(heard, model.scale(), heardBank, ties),
                            norm.apply(muted, model.scale(), mutedBank, ties));
            postProcessed.put(norm, tables(ranked, kinds, settings.bootstrap));
        }
        Map<String, RetrievalEstimates> soundAdds = new LinkedHashMap<>();
        kinds.forEach(
                (kind, own) ->
                        soundAdds.put(
                                kind,
                                settings.bootstrap.difference(
                                        raw.heard.only(own), raw.muted.only(own))));
        return new Evaluation(tables(raw, kinds, settings.bootstrap), soundAdds, postProcessed);
    }

    private static Gallery embed(RetrievalModel model, ClipCache cache, IntConsumer progress) {
        Gallery gallery = new Gallery(new ArrayList<>(), new ArrayList<>());
        for (int begin = 0; begin < cache.size(); begin += BATCH) {
            List<ClipInput> inputs = new ArrayList<>();
            for (int i = begin; i < Math.min(cache.size(), begin + BATCH); i++) {
                inputs.add(input(model.preprocessing(), cache, i));
            }
            for (ClipEmbedding embedding : model.embedClips(inputs)) {
                gallery.heard.add(embedding.frames());
                gallery.muted.add(embedding.framesWithoutSound());
            }
            progress.accept(gallery.heard.size());
        }
        return gallery;
    }

    private static ClipInput input(Preprocessing preprocessing, ClipCache cache, int i) {
        float[][] pixels = new float[cache.frameCount(i)][];
        for (int f = 0; f < pixels.length; f++) {
            pixels[f] = preprocessing.normalise(cache.picture(i, f));
        }
        return new ClipInput(pixels, cache.filterbank(i));
    }

    private static ScoreMatrix scores(
            RetrievalModel model, List<float[]> texts, List<float[][]> clips) {
        return ScoreMatrix.square(
                texts.stream().map(text -> model.score(text, clips)).toArray(double[][]::new));
    }

    private static QueryBank bank(int videos) {
        return new QueryBank(videos, Normalisation.NEAREST, Normalisation.BETA);
    }

    /** The clips of each kind, and first all; a clip without a kind is in "all" only. */
    static Map<String, int[]> kinds(Manifest manifest) {
        Map<String, List<Integer>> groups = new TreeMap<>();
        for (int i = 0; i < manifest.items().size(); i++) {
            String kind = manifest.items().get(i).kind();
            if (!kind.isEmpty()) {
                groups.computeIfAbsent(kind, _ -> new ArrayList<>()).add(i);
            }
        }
        Map<String, int[]> result = new LinkedHashMap<>();
        result.put("all", ScoreMatrix.diagonal(manifest.items().size()));
        groups.forEach(
                (kind, own) ->
                        result.put(kind, own.stream().mapToInt(Integer::intValue).toArray()));
        return result;
    }

    private static Tables tables(Ranked ranked, Map<String, int[]> kinds, Bootstrap bootstrap) {
        return new Tables(
                table(ranked.heard, kinds, bootstrap), table(ranked.muted, kinds, bootstrap));
    }

    private static Map<String, Row> table(
            Retrieval retrieval, Map<String, int[]> kinds, Bootstrap bootstrap) {
        Map<String, Row> rows = new LinkedHashMap<>();
        kinds.forEach(
                (kind, own) -> {
                    Retrieval part = retrieval.only(own);
                    rows.put(kind, new Row(part.scores(), bootstrap.intervals(part)));
                });
        return rows;
    }
}
