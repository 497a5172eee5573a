package javigate.search;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Consumer;
import javigate.checkpoint.Calibration;
import javigate.checkpoint.Checkpoint;
import javigate.data.AboutTable;
import javigate.index.ClipFilter;
import javigate.index.ClipStore;
import javigate.index.LibraryModel;
import javigate.index.LuceneClipStore;
import javigate.index.StoredClip;
import javigate.index.StoredVideo;
import javigate.index.VectorFormat;
import javigate.model.Relevance;
import javigate.model.RetrievalModel;
import org.jspecify.annotations.Nullable;

/**
 * A folder of embedded videos that can be searched by a sentence.
 *
 * <pre>{@code
 * try (VideoLibrary library = VideoLibrary.open(folder, Checkpoint.open(modelFolder))) {
 *     library.add(List.of(Path.of("holiday")), outcome -> {});
 *     List<Hit> hits = library.search("a dog barks off screen", 10, true);
 * }
 * }</pre>
 *
 * <p>Memory: decoded pictures of at most one clip per decoding process, never a whole video's, and
 * the vectors of the videos being added: per clip some 25 KB, with a re-ranker what it looks at
 * ({@link javigate.index.RerankTokens}) twice. What is stored stays in mapped files. One process
 * writes at a time, any number read. Safe for use by several threads.
 */
public final class VideoLibrary implements AutoCloseable {

    private final RetrievalModel model;
    private final @Nullable SecondStage second;
    private final ClipStore store;
    private final @Nullable Relevance relevance;

    private VideoLibrary(
            RetrievalModel model,
            @Nullable SecondStage second,
            ClipStore store,
            @Nullable Relevance relevance) {
        this.relevance = relevance;
        this.model = model;
        this.second = second;
        this.store = store;
    }

    /**
     * Opens a library to search and to change it, making it if it does not exist.
     *
     * @throws IOException if another process is writing to it, it was made with another model, or
     *     library or model are damaged
     */
    public static VideoLibrary open(Path folder, Checkpoint model) throws IOException {
        return open(folder, model, null, VectorFormat.DEFAULT);
    }

    /**
     * As {@link #open(Path, Checkpoint)}.
     *
     * @param reranker scores the best clips again; what it looks at is then kept of every clip
     *     ({@link javigate.index.RerankTokens}). Null for none; a model that conditions on the text
     *     (X-Pool, TEFAL) re-ranks its own first stage
     * @param vectors how a library that is made keeps its vectors; an existing one keeps its format
     */
    public static VideoLibrary open(
            Path folder, Checkpoint model, @Nullable Checkpoint reranker, VectorFormat vectors)
            throws IOException {
        return open(
                model,
                reranker,
                (first, second) -> LuceneClipStore.openToWrite(folder, first, vectors, second));
    }

    /**
     * Opens a library to search it, while others may be changing it.
     *
     * @throws IOException if there is none, it was made with another model, or it is damaged
     */
    public static VideoLibrary openToRead(Path folder, Checkpoint model) throws IOException {
        return openToRead(folder, model, null);
    }

    /**
     * As {@link #openToRead(Path, Checkpoint)}.
     *
     * @param reranker the library's; null to search without one
     */
    public static VideoLibrary openToRead(
            Path folder, Checkpoint model, @Nullable Checkpoint reranker) throws IOException {
        return open(
                model,
                reranker,
                (first, second) -> LuceneClipStore.openToRead(folder, first, second));
    }

    private interface StoreOpener {
        ClipStore open(LibraryModel model, @Nullable LibraryModel reranker) throws IOException;
    }

    private static VideoLibrary open(
            Checkpoint checkpoint, @Nullable Checkpoint reranker, StoreOpener opener)
            throws IOException {
        RetrievalModel model = checkpoint.load();
        @Nullable SecondStage second = null;
        try {
            LibraryModel identity = identity(checkpoint, model);
            if (reranker != null && !reranker.fingerprint().equals(checkpoint.fingerprint())) {
                second = SecondStage.load(reranker);
            } else if (model.conditionsOnText()) {
                second = new SecondStage(model, identity);
            } else if (reranker != null) {
                throw SecondStage.refused(reranker);
            }
            Relevance relevance =
                    Calibration.of(checkpoint).map(Calibration::relevance).orElse(null);
            ClipStore store = opener.open(identity, second == null ? null : second.identity());
            return new VideoLibrary(model, second, store, relevance);
        } catch (IOException | RuntimeException e) {
            if (second != null) {
                second.model().close();
            }
            model.close();
            throw e;
        }
    }

    static LibraryModel identity(Checkpoint checkpoint, RetrievalModel model) throws IOException {
        return new LibraryModel(
                checkpoint.name(),
                checkpoint.fingerprint(),
                model.width(),
                model.alpha(),
                model.localWeight());
    }

    /**
     * Adds videos, each durably as soon as it is done; files already there and unchanged are
     * skipped. Files are decoded in processes of their own.
     *
     * @param paths files and folders
     * @param each told of every outcome, on the thread that reached it
     * @throws IOException if the library cannot be written; a file that cannot be used is an
     *     outcome, not an exception
     */
    public AddReport add(List<Path> paths, Consumer<AddReport.Outcome> each) throws IOException {
        return add(paths, null, each);
    }

    /**
     * As {@link #add(List, Consumer)}. Of a video already there, what is said of it is brought up
     * to date.
     *
     * @param table of what is said of the videos besides what {@linkplain javigate.data.Sidecars
     *     files beside them} say; null for none
     */
    public AddReport add(
            List<Path> paths, @Nullable AboutTable table, Consumer<AddReport.Outcome> each)
            throws IOException {
        return new VideoAdder(model, second == null ? null : second.model(), store, table)
                .add(paths, each);
    }

    /** Files that {@link #add} would look at, for a progress bar. */
    public static int count(List<Path> paths) throws IOException {
        return VideoFiles.find(paths).all().size();
    }

    /**
     * Forgets videos; the files themselves are not touched.
     *
     * @param path a video, or a folder whose videos are meant
     * @return the videos forgotten
     */
    public List<Path> remove(Path path) throws IOException {
        return remove(store, path);
    }

    /** As {@link #remove(Path)}, of a store alone: forgetting needs no model. */
    public static List<Path> remove(ClipStore store, Path path) throws IOException {
        Path absolute = VideoFiles.named(path);
        List<Path> removed = new ArrayList<>();
        for (StoredVideo video : store.videos()) {
            Path stored = Path.of(video.file().path());
            if (stored.startsWith(absolute)) {
                store.removeVideo(video.file().path());
                removed.add(stored);
            }
        }
        return removed;
    }

    /** All videos, by path. */
    public List<StoredVideo> videos() throws IOException {
        return store.videos();
    }

    /** Whether a search looks at its best clips again, with a second model or the library's own. */
    public boolean reranks() {
        return second != null;
    }

    /** Clips stored. */
    public long clipCount() throws IOException {
        return store.count();
    }

    /** Whether there are captions, subtitles or notes to search. */
    public boolean hasWords() throws IOException {
        return store.hasWords();
    }

    /** Names of metadata to filter by, in order, besides what is known of every video. */
    public SortedSet<String> metadataNames() throws IOException {
        return store.metadataNames();
    }

    /** The stored clip of this id. */
    public Optional<StoredClip> clip(String id) throws IOException {
        return store.get(id);
    }

    /** The model the library was made with. */
    public LibraryModel model() {
        return store.header().model();
    }

    /** Shows what other processes have added since. */
    public void refresh() throws IOException {
        store.refresh();
    }

    /**
     * The clips that fit a sentence best, by exact score over all of them, each explained.
     *
     * @param text what is seen and heard; see {@link TextQuery}
     * @param k hits at most, at least 1
     * @param withSound whether clips are compared with their sound, or as if they had none
     * @throws IllegalArgumentException if the text is blank or too long, or k below 1
     */
    public List<Hit> search(String text, int k, boolean withSound) throws IOException {
        SearchOptions options = SearchOptions.DEFAULT.withK(k).withSound(withSound);
        return search(TextQuery.parse(text), options).hits();
    }

    /** The clips that fit a query best, as the options say. */
    public SearchAnswer search(TextQuery query, SearchOptions options) throws IOException {
        return new Searcher(model, second, store, relevance, options).search(query);
    }

    /**
     * The clips of other videos that are like those of a video.
     *
     * @param video stored or not; a file that is not stored is looked at now, and not stored
     * @param atMs only its clip at this millisecond; null for all its clips
     * @param likeness in what
     * @param k clips at most, at least 1
     * @throws IOException if the video cannot be used
     * @throws IllegalArgumentException if it has no clip there, or no sound to compare by
     */
    public List<SimilarClip> similar(
            Path video, @Nullable Long atMs, Likeness likeness, int k, ClipFilter filter)
            throws IOException {
        if (k < 1) {
            throw new IllegalArgumentException("k " + k + " is below 1");
        }
        List<StoredClip> asked =
                look(video).stream()
                        .filter(c -> atMs == null || (c.startMs() <= atMs && atMs < c.endMs()))
                        .toList();
        if (asked.isEmpty()) {
            throw new IllegalArgumentException(
                    "%s: no clip of it at %d ms".formatted(video, atMs == null ? 0 : atMs));
        }
        if (likeness == Likeness.SOUND
                && (!model.listens()
                        || asked.stream().allMatch(c -> c.soundState().equals("absent")))) {
            throw new IllegalArgumentException(
                    video
                            + (model.listens()
                                    ? ": it has no audio track to compare by"
                                    : ": the library's model does not listen; compare by sight"));
        }
        return new Examples(model, store).similar(asked, likeness, k, filter);
    }

    /**
     * The texts that fit a video, the best first.
     *
     * @param video stored or not, as for {@link #similar}
     * @param texts any number
     * @param withSound whether the video's sound counts
     * @throws IOException if the video cannot be used
     */
    public List<RankedText> rank(Path video, List<String> texts, boolean withSound)
            throws IOException {
        return new Examples(model, store).rank(look(video), texts, withSound);
    }

    /**
     * What of texts the model does not read, as they are longer than it takes.
     *
     * @return the end of each such text, from the first word that is left out on
     */
    public List<String> unread(List<String> texts) {
        return texts.stream().map(model::unread).filter(rest -> !rest.isEmpty()).toList();
    }

    /**
     * Measures what approximate search misses in this library.
     *
     * @param texts queries to measure by; none to take the library's own captions, or frames
     */
    public RecallCheck.Report recall(List<String> texts) throws IOException {
        return RecallCheck.run(model, store, texts);
    }

    private List<StoredClip> look(Path video) throws IOException {
        return new VideoAdder(model, null, store, null).look(video);
    }

    @Override
    public void close() throws IOException {
        try (model;
                RetrievalModel _ = second == null ? null : second.model()) {
            store.close();
        }
    }
}
