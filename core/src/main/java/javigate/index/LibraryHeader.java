package javigate.index;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What holds for a whole library; kept as JSON in the same commit as the clips.
 *
 * @param formatVersion of the layout on disk
 * @param model whose vectors it holds
 * @param created when, ISO 8601 in UTC
 * @param vectors how new vectors are stored
 * @param rerankers none, or the one whose tokens are kept of every clip
 */
public record LibraryHeader(
        int formatVersion,
        LibraryModel model,
        String created,
        VectorFormat vectors,
        List<LibraryModel> rerankers) {
    /**
     * The layout this program writes; it reads no newer one. Formats 1 and 2 kept frames in fields
     * of their own and as floats, which are read as they are; what is added to such a library is
     * written as format {@value}. Format 3 has no words, metadata and mean frames of its clips,
     * format 4 no spread of frames around their mean, without which a search reads all frames: see
     * {@code compact}. Format 1 has no local weight in the header: it was always {@value
     * #FORMAT_1_LOCAL_WEIGHT} then.
     */
    public static final int FORMAT_VERSION = 5;

    private static final double FORMAT_1_LOCAL_WEIGHT = 0.5;

    /** Copies the list. */
    public LibraryHeader {
        rerankers = List.copyOf(rerankers);
    }

    private static final ObjectMapper JSON =
            new ObjectMapper()
                    .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES);

    /** Whose tokens are kept of every clip; null for no one's. */
    public @Nullable LibraryModel reranker() {
        return rerankers.isEmpty() ? null : rerankers.getFirst();
    }

    /** Whether it is of the same library, changed or not. */
    boolean isOf(LibraryHeader other) {
        return created.equals(other.created)
                && model.equals(other.model)
                && vectors == other.vectors
                && rerankers.equals(other.rerankers);
    }

    /** The same library once this program has changed it. */
    LibraryHeader changed() {
        return new LibraryHeader(FORMAT_VERSION, model, created, vectors, rerankers);
    }

    /** The same library, its clips scored by Eq. 7 alone. */
    LibraryHeader globalOnly() {
        LibraryModel global =
                new LibraryModel(
                        model.name(), model.fingerprint(), model.width(), model.alpha(), 0);
        return new LibraryHeader(formatVersion, global, created, vectors, rerankers);
    }

    /** The header as one line of JSON. */
    String toJson() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new AssertionError("a record of numbers and strings always has a JSON form", e);
        }
    }

    /**
     * Reads what {@link #toJson} wrote.
     *
     * @param folder the library, for messages
     * @throws LibraryException when a newer program wrote it, or when it cannot be understood
     */
    static LibraryHeader parse(Path folder, String json) throws LibraryException {
        try {
            // The version first: a newer layout may have other fields.
            JsonNode header = JSON.readTree(json);
            int version = header.path("formatVersion").asInt();
            if (version > FORMAT_VERSION) {
                throw new LibraryException(
                        String.format(
                                "%s: the library has format %d, this program reads up to %d;"
                                        + " update javigate",
                                folder, version, FORMAT_VERSION));
            }
            if (version == 1 && header.path("model") instanceof ObjectNode model) {
                model.put("localWeight", FORMAT_1_LOCAL_WEIGHT);
            }
            if (version < 3 && header instanceof ObjectNode whole) {
                whole.put("vectors", VectorFormat.F32.name());
            }
            if (version <= 3 && header instanceof ObjectNode whole && !whole.has("rerankers")) {
                whole.putArray("rerankers"); // none before there could be any
            }
            return JSON.treeToValue(header, LibraryHeader.class);
        } catch (JsonProcessingException e) {
            throw LibraryException.damaged(folder, "header: " + e.getOriginalMessage(), e);
        }
    }
}
