package javigate.search;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import javigate.eval.QueryBank;
import javigate.index.ClipStore;
import javigate.index.LateInteractionScore;
import javigate.index.LibraryModel;
import javigate.index.Scope;
import javigate.index.ScoredClip;
import javigate.index.SearchResult;
import javigate.index.Sound;
import javigate.index.StoredClip;

/**
 * Holds clips down that fit every query a little (hubs): QB-Norm ({@link QueryBank}) with a bank of
 * texts, over the best clips of a query instead of all. Whether it does anything depends, as in the
 * paper, on the best clip: whether it is the best one of some text of the bank too.
 */
final class HubCorrection {
    /** Clips that are put in a new order at most. */
    static final int CANDIDATES = 200;

    /** The paper's settings. */
    private static final int NEAREST = 1;

    private static final double BETA = 20;

    /** Below every score. */
    private static final double NONE = -2;

    private final ClipStore store;
    private final Scope scope;
    private final List<float[]> bank;

    /**
     * @param bank text vectors [D], at least one
     */
    HubCorrection(ClipStore store, Scope scope, List<float[]> bank) {
        this.store = store;
        this.scope = scope;
        this.bank = bank;
    }

    /**
     * Puts the first {@value #CANDIDATES} clips in their corrected order.
     *
     * @param clips best first
     */
    List<ScoredClip> reorder(List<ScoredClip> clips) throws IOException {
        List<ScoredClip> first = clips.subList(0, Math.min(CANDIDATES, clips.size()));
        List<ScoredClip> there = new ArrayList<>();
        List<float[][]> frames = new ArrayList<>();
        for (ScoredClip clip : first) {
            Optional<StoredClip> stored = store.get(clip.id());
            if (stored.isPresent()) { // else removed in between
                there.add(clip);
                frames.add(
                        scope.sound() == Sound.WITH
                                ? stored.get().vectors().frames()
                                : stored.get().vectors().framesWithoutSound());
            }
        }
        if (there.isEmpty()) {
            return clips;
        }
        // One more column stands for all other clips: a text may be nearest to one of them.
        double[] scores = new double[there.size() + 1];
        for (int i = 0; i < there.size(); i++) {
            scores[i] = there.get(i).score();
        }
        scores[there.size()] = NONE;
        double[] corrected = bank(there, frames).normalise(new double[][] {scores})[0];
        List<ScoredClip> ordered =
                new ArrayList<>(
                        IntStream.range(0, there.size())
                                .boxed()
                                .sorted(Comparator.comparingDouble(i -> -corrected[i]))
                                .map(there::get)
                                .toList());
        ordered.addAll(clips.subList(first.size(), clips.size()));
        return ordered;
    }

    private QueryBank bank(List<ScoredClip> clips, List<float[][]> frames) throws IOException {
        Map<String, Integer> columns = new HashMap<>();
        clips.forEach(clip -> columns.put(clip.id(), columns.size()));
        List<SearchResult> nearest = store.searchBatch(bank, NEAREST, scope);
        LibraryModel model = store.header().model();
        QueryBank queries = new QueryBank(clips.size() + 1, NEAREST, BETA);
        for (int b = 0; b < bank.size(); b++) {
            double[] scores = new double[clips.size() + 1];
            for (int i = 0; i < clips.size(); i++) {
                scores[i] =
                        LateInteractionScore.of(
                                        frames.get(i),
                                        bank.get(b),
                                        model.alpha(),
                                        model.localWeight())
                                .score();
            }
            scores[clips.size()] = NONE;
            for (ScoredClip best : nearest.get(b).hits()) { // none when all were removed in between
                scores[clips.size()] = columns.containsKey(best.id()) ? NONE : best.score();
            }
            queries.add(scores);
        }
        return queries;
    }
}
