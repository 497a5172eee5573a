package javigate.search.exchange;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import javigate.index.LibraryException;
import javigate.index.LibraryHeader;
import javigate.index.LibrarySnapshot;
import javigate.index.LuceneClipStore;
import org.jspecify.annotations.Nullable;

/**
 * Writes a library as files. They lie as clip-retrieval has them and embedding-reader expects them,
 * a folder for each kind: {@code img_emb/img_emb_0000.npy} holds a row per clip, the direction of
 * the mean of its frames; {@code metadata/metadata_0000.parquet} a row per clip in the same order,
 * {@code clips/clips_0000.jsonl} the same as JSON. {@code frames} and {@code muted_frames} hold a
 * row per frame, {@code sound_tokens} one per clip of a model that listens, {@code rerank} what a
 * re-ranker looks at. {@link ExportManifest} describes all.
 *
 * <p>Memory: one clip, and what DuckDB takes to write the table of a part.
 */
public final class LibraryExport {

    /** Clips of a part, at which the next begins with the next video. */
    public static final int PART_CLIPS = 10_000;

    private LibraryExport() {}

    /**
     * Writes what the store shows now; others may go on changing it.
     *
     * @param target made; an empty folder is replaced. It has its name only once it is complete
     * @param type of the vectors; null for the one in which they lose nothing
     * @param partClips at which the next part begins with the next video, at least 1
     * @param progress told of each clip
     * @throws LibraryException if the library is damaged
     * @throws IOException if the folder is there already, or cannot be written; nothing is left
     *     then
     */
    public static ExportManifest write(
            LuceneClipStore store,
            Path target,
            @Nullable NpyType type,
            int partClips,
            LongConsumer progress)
            throws IOException {
        store.verify(); // else damage would get hashes that are right
        try (LibrarySnapshot snapshot = store.snapshot();
                UnfinishedFolder folder = new UnfinishedFolder(target)) {
            NpyType used = type == null ? NpyType.of(snapshot.header().vectors()) : type;
            ExportManifest manifest = write(snapshot, folder.path(), used, partClips, progress);
            manifest.write(folder.path());
            folder.finish();
            return manifest;
        } catch (LibraryException e) {
            throw e;
        } catch (FileAlreadyExistsException e) {
            throw new IOException(
                    target + ": there already, and not an empty folder; export to a new one", e);
        } catch (IOException e) {
            throw new IOException(
                    "%s: the export cannot be written (%s); make room or choose another folder, nothing of it is kept"
                            .formatted(target, reason(e)),
                    e);
        }
    }

    private static String reason(IOException e) {
        String reason = e instanceof FileSystemException file ? file.getReason() : e.getMessage();
        return reason == null ? e.getClass().getSimpleName() : reason;
    }

    private static ExportManifest write(
            LibrarySnapshot snapshot,
            Path folder,
            NpyType type,
            int partClips,
            LongConsumer progress)
            throws IOException {
        LibraryHeader header = snapshot.header();
        List<ExportManifest.Part> parts = new ArrayList<>();
        long videos = 0;
        long clips = 0;
        boolean more = snapshot.nextVideo();
        while (more) {
            try (PartWriter part =
                    new PartWriter(folder, parts.size(), type, header.model().width())) {
                while (more && part.clips() < partClips) {
                    for (int i = 0; i < snapshot.segments(); i++) {
                        part.add(snapshot.clip(i));
                        progress.accept(++clips);
                    }
                    videos++;
                    more = snapshot.nextVideo();
                }
                parts.add(part.finish());
            }
        }
        return new ExportManifest(
                ExportManifest.VERSION,
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                header.model(),
                header.reranker(),
                header.vectors(),
                type,
                videos,
                clips,
                parts);
    }
}
