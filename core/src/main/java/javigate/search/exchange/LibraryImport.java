package javigate.search.exchange;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import javigate.index.ClipStore;
import javigate.index.LibraryException;
import javigate.index.LibraryHeader;
import javigate.index.LuceneClipStore;
import javigate.index.RerankTokens;
import javigate.index.StoredClip;
import javigate.index.VectorFormat;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link LibraryExport} wrote into a library of the same model. Files are hashed before
 * anything is taken from them; each video is one commit. Memory: one video's clips.
 */
public final class LibraryImport {

    /**
     * What an import did.
     *
     * @param added videos that were not there
     * @param replaced videos that were there and another
     * @param unchanged videos that were there as they are in the export
     * @param clips of all these
     */
    public record Report(long added, long replaced, long unchanged, long clips) {}

    /** What an import is doing. */
    public interface Listener {
        /** Of the export's bytes, these more are hashed. */
        void hashed(long bytes);

        /** Of its clips, so many are in the library. */
        void imported(long clips);
    }

    private final Path folder;
    private final Path library;
    private final ExportManifest manifest;

    private LibraryImport(Path folder, Path library, ExportManifest manifest) {
        this.folder = folder;
        this.library = library;
        this.manifest = manifest;
    }

    /**
     * Imports a folder.
     *
     * @param manifest that of the folder
     * @param library made if there is none
     * @throws LibraryException if the library is of another model or cannot be written
     * @throws IOException if it keeps other vectors, the export was changed, or is none; videos
     *     imported before are in the library
     */
    public static Report run(Path folder, ExportManifest manifest, Path library, Listener listener)
            throws IOException {
        return new LibraryImport(folder, library, manifest).run(listener);
    }

    private Report run(Listener listener) throws IOException {
        if (LuceneClipStore.isLibrary(library)) { // refused before the work of hashing
            try (ClipStore store =
                    LuceneClipStore.openToRead(library, manifest.model(), manifest.reranker())) {
                requireAlike(store.header());
            }
        }
        LongConsumer hashed = listener::hashed;
        manifest.verify(folder, hashed);
        try (ClipStore store =
                LuceneClipStore.openToWrite(
                        library, manifest.model(), vectors(), manifest.reranker())) {
            requireAlike(store.header());
            return read(store, listener);
        }
    }

    /** Of a new library: the exported one's, where the export has all of it. */
    private VectorFormat vectors() {
        VectorFormat own = manifest.libraryVectors();
        return NpyType.of(own) == manifest.vectors() ? own : manifest.vectors().vectors();
    }

    private void requireAlike(LibraryHeader header) throws IOException {
        if (header.reranker() != null && manifest.reranker() == null) {
            throw new IOException(
                    "%s: the library keeps what re-ranker \"%s\" looks at, and %s has nothing of that; import into a new library"
                            .formatted(library, header.reranker().name(), folder));
        }
        if (NpyType.of(header.vectors()) != manifest.vectors()) {
            throw new IOException(
                    "%s: the library keeps its vectors in %s, %s has them in %s; export with --format %s, or import into a new library"
                            .formatted(
                                    library,
                                    header.vectors(),
                                    folder,
                                    manifest.vectors(),
                                    NpyType.of(header.vectors())));
        }
    }

    private Report read(ClipStore store, Listener listener) throws IOException {
        long added = 0;
        long replaced = 0;
        long unchanged = 0;
        long clips = 0;
        String last = "";
        for (int i = 0; i < manifest.parts().size(); i++) {
            try (PartReader part = new PartReader(folder, manifest, i)) {
                for (List<StoredClip> video = part.nextVideo();
                        !video.isEmpty();
                        video = part.nextVideo()) {
                    String path = video.getFirst().file().path();
                    requireInOrder(last, path);
                    last = path;
                    List<StoredClip> stored = store.clips(path);
                    if (same(stored, video)) {
                        unchanged++;
                    } else {
                        put(store, video);
                        added += stored.isEmpty() ? 1 : 0;
                        replaced += stored.isEmpty() ? 0 : 1;
                    }
                    clips += video.size();
                    listener.imported(clips);
                }
            }
        }
        if (clips != manifest.clips()) {
            throw new IOException(
                    "%s: %d clips, its %s says %d"
                            .formatted(folder, clips, ExportManifest.FILE, manifest.clips()));
        }
        return new Report(added, replaced, unchanged, clips);
    }

    private void put(ClipStore store, List<StoredClip> video) throws IOException {
        try {
            store.putVideo(video);
        } catch (IllegalArgumentException e) {
            throw new IOException(folder + ": " + e.getMessage(), e);
        }
    }

    /** So no video is there twice, the second in place of the first. */
    private void requireInOrder(String before, String path) throws IOException {
        if (Arrays.compareUnsigned(
                        before.getBytes(StandardCharsets.UTF_8),
                        path.getBytes(StandardCharsets.UTF_8))
                >= 0) {
            throw new IOException(
                    "%s: video %s follows %s; paths must ascend".formatted(folder, path, before));
        }
    }

    private boolean same(List<StoredClip> stored, List<StoredClip> video) {
        boolean same = stored.size() == video.size();
        for (int i = 0; same && i < stored.size(); i++) {
            same = same(stored.get(i), video.get(i));
        }
        return same;
    }

    private boolean same(StoredClip a, StoredClip b) {
        return a.file().equals(b.file())
                && a.startMs() == b.startMs()
                && a.endMs() == b.endMs()
                && Arrays.equals(a.frameTimesMs(), b.frameTimesMs())
                && a.soundState().equals(b.soundState())
                && a.notes().equals(b.notes())
                && a.description().equals(b.description())
                && Arrays.deepEquals(a.vectors().gates(), b.vectors().gates())
                && Arrays.equals(a.vectors().soundToken(), b.vectors().soundToken())
                && manifest.vectors().same(a.vectors().frames(), b.vectors().frames())
                && manifest.vectors()
                        .same(a.vectors().framesWithoutSound(), b.vectors().framesWithoutSound())
                && Arrays.equals(bytes(a.reranking()), bytes(b.reranking()));
    }

    private static byte[] bytes(@Nullable RerankTokens tokens) {
        return tokens == null ? new byte[0] : tokens.stored();
    }
}
