package javigate.search;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javigate.index.ClipFilter;
import javigate.index.ClipStore;
import javigate.index.LateInteractionScore;
import javigate.index.Scope;
import javigate.index.ScoredClip;
import javigate.index.Sound;
import javigate.index.StoredClip;
import javigate.model.RetrievalModel;

/** Search by example: clips like those of a video, and texts for a video. */
final class Examples {
    private final RetrievalModel model;
    private final ClipStore store;

    Examples(RetrievalModel model, ClipStore store) {
        this.model = model;
        this.store = store;
    }

    private record Near(ScoredClip clip, long asked) {}

    /** See {@link VideoLibrary#similar}. */
    List<SimilarClip> similar(List<StoredClip> asked, Likeness likeness, int k, ClipFilter filter)
            throws IOException {
        String own = asked.getFirst().file().path();
        int wanted = k + store.clips(own).size(); // which are found too, and not meant
        Map<String, Near> nearest = new HashMap<>();
        for (StoredClip clip : asked) {
            for (ScoredClip found : near(clip, likeness, wanted, filter)) {
                nearest.merge(
                        found.id(),
                        new Near(found, clip.startMs()),
                        (a, b) -> a.clip.score() >= b.clip.score() ? a : b);
            }
        }
        List<Near> ordered = new ArrayList<>(nearest.values());
        ordered.sort(
                Comparator.comparingDouble((Near near) -> -near.clip.score())
                        .thenComparing(near -> near.clip.id()));
        List<SimilarClip> similar = new ArrayList<>();
        for (Near near : ordered) {
            Optional<StoredClip> clip = store.get(near.clip.id());
            if (clip.isPresent() && !clip.get().file().path().equals(own) && similar.size() < k) {
                similar.add(
                        new SimilarClip(
                                similar.size() + 1,
                                near.clip.id(),
                                Path.of(clip.get().file().path()),
                                clip.get().startMs(),
                                clip.get().endMs(),
                                near.clip.score(),
                                near.asked));
            }
        }
        return similar;
    }

    private List<ScoredClip> near(StoredClip clip, Likeness likeness, int k, ClipFilter filter)
            throws IOException {
        return switch (likeness) {
            case BOTH ->
                    store.searchPooled(
                                    LateInteractionScore.pooled(clip.vectors().frames()),
                                    k,
                                    new Scope(Sound.WITH, filter))
                            .hits();
            case SIGHT ->
                    store.searchPooled(
                                    LateInteractionScore.pooled(
                                            clip.vectors().framesWithoutSound()),
                                    k,
                                    new Scope(Sound.WITHOUT, filter))
                            .hits();
            case SOUND ->
                    clip.soundState().equals("absent") || clip.vectors().soundToken().length == 0
                            ? List.of()
                            : store.searchSounds(clip.vectors().soundToken(), k, filter);
        };
    }

    /** See {@link VideoLibrary#rank}. */
    List<RankedText> rank(List<StoredClip> asked, List<String> texts, boolean withSound) {
        List<RankedText> ranked = new ArrayList<>();
        for (String text : texts) {
            float[] vector = model.embedText(text);
            RankedText best = null;
            for (StoredClip clip : asked) {
                float[][] frames =
                        withSound ? clip.vectors().frames() : clip.vectors().framesWithoutSound();
                double score =
                        LateInteractionScore.of(frames, vector, model.alpha(), model.localWeight())
                                .score();
                if (best == null || score > best.score()) {
                    best = new RankedText(1, text, score, clip.startMs(), clip.endMs());
                }
            }
            if (best != null) {
                ranked.add(best);
            }
        }
        ranked.sort(Comparator.comparingDouble(text -> -text.score()));
        List<RankedText> numbered = new ArrayList<>();
        for (RankedText text : ranked) {
            numbered.add(
                    new RankedText(
                            numbered.size() + 1,
                            text.text(),
                            text.score(),
                            text.startMs(),
                            text.endMs()));
        }
        return numbered;
    }
}
