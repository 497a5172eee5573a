package javigate.search;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A clip found, with the reasons.
 *
 * @param rank among the hits, from 1
 * @param id of the clip in its library
 * @param file the video
 * @param startMs first millisecond of the clip in the video
 * @param endMs first millisecond after it
 * @param score Eq. 9
 * @param rankByScore the clip's rank among all by it, before words, re-ranker and grouping
 * @param scoreWithoutSound the same with the clip embedded as if it had no audio track
 * @param rankWithoutSound the clip's rank among all by score if no clip had sound; null after an
 *     approximate search, which does not look at all clips
 * @param relevance how likely the clip is what the text describes, 0..1 ({@link
 *     javigate.model.Relevance}); null where that was not measured: for a model without
 *     calibration, and any but a plain sentence searched exactly, with sound, without filter and
 *     words
 * @param soundState whether the sound had a part in the score
 * @param modelListens whether the model hears at all; where it does not, sound adds nothing to any
 *     score
 * @param gates g_mha and g_ffn of each fusion layer [L][2], −1 to 1; none where the model has none
 * @param frames at least one, in order of time
 * @param notes what to know about the clip, for example that frames were lost
 * @param moment the part of the clip that fits
 * @param fused how words decided too; null where they were not searched
 * @param reranked what the re-ranker said; null where none looked at the clip. Score, frames and
 *     gates are the first stage's in any case
 */
public record Hit(
        int rank,
        String id,
        Path file,
        long startMs,
        long endMs,
        double score,
        long rankByScore,
        double scoreWithoutSound,
        @Nullable Long rankWithoutSound,
        @Nullable Double relevance,
        SoundState soundState,
        boolean modelListens,
        float[][] gates,
        List<FrameScore> frames,
        List<String> notes,
        Moment moment,
        @Nullable Fused fused,
        @Nullable Reranked reranked) {

    /** When the frame that fits the text best is shown. */
    public long bestMs() {
        return frames.stream()
                .max(Comparator.comparingDouble(FrameScore::cosine))
                .orElseThrow()
                .timeMs();
    }

    /** What the sound added to the score; negative where it took away. */
    public double soundAdded() {
        return score - scoreWithoutSound;
    }
}
