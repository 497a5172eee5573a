package javigate.search;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import javigate.checkpoint.Checkpoint;
import javigate.index.ClipStore;
import javigate.index.LibraryModel;
import javigate.index.RerankTokens;
import javigate.index.ScoredClip;
import javigate.index.StoredClip;
import javigate.model.ClipTokens;
import javigate.model.RetrievalModel;
import org.jspecify.annotations.Nullable;

/**
 * The library's re-ranker at work. Memory: the tokens of {@value #AT_ONCE} clips.
 *
 * @param model whose tokens the library keeps; perhaps its only model
 * @param identity as the library's header has it
 */
record SecondStage(RetrievalModel model, LibraryModel identity) {

    private static final int AT_ONCE = 16;

    /**
     * A library's second model.
     *
     * @throws IOException if it cannot be loaded, or scores clips without looking at the text first
     */
    static SecondStage load(Checkpoint checkpoint) throws IOException {
        RetrievalModel model = checkpoint.load();
        try {
            if (!model.conditionsOnText()) {
                throw refused(checkpoint);
            }
            return new SecondStage(model, VideoLibrary.identity(checkpoint, model));
        } catch (IOException | RuntimeException e) {
            model.close();
            throw e;
        }
    }

    static IOException refused(Checkpoint checkpoint) {
        return new IOException(
                "%s: of architecture %s, which ranks no clip again: it never looks at the text and the clip"
                                .formatted(checkpoint.folder(), checkpoint.architecture())
                        + " together; re-rankers are xpool and tefal");
    }

    /**
     * A clip in its place; the re-ranker may have had no time for it, words no say.
     *
     * @param rankByScore in the first stage, from 1
     */
    record Placed(
            ScoredClip clip, long rankByScore, @Nullable Reranked reranked, @Nullable Fused fused) {
        double score() {
            return reranked == null ? Double.NEGATIVE_INFINITY : reranked.score();
        }

        Placed ranked(long byScore) {
            return new Placed(clip, byScore, reranked, fused);
        }

        Placed with(Fused words) {
            return new Placed(clip, rankByScore, reranked, words);
        }
    }

    /**
     * Scores clips again, in their order, until the time is used up.
     *
     * @param clips the first stage's, best first
     * @return those that were scored again, best first; of equal scores the first stage's order
     */
    List<Placed> rerank(
            ClipStore store,
            TextQuery text,
            List<ScoredClip> clips,
            boolean withSound,
            Duration budget)
            throws IOException {
        long end = System.nanoTime() + budget.toNanos();
        float[] query = text.vector(model::embedText);
        List<Placed> placed = new ArrayList<>();
        for (int begin = 0; begin < clips.size(); begin += AT_ONCE) {
            if (begin > 0 && System.nanoTime() > end) {
                break;
            }
            score(
                    store,
                    query,
                    clips.subList(begin, Math.min(clips.size(), begin + AT_ONCE)),
                    begin,
                    withSound,
                    placed);
        }
        placed.sort(Comparator.comparingDouble(p -> -p.score()));
        return placed;
    }

    private void score(
            ClipStore store,
            float[] query,
            List<ScoredClip> clips,
            int before,
            boolean withSound,
            List<Placed> into)
            throws IOException {
        List<ClipTokens> tokens = new ArrayList<>();
        List<ScoredClip> there = new ArrayList<>();
        List<Integer> ranks = new ArrayList<>();
        for (int i = 0; i < clips.size(); i++) {
            Optional<StoredClip> clip = store.get(clips.get(i).id());
            RerankTokens own = clip.map(StoredClip::reranking).orElse(null);
            if (own != null) { // else removed in between
                tokens.add(new ClipTokens(own.frames(), withSound ? own.audio() : new float[0][]));
                there.add(clips.get(i));
                ranks.add(before + i + 1);
            }
        }
        if (tokens.isEmpty()) {
            return;
        }
        double[] scores = model.score(List.of(query), tokens)[0];
        for (int i = 0; i < scores.length; i++) {
            into.add(new Placed(there.get(i), 0, new Reranked(scores[i], ranks.get(i)), null));
        }
    }
}
