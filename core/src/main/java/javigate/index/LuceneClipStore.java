package javigate.index;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Term;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.IOUtils;
import org.jspecify.annotations.Nullable;

/**
 * A library in a folder, on Lucene: one document per segment, every vector inside it (see {@link
 * ClipDocument}), memory-mapped, in the subfolder {@code clips}.
 *
 * <p>Every change is one Lucene commit, synced to the disk before the method returns: embedding a
 * video costs seconds, a commit a few syncs of the disk, so little is gained by gathering several.
 * One process writes (a native lock, which the system frees when the process dies); any number
 * read, without a lock, the commit they opened.
 */
public final class LuceneClipStore implements ClipStore {
    private interface Read<T> {
        T from(DirectoryReader reader) throws IOException;
    }

    private final Path folder;
    private final Directory directory;
    private final LibraryWriter writer;
    private final LibraryReaders readers;
    private final LibraryHeader header;

    /** Shared by whoever puts or removes, alone with whoever changes what is there. */
    private final ReadWriteLock replacing = new ReentrantReadWriteLock();

    private LuceneClipStore(Path folder, LuceneFolder.Opened opened) {
        this.folder = folder;
        this.directory = opened.directory();
        this.readers = opened.readers();
        this.header = opened.header();
        this.writer = new LibraryWriter(folder, directory, header, opened.writer());
    }

    /**
     * Opens a library to search and list it; takes no lock.
     *
     * @param folder of the library
     * @param model the one in use, refused when it is not the library's; null when none is needed
     * @throws LibraryException when there is no library, it is damaged, newer than this program, or
     *     of another model
     */
    public static LuceneClipStore openToRead(Path folder, @Nullable LibraryModel model)
            throws LibraryException {
        return openToRead(folder, model, null);
    }

    /**
     * As {@link #openToRead(Path, LibraryModel)}.
     *
     * @param reranker the one in use, refused when it is not the library's; null for none
     */
    public static LuceneClipStore openToRead(
            Path folder, @Nullable LibraryModel model, @Nullable LibraryModel reranker)
            throws LibraryException {
        return new LuceneClipStore(folder, LuceneFolder.openToRead(folder, model, reranker));
    }

    /**
     * Opens a library to change it, and takes the lock that keeps other writers out.
     *
     * @param folder of the library, made when it does not exist
     * @param model the one in use: refused when it is not the library's, written into a new
     *     library; null when none is needed, then the library must exist
     * @throws LibraryException as {@link #openToRead}, and when another process writes it
     */
    public static LuceneClipStore openToWrite(Path folder, @Nullable LibraryModel model)
            throws LibraryException {
        return openToWrite(folder, model, VectorFormat.DEFAULT, null);
    }

    /**
     * As {@link #openToWrite(Path, LibraryModel)}.
     *
     * @param vectors of a library that is made; an existing one keeps its format
     * @param reranker whose tokens a library that is made keeps of every clip; the one in use,
     *     refused when it is not the library's; null for none
     */
    public static LuceneClipStore openToWrite(
            Path folder,
            @Nullable LibraryModel model,
            VectorFormat vectors,
            @Nullable LibraryModel reranker)
            throws LibraryException {
        return new LuceneClipStore(
                folder, LuceneFolder.openToWrite(folder, model, vectors, reranker));
    }

    /** Whether a folder holds a library. */
    public static boolean isLibrary(Path folder) throws IOException {
        return LuceneFolder.exists(folder);
    }

    @Override
    public LibraryHeader header() {
        return header;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException when the store was opened to read
     */
    @Override
    public void putVideo(List<StoredClip> segments) throws IOException {
        if (segments.isEmpty()) {
            throw new IllegalArgumentException("a video needs at least one segment to be stored");
        }
        String path = segments.getFirst().file().path();
        long videoMs = segments.stream().mapToLong(StoredClip::endMs).max().orElseThrow();
        Set<String> ids = new HashSet<>();
        List<Document> documents = new ArrayList<>();
        for (StoredClip clip : segments) {
            if (!clip.file().equals(segments.getFirst().file())) {
                throw new IllegalArgumentException(
                        path + ": its segments name another file too, " + clip.file());
            }
            if (!ids.add(clip.id())) {
                throw new IllegalArgumentException(
                        path + ": two segments start at " + clip.startMs() + " ms");
            }
            if (clip.vectors().width() != header.model().width()) {
                throw new IllegalArgumentException(
                        String.format(
                                "%s: vectors of width %d for a library of width %d (model %s)",
                                path,
                                clip.vectors().width(),
                                header.model().width(),
                                header.model().name()));
            }
            if ((clip.reranking() == null) != (header.reranker() == null)) {
                throw new IllegalArgumentException(
                        "%s: a clip %s what a re-ranker looks at, for a library %s one"
                                .formatted(
                                        path,
                                        clip.reranking() == null ? "without" : "with",
                                        header.reranker() == null ? "without" : "with"));
            }
            requireWidth(path, clip.reranking(), header.reranker());
            documents.add(ClipDocument.of(clip, videoMs, header.vectors()));
        }
        Term video = new Term(ClipDocument.VIDEO, path);
        replacing.readLock().lock();
        try {
            change(open -> open.updateDocuments(video, documents));
        } finally {
            replacing.readLock().unlock();
        }
    }

    private static void requireWidth(
            String path, @Nullable RerankTokens tokens, @Nullable LibraryModel reranker) {
        if (tokens != null && reranker != null && tokens.width() != reranker.width()) {
            throw new IllegalArgumentException(
                    "%s: tokens of width %d for re-ranker %s of width %d"
                            .formatted(path, tokens.width(), reranker.name(), reranker.width()));
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException when the store was opened to read
     */
    @Override
    public int removeVideo(String path) throws IOException {
        replacing.readLock().lock();
        try {
            int segments = find(path).map(StoredVideo::segments).orElse(0);
            change(open -> open.deleteDocuments(new Term(ClipDocument.VIDEO, path)));
            return segments;
        } finally {
            replacing.readLock().unlock();
        }
    }

    @Override
    public Optional<List<StoredClip>> changeVideo(
            String path, UnaryOperator<List<StoredClip>> change) throws IOException {
        replacing.writeLock().lock();
        try {
            List<StoredClip> clips = clips(path);
            if (clips.isEmpty()) {
                return Optional.empty();
            }
            List<StoredClip> changed = change.apply(clips);
            putVideo(changed);
            return Optional.of(changed);
        } finally {
            replacing.writeLock().unlock();
        }
    }

    @Override
    public List<StoredVideo> videos() throws IOException {
        return read(ClipListing::videos);
    }

    @Override
    public Optional<StoredVideo> find(String path) throws IOException {
        return read(reader -> ClipListing.find(reader, path));
    }

    @Override
    public List<StoredClip> clips(String path) throws IOException {
        return read(reader -> ClipListing.clips(reader, header, ClipDocument.VIDEO, path));
    }

    @Override
    public Optional<StoredClip> get(String id) throws IOException {
        return read(reader -> ClipListing.clips(reader, header, ClipDocument.ID, id)).stream()
                .findFirst();
    }

    @Override
    public boolean hasWords() throws IOException {
        return read(ClipListing::hasWords);
    }

    @Override
    public SortedSet<String> metadataNames() throws IOException {
        return read(FilterQuery::names);
    }

    @Override
    public long count() throws IOException {
        return read(reader -> (long) reader.numDocs());
    }

    @Override
    public SearchResult search(float[] query, int k, Scope scope) throws IOException {
        return read(reader -> new ExactSearch(reader, header, scope).search(query, k));
    }

    @Override
    public SearchResult searchApproximately(float[] query, int k, int candidates, Scope scope)
            throws IOException {
        return read(
                reader ->
                        new ExactSearch(reader, header, scope)
                                .searchApproximately(query, k, candidates));
    }

    @Override
    public List<SearchResult> searchPooled(List<float[]> pooled, int k, Scope scope)
            throws IOException {
        return read(
                reader ->
                        new ExactSearch(reader, header.globalOnly(), scope).searchBatch(pooled, k));
    }

    @Override
    public List<List<ScoredClip>> searchSounds(List<float[]> soundTokens, int k, ClipFilter filter)
            throws IOException {
        return read(reader -> SoundSearch.of(reader, soundTokens, k, filter));
    }

    @Override
    public List<ScoredClip> searchTexts(String words, int k, ClipFilter filter) throws IOException {
        return read(reader -> WordSearch.of(reader, words, k, filter));
    }

    @Override
    public List<SearchResult> searchBatch(List<float[]> queries, int k, Scope scope)
            throws IOException {
        return read(reader -> new ExactSearch(reader, header, scope).searchBatch(queries, k));
    }

    /** See {@link ExactSearch#readAll}. */
    long readAll(Sound sound) throws IOException {
        return read(reader -> new ExactSearch(reader, header, Scope.of(sound)).readAll());
    }

    @Override
    public Map<String, ClipRank> ranksOf(float[] query, Collection<String> ids, Scope scope)
            throws IOException {
        return read(reader -> new ExactSearch(reader, header, scope).ranksOf(query, ids));
    }

    @Override
    public Optional<ScoreSummary> summary(float[] query, Sound sound) throws IOException {
        return read(reader -> new ExactSearch(reader, header, Scope.of(sound)).summary(query));
    }

    @Override
    public Map<String, String> paths(Collection<String> ids) throws IOException {
        return read(reader -> ClipListing.paths(reader, ids));
    }

    @Override
    public void refresh() throws IOException {
        try {
            readers.maybeRefreshBlocking();
        } catch (IOException e) {
            throw LibraryException.of(folder, e);
        }
    }

    /**
     * Gives the space of what was replaced or removed back, and writes clips of older formats anew.
     * Only parts of the index with something to give back are written again: of a large library in
     * which little changed, little is. Meanwhile the disk holds those parts twice; readers go on
     * with what they have. Killed in between, the library is as it was, or some of its videos are
     * in the new format.
     *
     * @param progress told of each video that is brought up to date, of so many
     * @throws IllegalStateException when the store was opened to read
     */
    public void compact(Consumer<Progress> progress) throws IOException {
        List<String> old = read(reader -> ClipListing.oldVideos(reader, header.model().width()));
        for (int i = 0; i < old.size(); i++) {
            changeVideo(old.get(i), clips -> clips);
            progress.accept(new Progress(i + 1, old.size()));
        }
        change(IndexWriter::forceMergeDeletes);
    }

    /** Bytes of the library on the disk. */
    public long bytes() throws IOException {
        try {
            long bytes = 0;
            for (String file : directory.listAll()) {
                try {
                    bytes += directory.fileLength(file);
                } catch (NoSuchFileException e) {
                    // A writer has removed it meanwhile.
                }
            }
            return bytes;
        } catch (IOException e) {
            throw LibraryException.of(folder, e);
        }
    }

    /** What the store shows now, to be closed before the store is. */
    public LibrarySnapshot snapshot() throws IOException {
        try {
            return new LibrarySnapshot(folder, header, readers);
        } catch (IOException e) {
            throw LibraryException.of(folder, e);
        }
    }

    /** Videos done of all. */
    public record Progress(int done, int of) {}

    /**
     * Reads every byte of the library and compares it with the checksums it was written with.
     * Opening does this for the small files only.
     *
     * @throws LibraryException naming the damaged file
     */
    public void verify() throws IOException {
        read(
                reader -> {
                    for (LeafReaderContext context : reader.leaves()) {
                        context.reader().checkIntegrity();
                    }
                    return true;
                });
    }

    /** Gives up the lock; changes are on the disk already. Closing again does nothing. */
    @Override
    public void close() throws IOException {
        try {
            IOUtils.close(readers, writer, directory);
        } catch (IOException e) {
            throw LibraryException.of(folder, e);
        }
    }

    private <T> T read(Read<T> work) throws IOException {
        DirectoryReader reader = readers.acquire();
        try {
            return work.from(reader);
        } catch (IOException e) {
            throw LibraryException.of(folder, e);
        } finally {
            readers.release(reader);
        }
    }

    private void change(LibraryWriter.Change change) throws IOException {
        writer.change(change);
        refresh();
    }
}
