package javigate.eval;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import javigate.data.ClipCache;
import javigate.data.Manifest;
import javigate.model.ClipEmbedding;
import javigate.model.ClipInput;
import javigate.model.ClipTokens;
import javigate.model.Preprocessing;
import javigate.model.RetrievalModel;
import org.jspecify.annotations.Nullable;

/**
 * A model on a split: what it scores, with the clips' sound and without it, and how every query
 * ranks. Figures and intervals are taken from it by {@link #table}, {@link #soundAdds} and {@link
 * #minus}. T captions, V clips.
 *
 * @param manifest the clips, columns of the scores; all their captions, clip by clip, are rows
 * @param audio null where the model does not listen
 * @param heard scores, [T][V]
 * @param muted the same with every clip embedded as if it had no audio track
 * @param pooled scores of the pooled frames alone (Eq. 7), a first stage for {@link Reranking},
 *     [T][V]
 * @param gates of every clip heard, g_mha and g_ffn per layer, [V][L][2]; L is 0 where the model
 *     has none
 * @param raw ranks by the scores as they are
 * @param postProcessed ranks by post-processed scores, never mixed with the raw ones
 */
public record Evaluation(
        Manifest manifest,
        @Nullable AudioCoverage audio,
        ScoreMatrix heard,
        ScoreMatrix muted,
        ScoreMatrix pooled,
        List<float[][]> gates,
        Ranks raw,
        Map<Normalisation, Ranks> postProcessed) {

    private static final int BATCH = 32;

    /** Bounds the matrix of bank scores that is held at once. */
    private static final int BANK_BATCH = 512;

    /**
     * How scores are turned into ranks.
     *
     * @param bank captions of the training split, for {@link Normalisation#QB}; else empty
     */
    public record Settings(TieRule ties, List<Normalisation> normalisations, List<String> bank) {

        /** Raw scores only, by javigate's own rule of ties. */
        public static final Settings RAW = new Settings(TieRule.OWN_LAST, List.of(), List.of());

        public Settings {
            normalisations = List.copyOf(normalisations);
            bank = List.copyOf(bank);
            if (normalisations.contains(Normalisation.QB) && bank.isEmpty()) {
                throw new IllegalArgumentException(
                        "QB-Norm with a bank of 0 queries; give it training captions");
            }
        }
    }

    /** Ranks of every query, with sound and without. */
    public record Ranks(Retrieval heard, Retrieval muted) {}

    /** By kind of clip, "all" first. */
    public record Table(Map<String, Row> heard, Map<String, Row> muted) {}

    /** The figures of one kind of clip, as queries; the candidates are always all clips. */
    public record Row(RetrievalScores scores, RetrievalEstimates intervals) {}

    /** What is found out of all clips; {@code heard} and {@code muted} only if they are kept. */
    private record Gallery(
            double[][] heardScores,
            double[][] mutedScores,
            List<double[]> pooled,
            List<float[][]> gates,
            List<ClipTokens> heard,
            List<ClipTokens> muted,
            @Nullable AudioCoverage audio) {

        static Gallery of(int texts, int clips) {
            return new Gallery(
                    new double[texts][clips],
                    new double[texts][clips],
                    new ArrayList<>(),
                    new ArrayList<>(),
                    new ArrayList<>(),
                    new ArrayList<>(),
                    null);
        }

        Gallery withAudio(@Nullable AudioCoverage found) {
            return new Gallery(heardScores, mutedScores, pooled, gates, heard, muted, found);
        }

        void add(
                RetrievalModel model,
                List<float[]> texts,
                int begin,
                List<ClipEmbedding> clips,
                boolean keep) {
            List<ClipTokens> sounding = clips.stream().map(ClipEmbedding::tokens).toList();
            List<ClipTokens> silent =
                    clips.stream().map(ClipEmbedding::tokensWithoutSound).toList();
            columns(model.score(texts, sounding), begin, heardScores);
            columns(model.score(texts, silent), begin, mutedScores);
            for (ClipEmbedding clip : clips) {
                pooled.add(Reranking.pool(clip.frames()));
                gates.add(clip.gates());
            }
            if (keep) {
                heard.addAll(sounding);
                muted.addAll(silent);
            }
        }

        private static void columns(double[][] from, int begin, double[][] to) {
            for (int t = 0; t < from.length; t++) {
                System.arraycopy(from[t], 0, to[t], begin, from[t].length);
            }
        }
    }

    /**
     * Embeds, scores and ranks.
     *
     * @param manifest clips; every caption is a query
     * @param cache the same clips, decoded
     * @param progress told the number of clips and bank captions embedded so far
     * @throws IllegalArgumentException if a score is no finite number
     */
    public static Evaluation of(
            RetrievalModel model,
            Manifest manifest,
            ClipCache cache,
            Settings settings,
            IntConsumer progress) {
        List<float[]> texts = captions(manifest).stream().map(model::embedText).toList();
        int[] owner = owners(manifest);
        Gallery gallery = score(model, cache, texts, !settings.bank.isEmpty(), progress);
        ScoreMatrix heard = new ScoreMatrix(gallery.heardScores, owner);
        ScoreMatrix muted = new ScoreMatrix(gallery.mutedScores, owner);
        QueryBank heardBank = bank(cache.size());
        QueryBank mutedBank = bank(cache.size());
        for (int begin = 0; begin < settings.bank.size(); begin += BANK_BATCH) {
            int end = Math.min(settings.bank.size(), begin + BANK_BATCH);
            List<float[]> bank =
                    settings.bank.subList(begin, end).stream().map(model::embedText).toList();
            for (double[] row : model.score(bank, gallery.heard)) {
                heardBank.add(row);
            }
            for (double[] row : model.score(bank, gallery.muted)) {
                mutedBank.add(row);
            }
            progress.accept(cache.size() + end);
        }
        TieRule ties = settings.ties;
        Map<Normalisation, Ranks> postProcessed = new LinkedHashMap<>();
        for (Normalisation norm : settings.normalisations) {
            postProcessed.put(
                    norm,
                    new Ranks(
                            norm.apply(heard, model.scale(), heardBank, ties),
                            norm.apply(muted, model.scale(), mutedBank, ties)));
        }
        return new Evaluation(
                manifest,
                gallery.audio,
                heard,
                muted,
                new ScoreMatrix(Reranking.pooledScores(texts, gallery.pooled), owner),
                gallery.gates,
                new Ranks(Retrieval.of(heard, ties), Retrieval.of(muted, ties)),
                postProcessed);
    }

    /**
     * Embeds and scores the clips, some at a time: what texts attend to of all clips at once may be
     * gigabytes.
     *
     * @param keep whether the clips are kept, for other queries
     */
    private static Gallery score(
            RetrievalModel model,
            ClipCache cache,
            List<float[]> texts,
            boolean keep,
            IntConsumer progress) {
        Gallery gallery = Gallery.of(texts.size(), cache.size());
        AudioCoverage audio = AudioCoverage.NONE;
        for (int begin = 0; begin < cache.size(); begin += BATCH) {
            List<ClipInput> inputs = new ArrayList<>();
            for (int i = begin; i < Math.min(cache.size(), begin + BATCH); i++) {
                inputs.add(input(model.preprocessing(), cache, i));
            }
            gallery.add(model, texts, begin, model.embedClips(inputs), keep);
            for (ClipInput input : inputs) {
                audio = input.filterbank().length == 0 ? audio : audio.plus(input.filterbank());
            }
            progress.accept(begin + inputs.size());
        }
        return gallery.withAudio(audio.clips() == 0 ? null : audio);
    }

    static ClipInput input(Preprocessing preprocessing, ClipCache cache, int i) {
        float[][] pixels = new float[cache.frameCount(i)][];
        for (int f = 0; f < pixels.length; f++) {
            pixels[f] = preprocessing.normalise(cache.picture(i, f));
        }
        return new ClipInput(pixels, cache.filterbank(i));
    }

    private static QueryBank bank(int videos) {
        return new QueryBank(videos, Normalisation.NEAREST, Normalisation.BETA);
    }

    private static List<String> captions(Manifest manifest) {
        return manifest.items().stream().flatMap(item -> item.captions().stream()).toList();
    }

    /** Column of the clip that each caption belongs to. */
    private static int[] owners(Manifest manifest) {
        return IntStream.range(0, manifest.items().size())
                .flatMap(v -> manifest.items().get(v).captions().stream().mapToInt(_ -> v))
                .toArray();
    }

    /** The queries, rows of the scores, [T]. */
    public List<String> captions() {
        return captions(manifest);
    }

    /**
     * The clips of each kind, as columns, ascending, and first "all"; a clip without a kind is in
     * "all" only.
     */
    public Map<String, int[]> kinds() {
        return kinds(manifest);
    }

    /** Mean gates of each layer by kind of clip, [L][2]. */
    public Map<String, double[][]> meanGates() {
        Map<String, double[][]> means = new LinkedHashMap<>();
        kinds().forEach(
                        (kind, own) -> {
                            double[][] mean = new double[gates.get(own[0]).length][2];
                            for (int clip : own) {
                                for (int layer = 0; layer < mean.length; layer++) {
                                    for (int g = 0; g < 2; g++) {
                                        mean[layer][g] += gates.get(clip)[layer][g] / own.length;
                                    }
                                }
                            }
                            means.put(kind, mean);
                        });
        return means;
    }

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

    /**
     * The figures with their intervals.
     *
     * @param ranks of this evaluation, {@link #raw} or one of {@link #postProcessed}
     */
    public Table table(Ranks ranks, Bootstrap bootstrap) {
        return new Table(rows(ranks.heard, bootstrap), rows(ranks.muted, bootstrap));
    }

    private Map<String, Row> rows(Retrieval retrieval, Bootstrap bootstrap) {
        Map<String, Row> rows = new LinkedHashMap<>();
        kinds().forEach(
                        (kind, own) -> {
                            Retrieval part = retrieval.only(own);
                            rows.put(kind, new Row(part.scores(), bootstrap.intervals(part)));
                        });
        return rows;
    }

    /** By kind of clip, what is gained over every clip without its sound, by the raw scores. */
    public Map<String, RetrievalEstimates> soundAdds(Bootstrap bootstrap) {
        return differences(raw.heard, raw.muted, bootstrap);
    }

    /**
     * By kind of clip, what is gained over another model on the same queries, by the raw scores
     * with sound; paired.
     *
     * @throws IllegalArgumentException if the clips or captions are not the same ones
     */
    public Map<String, RetrievalEstimates> minus(Evaluation baseline, Bootstrap bootstrap) {
        if (!ids(manifest).equals(ids(baseline.manifest))
                || !captions().equals(baseline.captions())) {
            throw new IllegalArgumentException(
                    ("evaluations of %d and %d clips with other ids or captions cannot be paired;"
                                    + " evaluate both on one split")
                            .formatted(manifest.items().size(), baseline.manifest.items().size()));
        }
        return differences(raw.heard, baseline.raw.heard, bootstrap);
    }

    private static List<String> ids(Manifest manifest) {
        return manifest.items().stream().map(Manifest.Item::videoId).toList();
    }

    private Map<String, RetrievalEstimates> differences(
            Retrieval system, Retrieval baseline, Bootstrap bootstrap) {
        Map<String, RetrievalEstimates> result = new LinkedHashMap<>();
        kinds().forEach(
                        (kind, own) ->
                                result.put(
                                        kind,
                                        bootstrap.difference(
                                                system.only(own), baseline.only(own))));
        return result;
    }
}
