package javigate.search;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javigate.index.ClipRank;
import javigate.index.ClipStore;
import javigate.index.Scope;
import javigate.index.ScoreSummary;
import javigate.index.ScoredClip;
import javigate.index.SearchResult;
import javigate.index.Sound;
import javigate.index.StoredClip;
import javigate.model.Relevance;
import javigate.model.RetrievalModel;
import javigate.search.SecondStage.Placed;
import org.jspecify.annotations.Nullable;

/**
 * One search: first stage over all clips, re-ranker where there is one, words where they are asked
 * for, then the reasons for each hit.
 */
final class Searcher {
    /** Clips that are looked at for their words: a rank beyond adds a thousandth to a score. */
    private static final int WORD_HITS = 1000;

    private final RetrievalModel model;
    private final @Nullable SecondStage second;
    private final ClipStore store;
    private final SearchOptions options;
    private final @Nullable Relevance relevance;
    private final Scope scope;

    Searcher(
            RetrievalModel model,
            @Nullable SecondStage second,
            ClipStore store,
            @Nullable Relevance relevance,
            SearchOptions options) {
        this.relevance = relevance;
        this.model = model;
        this.second = second;
        this.store = store;
        this.options = options;
        this.scope = new Scope(options.withSound() ? Sound.WITH : Sound.WITHOUT, options.filter());
    }

    /** See {@link VideoLibrary#search(TextQuery, SearchOptions)}. */
    SearchAnswer search(TextQuery text) throws IOException {
        float[] query = text.vector(model::embedText);
        Found found = options.byVideo() ? byVideo(text, query) : ranked(text, query, options.k());
        List<Placed> placed = found.placed;
        if (!options.byVideo()) {
            placed = placed.subList(0, Math.min(options.k(), placed.size()));
        }
        List<String> ids = placed.stream().map(p -> p.clip().id()).toList();
        Optional<ScoreSummary> summary = store.summary(query, scope);
        if (summary.isEmpty()) {
            return new SearchAnswer(List.of(), found.compared, Optional.empty());
        }
        Explainer explainer =
                new Explainer(
                        model,
                        text,
                        query,
                        options.withSound(),
                        summary.get(),
                        found.best,
                        calibrated(text));
        Map<String, ClipRank> muted = store.ranksOf(query, ids, scope.with(Sound.WITHOUT));
        List<Hit> hits = new ArrayList<>();
        for (Placed one : placed) {
            Optional<StoredClip> clip = store.get(one.clip().id());
            ClipRank mutedRank = muted.get(one.clip().id());
            if (clip.isPresent() && mutedRank != null) { // else removed in between
                hits.add(explainer.explain(hits.size() + 1, clip.get(), mutedRank.rank(), one));
            }
        }
        return new SearchAnswer(hits, found.compared, explainer.nothing());
    }

    /** What relevance was measured of: sentences, searched exactly, with sound, by score alone. */
    private @Nullable Relevance calibrated(TextQuery text) {
        boolean measured =
                options.withSound()
                        && options.candidates() == 0
                        && !options.words()
                        && text.terms().size() == 1;
        return measured ? relevance : null;
    }

    /**
     * Clips in their order.
     *
     * @param compared clips that the first stage looked at
     * @param best score of its first
     */
    private record Found(List<Placed> placed, long compared, double best) {}

    /** The best clips of the k best videos: more clips are asked for until there are k videos. */
    private Found byVideo(TextQuery text, float[] query) throws IOException {
        int clips = 2 * options.k();
        while (true) {
            Found found = ranked(text, query, clips);
            Map<String, List<Placed>> videos = new LinkedHashMap<>();
            for (Placed placed : found.placed) {
                Optional<StoredClip> clip = store.get(placed.clip().id());
                if (clip.isPresent()) { // else removed in between
                    videos.computeIfAbsent(clip.get().file().path(), _ -> new ArrayList<>())
                            .add(placed);
                }
            }
            if (videos.size() >= options.k() || found.placed.size() < clips) {
                List<Placed> best =
                        videos.values().stream()
                                .limit(options.k())
                                .flatMap(
                                        video ->
                                                video.stream()
                                                        .limit(SearchOptions.MOMENTS_PER_VIDEO))
                                .toList();
                Set<Placed> kept = new HashSet<>(best);
                return new Found(
                        found.placed.stream().filter(kept::contains).toList(),
                        found.compared,
                        found.best);
            }
            clips *= 4;
        }
    }

    /** At least the best {@code k}: those the re-ranker had time for in its order, then others. */
    private Found ranked(TextQuery text, float[] query, int k) throws IOException {
        int again = second == null ? 0 : options.reranking().candidates(store.count(), k);
        int wanted = Math.max(Math.max(k, again), options.words() ? WORD_HITS : 0);
        wanted = Math.max(wanted, options.bank().isEmpty() ? 0 : HubCorrection.CANDIDATES);
        SearchResult result =
                options.candidates() == 0
                        ? store.search(query, wanted, scope)
                        : store.searchApproximately(
                                query, wanted, Math.max(wanted, options.candidates()), scope);
        List<ScoredClip> first = result.hits();
        double best = first.isEmpty() ? 0 : first.getFirst().score();
        if (!options.bank().isEmpty()) {
            List<float[]> bank = options.bank().stream().map(model::embedText).toList();
            first = new HubCorrection(store, scope, bank).reorder(first);
        }
        List<Placed> found =
                second == null
                        ? new ArrayList<>()
                        : second.rerank(
                                store,
                                text,
                                first.subList(0, Math.min(first.size(), again)),
                                options.withSound(),
                                options.reranking().budget());
        Set<String> placed = found.stream().map(p -> p.clip().id()).collect(Collectors.toSet());
        for (ScoredClip clip : first) {
            if (!placed.contains(clip.id())) {
                found.add(new Placed(clip, null, null));
            }
        }
        if (options.words()) {
            found = fused(text, query, found);
        }
        return new Found(found, result.visited(), best);
    }

    /**
     * Both rankings in one; clips that only their words bring in have their exact rank by score.
     */
    private List<Placed> fused(TextQuery text, float[] query, List<Placed> byScore)
            throws IOException {
        List<ScoredClip> byWords = store.searchTexts(text.words(), WORD_HITS, options.filter());
        Map<String, Integer> wordRanks = new HashMap<>();
        byWords.forEach(clip -> wordRanks.put(clip.id(), wordRanks.size() + 1));
        List<Placed> all = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Placed placed : byScore) {
            String id = placed.clip().id();
            seen.add(id);
            all.add(fused(placed, seen.size(), wordRanks.getOrDefault(id, 0), byWords));
        }
        List<String> others =
                byWords.stream().map(ScoredClip::id).filter(id -> !seen.contains(id)).toList();
        store.ranksOf(query, others, scope)
                .forEach(
                        (id, rank) ->
                                all.add(
                                        fused(
                                                new Placed(
                                                        new ScoredClip(id, rank.score()),
                                                        null,
                                                        null),
                                                rank.rank(),
                                                wordRanks.getOrDefault(id, 0),
                                                byWords)));
        all.sort(Comparator.comparingDouble(Searcher::fusedScore).reversed());
        return all;
    }

    private static double fusedScore(Placed placed) {
        return placed.fused() == null ? 0 : placed.fused().score();
    }

    private static Placed fused(Placed placed, long rank, int wordRank, List<ScoredClip> byWords) {
        double wordScore = wordRank == 0 ? 0 : byWords.get(wordRank - 1).score();
        Fused fused = new Fused(Fused.score(rank, wordRank), rank, wordRank, wordScore, null);
        return new Placed(placed.clip(), placed.reranked(), fused);
    }
}
