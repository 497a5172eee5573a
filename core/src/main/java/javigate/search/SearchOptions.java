package javigate.search;

import java.util.List;
import javigate.index.ClipFilter;

/**
 * How to search.
 *
 * @param k hits wanted, at least 1; videos where {@code byVideo}
 * @param withSound whether clips are compared with their sound, or as if they had none
 * @param filter which clips
 * @param byVideo whether the best clips of the k best videos are wanted, at most {@value
 *     #MOMENTS_PER_VIDEO} of each, as far as they are among the best of all clips: at least 4 k of
 *     these are looked at
 * @param words whether captions, subtitles and notes are searched for the query's words as well,
 *     and the two rankings fused
 * @param candidates 0 for exact search; else only so many clips, those whose mean frames are
 *     nearest, are compared in full
 * @param bank texts for {@link HubCorrection}, none for none
 * @param reranking how much the library's re-ranker looks at, where there is one
 */
public record SearchOptions(
        int k,
        boolean withSound,
        ClipFilter filter,
        boolean byVideo,
        boolean words,
        int candidates,
        List<String> bank,
        Reranking reranking) {
    /** Ten clips, exactly, with sound. */
    public static final SearchOptions DEFAULT =
            new SearchOptions(
                    10, true, ClipFilter.NONE, false, false, 0, List.of(), Reranking.DEFAULT);

    /** Clips of one video at most where hits are grouped by video. */
    public static final int MOMENTS_PER_VIDEO = 4;

    /**
     * @throws IllegalArgumentException if a number is out of range
     */
    public SearchOptions {
        bank = List.copyOf(bank);
        if (k < 1) {
            throw new IllegalArgumentException("k " + k + " is below 1");
        }
        if (candidates != 0 && candidates < k) {
            throw new IllegalArgumentException(
                    "%d candidates for %d hits; at least as many are needed"
                            .formatted(candidates, k));
        }
    }

    /** The same for so many hits. */
    public SearchOptions withK(int hits) {
        return new SearchOptions(
                hits, withSound, filter, byVideo, words, candidates, bank, reranking);
    }

    /** The same with or without the clips' sound. */
    public SearchOptions withSound(boolean sound) {
        return new SearchOptions(k, sound, filter, byVideo, words, candidates, bank, reranking);
    }

    /** The same among these clips. */
    public SearchOptions withFilter(ClipFilter accepted) {
        return new SearchOptions(
                k, withSound, accepted, byVideo, words, candidates, bank, reranking);
    }

    /** The same, by video or by clip. */
    public SearchOptions withVideos(boolean grouped) {
        return new SearchOptions(k, withSound, filter, grouped, words, candidates, bank, reranking);
    }

    /** The same with or without a search of words. */
    public SearchOptions withWords(boolean searched) {
        return new SearchOptions(
                k, withSound, filter, byVideo, searched, candidates, bank, reranking);
    }

    /** The same, approximately. */
    public SearchOptions withCandidates(int count) {
        return new SearchOptions(k, withSound, filter, byVideo, words, count, bank, reranking);
    }

    /** The same, corrected for clips that fit everything. */
    public SearchOptions withBank(List<String> texts) {
        return new SearchOptions(
                k, withSound, filter, byVideo, words, candidates, texts, reranking);
    }

    /** The same with so much looked at again. */
    public SearchOptions withReranking(Reranking again) {
        return new SearchOptions(k, withSound, filter, byVideo, words, candidates, bank, again);
    }
}
