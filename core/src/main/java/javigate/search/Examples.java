package javigate.search;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import javigate.index.ClipFilter;
import javigate.index.ClipStore;
import javigate.index.ClipVectors;
import javigate.index.LateInteractionScore;
import javigate.index.Scope;
import javigate.index.ScoredClip;
import javigate.index.SearchResult;
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

    /** Clips of the video that are compared in one pass over the library. */
    private static final int AT_ONCE = 256;

    private record Near(ScoredClip clip, long asked) {}

    /** See {@link VideoLibrary#similar}. */
    List<SimilarClip> similar(List<StoredClip> asked, Likeness likeness, int k, ClipFilter filter)
            throws IOException {
        ClipFilter others = filter.exceptVideo(asked.getFirst().file().path());
        List<StoredClip> compared = asked.stream().filter(clip -> has(clip, likeness)).toList();
        List<Near> nearest = List.of();
        for (int from = 0; from < compared.size(); from += AT_ONCE) {
            List<StoredClip> some =
                    compared.subList(from, Math.min(from + AT_ONCE, compared.size()));
            List<Near> found = new ArrayList<>(nearest);
            List<List<ScoredClip>> near = near(some, likeness, k, others);
            for (int i = 0; i < some.size(); i++) {
                for (ScoredClip clip : near.get(i)) {
                    found.add(new Near(clip, some.get(i).startMs()));
                }
            }
            nearest = best(found, k);
        }
        List<SimilarClip> similar = new ArrayList<>();
        for (Near near : nearest) {
            Optional<StoredClip> clip = store.get(near.clip.id());
            if (clip.isPresent()) { // else removed meanwhile
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

    /** Of each clip the nearest, of these the {@code k} nearest. */
    private static List<Near> best(List<Near> found, int k) {
        Map<String, Near> nearest = new HashMap<>();
        for (Near near : found) {
            nearest.merge(near.clip.id(), near, (a, b) -> a.clip.score() >= b.clip.score() ? a : b);
        }
        return nearest.values().stream()
                .sorted(
                        Comparator.comparingDouble((Near near) -> -near.clip.score())
                                .thenComparing(near -> near.clip.id()))
                .limit(k)
                .toList();
    }

    private static boolean has(StoredClip clip, Likeness likeness) {
        return likeness != Likeness.SOUND
                || (!clip.soundState().equals("absent") && clip.vectors().soundToken().length > 0);
    }

    /** For each clip those like it, all in one pass over the library. */
    private List<List<ScoredClip>> near(
            List<StoredClip> clips, Likeness likeness, int k, ClipFilter filter)
            throws IOException {
        List<ClipVectors> vectors = clips.stream().map(StoredClip::vectors).toList();
        return switch (likeness) {
            case BOTH -> pooled(vectors, ClipVectors::frames, k, new Scope(Sound.WITH, filter));
            case SIGHT ->
                    pooled(
                            vectors,
                            ClipVectors::framesWithoutSound,
                            k,
                            new Scope(Sound.WITHOUT, filter));
            case SOUND ->
                    store.searchSounds(
                            vectors.stream().map(ClipVectors::soundToken).toList(), k, filter);
        };
    }

    private List<List<ScoredClip>> pooled(
            List<ClipVectors> clips, Function<ClipVectors, float[][]> frames, int k, Scope scope)
            throws IOException {
        List<float[]> means = clips.stream().map(frames).map(LateInteractionScore::pooled).toList();
        return store.searchPooled(means, k, scope).stream().map(SearchResult::hits).toList();
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
