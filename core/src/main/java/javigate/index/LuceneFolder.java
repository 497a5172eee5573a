package javigate.index;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.lucene.codecs.DocValuesFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.IOUtils;
import org.jspecify.annotations.Nullable;

/** Opens the folder of a library: finds or makes the index, takes the lock, checks the header. */
final class LuceneFolder {
    private static final String SUBFOLDER = "clips";
    private static final String HEADER = "javigate.library";

    /** Held here because loggers are collected, with their level, when nobody refers to them. */
    private static final Logger VECTOR_ADVICE =
            Logger.getLogger("org.apache.lucene.internal.vectorization");

    static {
        // Lucene says on stderr whether its own vector search has its JVM flag; it is not used
        // here.
        if (VECTOR_ADVICE.getLevel() == null) {
            VECTOR_ADVICE.setLevel(Level.SEVERE);
        }
    }

    /** Lucene's own, but for the blocks of vectors; a reader finds the formats by their names. */
    private static final class LibraryCodec extends Lucene104Codec {
        private final DocValuesFormat blocks = new ClipBlocksFormat();

        @Override
        public DocValuesFormat getDocValuesFormatForField(String field) {
            return ClipDocument.BLOCKS.contains(field)
                    ? blocks
                    : super.getDocValuesFormatForField(field);
        }
    }

    /** What opening yields; all but the header must be closed. */
    record Opened(
            Directory directory,
            @Nullable IndexWriter writer,
            LibraryReaders readers,
            LibraryHeader header) {}

    private LuceneFolder() {}

    /** See {@link LuceneClipStore#openToRead}. */
    static Opened openToRead(
            Path folder, @Nullable LibraryModel model, @Nullable LibraryModel reranker)
            throws LibraryException {
        Path index = folder.resolve(SUBFOLDER);
        if (!isThere(folder)) {
            throw LibraryException.missing(folder);
        }
        Directory directory = null;
        try {
            directory = new LibraryDirectory(index);
            refuseOrphans(folder, directory);
            return opened(folder, directory, null, model, reranker);
        } catch (IOException | RuntimeException e) {
            throw closing(folder, e, directory);
        }
    }

    /** A folder that one may not look into is not one that has no library. */
    private static boolean isThere(Path folder) throws LibraryException {
        Path index = folder.resolve(SUBFOLDER);
        try {
            return Files.readAttributes(index, BasicFileAttributes.class).isDirectory();
        } catch (AccessDeniedException e) {
            throw LibraryException.of(folder, e);
        } catch (IOException e) {
            return false;
        }
    }

    static boolean exists(Path folder) throws IOException {
        Path index = folder.resolve(SUBFOLDER);
        if (!isThere(folder)) {
            return false;
        }
        try (Directory directory = new MMapDirectory(index)) {
            return DirectoryReader.indexExists(directory);
        }
    }

    /** See {@link LuceneClipStore#openToWrite}. */
    static Opened openToWrite(
            Path folder,
            @Nullable LibraryModel model,
            VectorFormat vectors,
            @Nullable LibraryModel reranker)
            throws LibraryException {
        Path index = folder.resolve(SUBFOLDER);
        if (model == null && !isThere(folder)) {
            throw LibraryException.missing(folder);
        }
        try {
            Files.createDirectories(index);
        } catch (IOException e) {
            throw LibraryException.notMade(folder, e);
        }
        Directory directory = null;
        IndexWriter writer = null;
        try {
            directory = new LibraryDirectory(index);
            boolean exists = DirectoryReader.indexExists(directory);
            refuseOrphans(folder, directory);
            writer = new IndexWriter(directory, config(model != null));
            // Another process may have made the library between the look and the lock.
            boolean made = writer.getLiveCommitData().iterator().hasNext();
            if (!exists && !made && model != null) {
                commitHeader(writer, model, vectors, reranker);
            }
            return opened(folder, directory, writer, model, reranker);
        } catch (IOException | RuntimeException e) {
            throw closing(folder, e, writer == null ? null : writer::rollback, directory);
        }
    }

    /**
     * Opens the writer of a library again, after the one before it closed itself.
     *
     * @param header of the library
     * @throws LibraryException when the folder holds another by now; it stays as it is
     */
    static IndexWriter writer(Path folder, Directory directory, LibraryHeader header)
            throws IOException {
        IndexWriter writer = new IndexWriter(directory, config(false));
        try {
            String json = null;
            for (Map.Entry<String, String> entry : writer.getLiveCommitData()) {
                json = entry.getKey().equals(HEADER) ? entry.getValue() : json;
            }
            if (json == null || !LibraryHeader.parse(folder, json).isOf(header)) {
                throw LibraryException.replaced(folder, null);
            }
            return writer;
        } catch (IOException | RuntimeException e) {
            writer.rollback();
            throw e;
        }
    }

    private static IndexWriterConfig config(boolean mayCreate) {
        return new IndexWriterConfig(WordSearch.ANALYZER)
                .setCodec(new LibraryCodec())
                .setOpenMode(
                        mayCreate
                                ? IndexWriterConfig.OpenMode.CREATE_OR_APPEND
                                : IndexWriterConfig.OpenMode.APPEND)
                // Merges in the changing thread: their errors reach the caller.
                .setMergeScheduler(new SerialMergeScheduler())
                // Compacting gives all space back, not only that of much deleted parts.
                .setMergePolicy(new TieredMergePolicy().setForceMergeDeletesPctAllowed(0))
                // No merging before a commit: it would only delay the commit.
                .setMaxFullFlushMergeWaitMillis(0);
    }

    private static Opened opened(
            Path folder,
            Directory directory,
            @Nullable IndexWriter writer,
            @Nullable LibraryModel model,
            @Nullable LibraryModel reranker)
            throws IOException {
        DirectoryReader first = DirectoryReader.open(directory);
        try {
            LibraryHeader header = header(folder, first);
            requireModel(folder, header, model);
            requireReranker(folder, header, reranker, writer != null && model != null);
            return new Opened(directory, writer, new LibraryReaders(folder, first, header), header);
        } catch (IOException | RuntimeException e) {
            first.close();
            throw e;
        }
    }

    private static void commitHeader(
            IndexWriter writer,
            LibraryModel model,
            VectorFormat vectors,
            @Nullable LibraryModel reranker)
            throws IOException {
        List<LibraryModel> rerankers = reranker == null ? List.of() : List.of(reranker);
        String created = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        setHeader(
                writer,
                new LibraryHeader(
                        LibraryHeader.FORMAT_VERSION, model, created, vectors, rerankers));
        writer.commit();
    }

    /** Makes {@code header} part of the next commit. */
    static void setHeader(IndexWriter writer, LibraryHeader header) {
        writer.setLiveCommitData(Map.of(HEADER, header.toJson()).entrySet());
    }

    /** The header of the commit that a reader shows. */
    static LibraryHeader header(Path folder, DirectoryReader reader) throws IOException {
        String json = reader.getIndexCommit().getUserData().get(HEADER);
        if (json == null) {
            throw new LibraryException(
                    folder + ": a Lucene index, but not of javigate; choose another folder");
        }
        return LibraryHeader.parse(folder, json);
    }

    private static void requireModel(
            Path folder, LibraryHeader header, @Nullable LibraryModel model)
            throws LibraryException {
        if (model != null && !model.embedsLike(header.model())) {
            throw new LibraryException(
                    String.format(
                            "%s: the library holds vectors of model %s, not of %s; use that model"
                                    + " or another library folder",
                            folder, header.model().describe(), model.describe()));
        }
    }

    /** The re-ranker in use must be the library's; one who adds clips must have it. */
    private static void requireReranker(
            Path folder, LibraryHeader header, @Nullable LibraryModel used, boolean adds)
            throws LibraryException {
        LibraryModel own = header.reranker();
        if (used != null && own == null) {
            throw new LibraryException(
                    String.format(
                            "%s: the library was made without a re-ranker and keeps nothing for"
                                    + " %s; add the videos to a new library with it",
                            folder, used.describe()));
        }
        if (used != null && own != null && !used.embedsLike(own)) {
            throw new LibraryException(
                    String.format(
                            "%s: the library keeps what re-ranker %s looks at, not %s; use that one"
                                    + " or another library folder",
                            folder, own.describe(), used.describe()));
        }
        if (used == null && own != null && adds) {
            throw new LibraryException(
                    String.format(
                            "%s: the library keeps what re-ranker %s looks at of every clip; to"
                                    + " change the library, that model is needed",
                            folder, own.describe()));
        }
    }

    /** Where the commit is lost but data files are left, a new index would delete them. */
    private static void refuseOrphans(Path folder, Directory directory) throws IOException {
        if (DirectoryReader.indexExists(directory)) {
            return;
        }
        for (String file : directory.listAll()) {
            if (file.startsWith("_")) {
                throw LibraryException.damaged(
                        folder, "data file " + file + " but no segments file", null);
            }
        }
    }

    /** Closes what a failed opening leaves and says why it failed. */
    private static LibraryException closing(
            Path folder, Exception why, @Nullable Closeable... opened) {
        try {
            IOUtils.close(opened);
        } catch (IOException e) {
            why.addSuppressed(e);
        }
        if (why instanceof IllegalArgumentException unknown
                && String.valueOf(unknown.getMessage()).startsWith("An SPI class")) {
            return LibraryException.ofUnknownFormat(folder, unknown);
        }
        if (why instanceof RuntimeException fault) {
            throw fault;
        }
        return LibraryException.of(folder, (IOException) why);
    }
}
