package javigate.search.exchange;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongConsumer;
import javigate.index.LibraryModel;
import javigate.index.VectorFormat;
import javigate.tensor.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * What an exported folder holds: its file {@value #FILE}.
 *
 * @param version of the layout, {@value #VERSION}
 * @param created when, ISO 8601 in UTC
 * @param model whose vectors these are
 * @param reranker whose tokens there are of every clip; null for none
 * @param libraryVectors how the library kept them
 * @param vectors type of the matrices of frames
 * @param videos whose clips these are
 * @param clips in all parts
 * @param parts of up to a number of clips, a video's clips always in one
 */
public record ExportManifest(
        int version,
        String created,
        LibraryModel model,
        @Nullable LibraryModel reranker,
        VectorFormat libraryVectors,
        NpyType vectors,
        long videos,
        long clips,
        List<Part> parts) {

    /** The layout this program writes and reads. */
    public static final int VERSION = 1;

    /** Its name in the folder; written last. */
    public static final String FILE = "library.json";

    private static final long MAX_BYTES = 1 << 26;

    /**
     * Some of the clips.
     *
     * @param clips of this part
     * @param frames of these
     * @param files all of this part, see {@link #names}
     */
    public record Part(long clips, long frames, List<HashedFile> files) {

        /** Copies the list. */
        public Part {
            files = List.copyOf(files);
        }
    }

    /**
     * A file of the folder.
     *
     * @param name in the folder
     * @param sha256 of its content, hexadecimal
     */
    public record HashedFile(String name, long bytes, String sha256) {}

    /**
     * Checks the ranges above.
     *
     * @throws IllegalArgumentException naming what is wrong
     */
    public ExportManifest {
        require("created", created);
        require("model", model);
        require("model.name", model.name());
        require("library_vectors", libraryVectors);
        require("vectors", vectors);
        require("parts", parts);
        parts = List.copyOf(parts);
        if (version != VERSION) {
            throw new IllegalArgumentException(
                    "an export of layout %d; this program reads layout %d"
                            .formatted(version, VERSION));
        }
        if (parts.stream().mapToLong(Part::clips).sum() != clips) {
            throw new IllegalArgumentException("its parts do not have its " + clips + " clips");
        }
        for (int i = 0; i < parts.size(); i++) {
            List<String> listed = parts.get(i).files().stream().map(HashedFile::name).toList();
            if (!listed.equals(names(i, reranker != null))) {
                throw new IllegalArgumentException("part %d has files %s".formatted(i, listed));
            }
        }
    }

    /** JSON may say null of anything. */
    private static void require(String name, @Nullable Object value) {
        if (value == null) {
            throw new IllegalArgumentException(name + " is null; export again");
        }
    }

    /** The files of a part, by the names they have in every export. */
    static List<String> names(int part, boolean reranked) {
        List<String> names = new ArrayList<>();
        names.add(name("clips", part, "jsonl"));
        names.add(name("frames", part, "npy"));
        names.add(name("muted_frames", part, "npy"));
        names.add(name("img_emb", part, "npy"));
        names.add(name("metadata", part, "parquet"));
        names.add(name("sound_tokens", part, "npy"));
        if (reranked) {
            names.add(name("rerank", part, "npy"));
        }
        return names;
    }

    /**
     * A folder for each kind, none of whose names begins with another's, and numbers with zeros:
     * embedding-reader takes every folder that begins as it was told, and files by sorted names.
     */
    static String name(String kind, int part, String ending) {
        return String.format(Locale.ROOT, "%s/%s_%04d.%s", kind, kind, part, ending);
    }

    /**
     * Reads that of an exported folder.
     *
     * @throws IOException if it is none, or not one that can be understood
     */
    public static ExportManifest read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw new IOException("%s: no exported library, it has no %s".formatted(folder, FILE));
        }
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException(
                    "%s: %d bytes; at most %d are read"
                            .formatted(file, Files.size(file), MAX_BYTES));
        }
        try {
            // The version first: a newer layout may have other fields.
            JsonNode json = ExchangeJson.MAPPER.readTree(Files.readAllBytes(file));
            if (json.path("version").asInt() > VERSION) {
                throw new IOException(
                        "%s: an export of layout %d; this program reads layout %d, update javigate"
                                .formatted(file, json.path("version").asInt(), VERSION));
            }
            return ExchangeJson.MAPPER.treeToValue(json, ExportManifest.class);
        } catch (JsonProcessingException e) {
            throw new IOException(
                    "%s: not that of an export: %s".formatted(file, ExchangeJson.reason(e)), e);
        }
    }

    void write(Path folder) throws IOException {
        Files.write(
                folder.resolve(FILE),
                ExchangeJson.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(this));
    }

    /** Bytes of all files. */
    public long bytes() {
        return parts.stream()
                .flatMap(part -> part.files().stream())
                .mapToLong(HashedFile::bytes)
                .sum();
    }

    /**
     * Compares every file with its size and hash.
     *
     * @param progress told of bytes read
     * @throws IOException naming the first file that is missing or another
     */
    public void verify(Path folder, LongConsumer progress) throws IOException {
        for (Part part : parts) {
            for (HashedFile file : part.files()) {
                Path path = folder.resolve(file.name());
                if (!Files.isRegularFile(path)) {
                    throw new IOException(path + ": missing; the export is not complete");
                }
                if (Files.size(path) != file.bytes()
                        || !Sha256.of(path, progress).equals(file.sha256())) {
                    throw new IOException(
                            "%s: changed since it was exported; %s has another hash; export again"
                                    .formatted(path, FILE));
                }
            }
        }
    }

    static HashedFile hashed(Path folder, String name) throws IOException {
        Path file = folder.resolve(name);
        return new HashedFile(name, Files.size(file), Sha256.of(file, _ -> {}));
    }
}
