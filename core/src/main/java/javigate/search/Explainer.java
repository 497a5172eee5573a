package javigate.search;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javigate.index.ClipScore;
import javigate.index.LateInteractionScore;
import javigate.index.ScoreSummary;
import javigate.index.StoredClip;
import javigate.index.TextLine;
import javigate.model.Relevance;
import javigate.model.RetrievalModel;
import javigate.search.SecondStage.Placed;
import org.jspecify.annotations.Nullable;

/**
 * Gives the reasons for the hits of one search.
 *
 * @param query vector of the text [D]
 * @param withSound whether clips were compared with their sound
 * @param library what all scores for the text have in common
 * @param best highest of them
 * @param calibration null where relevance is not known
 */
record Explainer(
        RetrievalModel model,
        TextQuery text,
        float[] query,
        boolean withSound,
        ScoreSummary library,
        double best,
        @Nullable Relevance calibration) {

    /** Why probably nothing is what was asked for, in words; empty where something may be. */
    Optional<String> nothing() {
        Double ofBest = relevance(best);
        return calibration == null || ofBest == null || !calibration.nothingMatches(ofBest)
                ? Optional.empty()
                : Optional.of(
                        String.format(
                                Locale.ROOT,
                                "nothing here matches: the best clip's relevance is %.3f, below %.3f",
                                ofBest,
                                calibration.least()));
    }

    private @Nullable Double relevance(double score) {
        return calibration == null
                ? null
                : calibration.of(library.clips(), library.mean(), best, score);
    }

    /** What is known of one of the clips found. */
    Hit explain(int rank, StoredClip clip, @Nullable Long mutedRank, Placed placed)
            throws IOException {
        double alpha = model.alpha();
        double localWeight = model.localWeight();
        float[][] muted = clip.vectors().framesWithoutSound();
        float[][] used = withSound ? clip.vectors().frames() : muted;
        ClipScore score = LateInteractionScore.of(used, query, alpha, localWeight);
        ClipScore mutedScore = LateInteractionScore.of(muted, query, alpha, localWeight);
        FrameShares shares = FrameShares.of(score.cosines(), used, alpha, localWeight);
        List<FrameScore> frames = new ArrayList<>();
        for (int f = 0; f < used.length; f++) {
            frames.add(
                    new FrameScore(
                            clip.frameTimesMs()[f],
                            score.cosines()[f],
                            mutedScore.cosines()[f],
                            shares.local()[f],
                            shares.global()[f]));
        }
        return new Hit(
                rank,
                clip.id(),
                Path.of(clip.file().path()),
                clip.startMs(),
                clip.endMs(),
                score.score(),
                placed.rankByScore(),
                mutedScore.score(),
                mutedRank,
                relevance(placed.clip().score()),
                SoundState.of(
                        clip.soundState(), score.score() - mutedScore.score(), library.deviation()),
                model.listens(),
                clip.vectors().gates(),
                frames,
                clip.notes(),
                Moment.of(score.cosines(), clip.frameTimesMs(), clip.startMs(), clip.endMs()),
                fusedLine(placed.fused(), clip),
                placed.reranked());
    }

    private @Nullable Fused fusedLine(@Nullable Fused fused, StoredClip clip) throws IOException {
        if (fused == null || fused.rankByWords() == 0) {
            return fused;
        }
        return new Fused(
                fused.score(),
                fused.rank(),
                fused.rankByWords(),
                fused.wordScore(),
                TextLine.nearest(clip.description().texts(), text.words()).orElse(null));
    }
}
