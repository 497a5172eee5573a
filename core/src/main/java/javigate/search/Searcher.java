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

    /** Clips that are looked at for videos: with fewer videos among them, fewer are found. */
    private static final int MOST_CLIPS = 4096;

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
        FirstStage first = firstStage(query);
        List<Placed> placed = shown(ordered(text, query, first.clips));
        Optional<ScoreSummary> library = store.summary(query, scope.sound());
        if (placed.isEmpty() || library.isEmpty()) {
            return new SearchAnswer(List.of(), first.compared, Optional.empty());
        }
        Explainer explainer =
                new Explainer(
                        model,
                        text,
                        query,
                        options.withSound(),
                        library.get(),
                        first.clips.isEmpty() ? 0 : first.clips.getFirst().score(),
                        calibrated(text));
        List<String> ids = placed.stream().map(p -> p.clip().id()).toList();
        boolean exact = options.candidates() == 0; // else ranks would be a scan of all clips
        Map<String, ClipRank> muted =
                exact ? store.ranksOf(query, ids, scope.with(Sound.WITHOUT)) : Map.of();
        List<Hit> hits = new ArrayList<>();
        for (Placed one : placed) {
            Optional<StoredClip> clip = store.get(one.clip().id());
            ClipRank mutedRank = muted.get(one.clip().id());
            if (clip.isPresent() && (mutedRank != null || !exact)) { // else removed in between
                Long rank = mutedRank == null ? null : mutedRank.rank();
                hits.add(explainer.explain(hits.size() + 1, clip.get(), rank, one));
            }
        }
        return new SearchAnswer(hits, first.compared, explainer.nothing());
    }

    /** What relevance was measured of: sentences, searched exactly, with sound, by score alone. */
    private @Nullable Relevance calibrated(TextQuery text) {
        boolean measured =
                options.withSound()
                        && options.candidates() == 0
                        && !options.words()
                        && options.filter().conditions().isEmpty()
                        && text.terms().size() == 1;
        return measured ? relevance : null;
    }

    /**
     * Clips by score.
     *
     * @param compared clips that were looked at
     */
    private record FirstStage(List<ScoredClip> clips, long compared) {}

    /** As many of the best clips as what follows looks at. */
    private FirstStage firstStage(float[] query) throws IOException {
        int wanted = Math.max(options.k(), again());
        wanted = Math.max(wanted, options.words() ? WORD_HITS : 0);
        wanted = Math.max(wanted, options.bank().isEmpty() ? 0 : HubCorrection.CANDIDATES);
        if (!options.byVideo()) {
            return best(query, wanted);
        }
        // Until there are enough videos: one may have many clips.
        int most = Math.max(MOST_CLIPS, wanted);
        for (int clips = Math.max(wanted, 4 * options.k()); ; clips *= 4) {
            FirstStage found = best(query, Math.min(clips, most));
            List<String> ids = found.clips.stream().map(ScoredClip::id).toList();
            long videos = store.paths(ids).values().stream().distinct().count();
            if (videos >= options.k() || found.clips.size() < clips) {
                return found;
            }
        }
    }

    private FirstStage best(float[] query, int wanted) throws IOException {
        SearchResult result =
                options.candidates() == 0
                        ? store.search(query, wanted, scope)
                        : store.searchApproximately(
                                query, wanted, Math.max(wanted, options.candidates()), scope);
        return new FirstStage(result.hits(), result.visited());
    }

    /** Clips that the re-ranker looks at. */
    private int again() throws IOException {
        return second == null ? 0 : options.reranking().candidates(store.count(), options.k());
    }

    /**
     * The clips in their order: corrected for hubs, then those the re-ranker had time for in its
     * order, then the others; all that fused with the ranking by words.
     */
    private List<Placed> ordered(TextQuery text, float[] query, List<ScoredClip> first)
            throws IOException {
        Map<String, Integer> byScore = new HashMap<>();
        int rank = 1;
        double last = Double.POSITIVE_INFINITY;
        for (ScoredClip clip : first) { // equal scores have one rank, as without sound
            rank = clip.score() == last ? rank : byScore.size() + 1;
            last = clip.score();
            byScore.put(clip.id(), rank);
        }
        List<ScoredClip> clips = first;
        if (!options.bank().isEmpty()) {
            List<float[]> bank = options.bank().stream().map(model::embedText).toList();
            clips = new HubCorrection(store, scope, bank).reorder(clips);
        }
        List<Placed> found = new ArrayList<>();
        if (second != null) {
            List<ScoredClip> best = clips.subList(0, Math.min(clips.size(), again()));
            found.addAll(
                    second.rerank(
                            store, text, best, options.withSound(), options.reranking().budget()));
        }
        Set<String> seen = found.stream().map(p -> p.clip().id()).collect(Collectors.toSet());
        for (ScoredClip clip : clips) {
            if (!seen.contains(clip.id())) {
                found.add(new Placed(clip, 0, null, null));
            }
        }
        found.replaceAll(placed -> placed.ranked(byScore.getOrDefault(placed.clip().id(), 0)));
        return options.words() ? fused(text, query, found) : found;
    }

    /** The best k clips, or the best clips of the k best videos. */
    private List<Placed> shown(List<Placed> ordered) throws IOException {
        if (!options.byVideo()) {
            return ordered.subList(0, Math.min(options.k(), ordered.size()));
        }
        Map<String, String> paths = store.paths(ordered.stream().map(p -> p.clip().id()).toList());
        Map<String, Integer> moments = new HashMap<>();
        List<Placed> shown = new ArrayList<>();
        for (Placed placed : ordered) {
            String path = paths.get(placed.clip().id());
            if (path != null && (moments.containsKey(path) || moments.size() < options.k())) {
                if (moments.merge(path, 1, Integer::sum) <= SearchOptions.MOMENTS_PER_VIDEO) {
                    shown.add(placed);
                }
            }
        }
        return shown;
    }

    /**
     * Both rankings in one; clips that only their words bring in have their exact rank by score.
     */
    private List<Placed> fused(TextQuery text, float[] query, List<Placed> byScore)
            throws IOException {
        List<ScoredClip> byWords = store.searchTexts(text.words(), WORD_HITS, options.filter());
        Map<String, Fused> words = wordRanks(byWords);
        List<Placed> all = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Placed placed : byScore) {
            seen.add(placed.clip().id());
            all.add(placed.with(fused(seen.size(), words.get(placed.clip().id()))));
        }
        List<String> others = words.keySet().stream().filter(id -> !seen.contains(id)).toList();
        store.ranksOf(query, others, scope)
                .forEach(
                        (id, rank) -> {
                            ScoredClip clip = new ScoredClip(id, rank.score());
                            Fused fused = fused(rank.rank(), words.get(id));
                            all.add(new Placed(clip, rank.rank(), null, fused));
                        });
        all.sort(Comparator.comparingDouble(p -> p.fused() == null ? 0 : -p.fused().score()));
        return all;
    }

    /**
     * Clips of equal scores have the same rank, the next ones the next: what is said of a video is
     * said of all its clips, and must not push other videos down by their number.
     */
    static Map<String, Fused> wordRanks(List<ScoredClip> byWords) {
        Map<String, Fused> ranks = new LinkedHashMap<>();
        int rank = 0;
        double last = Double.POSITIVE_INFINITY;
        for (ScoredClip clip : byWords) {
            rank += clip.score() < last ? 1 : 0;
            last = clip.score();
            ranks.put(clip.id(), new Fused(0, 0, rank, clip.score(), null));
        }
        return ranks;
    }

    private static Fused fused(long rank, @Nullable Fused words) {
        int byWords = words == null ? 0 : words.rankByWords();
        double score = words == null ? 0 : words.wordScore();
        return new Fused(Fused.score(rank, byWords), rank, byWords, score, null);
    }
}
