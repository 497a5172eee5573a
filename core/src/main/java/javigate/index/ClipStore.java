package javigate.index;

import java.io.Closeable;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.UnaryOperator;

/**
 * The clips of a library. What a store shows is its last commit when it was opened, {@linkplain
 * #refresh refreshed} or changed through this object. Safe for use by several threads. Every method
 * that throws {@link IOException} throws a {@link LibraryException} when the library itself is at
 * fault.
 */
public interface ClipStore extends Closeable {
    /** Format, model and age of the library. */
    LibraryHeader header();

    /**
     * Stores a video: all its segments replace all that were stored under its path, in one commit.
     * When this returns, they survive the death of the process; when it does not, the library holds
     * either all of the old or all of the new.
     *
     * @param segments at least one, of one file, no two with the same start, of the library's width
     * @throws IllegalArgumentException when {@code segments} are not as said
     */
    void putVideo(List<StoredClip> segments) throws IOException;

    /**
     * Forgets a video, durably, in one commit.
     *
     * @return segments removed, 0 when no such video was stored
     */
    int removeVideo(String path) throws IOException;

    /**
     * Stores a video anew, as {@link #putVideo} does; no other thread of this process puts or
     * removes one meanwhile.
     *
     * @param change what becomes of its clips; of the same path
     * @return its clips as they are now; none when no such video is stored (any more)
     * @throws IllegalArgumentException when {@code change} gives what cannot be stored
     */
    Optional<List<StoredClip>> changeVideo(String path, UnaryOperator<List<StoredClip>> change)
            throws IOException;

    /** All videos, by path. */
    List<StoredVideo> videos() throws IOException;

    /** The video stored under a path. */
    Optional<StoredVideo> find(String path) throws IOException;

    /** The segments of a video by start; none when it is not stored. */
    List<StoredClip> clips(String path) throws IOException;

    /**
     * A clip by its id. Its frame vectors come back with length 1, rounded to the {@linkplain
     * VectorFormat library's format}: these are the vectors whose scores {@link #search} gives.
     */
    Optional<StoredClip> get(String id) throws IOException;

    /** Whether any clip has captions, subtitles or notes. */
    boolean hasWords() throws IOException;

    /** Names of metadata that clips have, in order; perhaps also of some since removed. */
    SortedSet<String> metadataNames() throws IOException;

    /** Clips stored. */
    long count() throws IOException;

    /**
     * The {@code k} best clips by exact score (Eq. 9), of equal scores the smaller id first.
     *
     * @param query text vector [D], any length but 0
     * @param k at least 1; fewer hits come back from a smaller library
     * @throws IllegalArgumentException when the width is not the library's, the query has no
     *     direction, or k is below 1
     */
    SearchResult search(float[] query, int k, Scope scope) throws IOException;

    /**
     * As {@link #search}, of those clips only whose mean frame is nearest to the query: it reads a
     * twentieth of the bytes, and misses a clip whose one good frame drowns in its mean. What is
     * found has its exact score.
     *
     * @param candidates clips that are scored in full, at least {@code k}
     */
    SearchResult searchApproximately(float[] query, int k, int candidates, Scope scope)
            throws IOException;

    /**
     * As {@link #searchBatch}, by the cosine with the mean of the frames alone (Eq. 7): how alike
     * two clips are does not depend on how many frames they have.
     */
    List<SearchResult> searchPooled(List<float[]> pooled, int k, Scope scope) throws IOException;

    /**
     * The clips that sound most like each of some, in one pass: by cosine of their sound tokens
     * (the mean of the resampled audio tokens), of equal ones the smaller id first. Clips without
     * an audio track, or of a model that does not listen, are not found.
     *
     * @param soundTokens each [D], any length but 0
     * @param k at least 1
     * @return in the order of the tokens
     */
    List<List<ScoredClip>> searchSounds(List<float[]> soundTokens, int k, ClipFilter filter)
            throws IOException;

    /**
     * The clips whose captions, subtitles and notes fit some words best, by BM25 (Robertson and
     * Zaragoza, 2009, with k1 = 1.2, b = 0.75) over stemmed English words. Clips with none of the
     * words are not found; which of equal ones are found when there are more than {@code k} is not
     * said.
     *
     * @param words any text; its first 256 words count
     * @param k at least 1
     * @return with BM25's scores, above 0
     */
    List<ScoredClip> searchTexts(String words, int k, ClipFilter filter) throws IOException;

    /**
     * {@link #search} for many queries: from about six queries on faster than one after the other.
     *
     * @return in the order of the queries
     */
    List<SearchResult> searchBatch(List<float[]> queries, int k, Scope scope) throws IOException;

    /**
     * Score and rank of some clips among all of the scope, in one pass.
     *
     * @param query text vector [D], any length but 0
     * @return by id; ids that are not stored, or not in the scope, are left out
     * @throws IllegalArgumentException when the width is not the library's or the query has no
     *     direction
     */
    Map<String, ClipRank> ranksOf(float[] query, Collection<String> ids, Scope scope)
            throws IOException;

    /**
     * Mean and deviation of the scores of all clips; of a library of more than 20,000 clips, those
     * of about 20,000 spread evenly over it.
     *
     * @param query text vector [D], any length but 0
     * @return none of an empty library
     */
    Optional<ScoreSummary> summary(float[] query, Sound sound) throws IOException;

    /** The videos' paths of some clips, by id; ids that are not stored are left out. */
    Map<String, String> paths(Collection<String> ids) throws IOException;

    /** Shows what other processes have committed since. */
    void refresh() throws IOException;
}
