package javigate.index;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;

/**
 * What holds for a whole library; kept as JSON in the same commit as the clips.
 *
 * @param formatVersion of the layout on disk
 * @param model whose vectors it holds
 * @param created when, ISO 8601 in UTC
 */
public record LibraryHeader(int formatVersion, LibraryModel model, String created) {
    /** The layout this program writes; it reads no newer one. */
    public static final int FORMAT_VERSION = 1;

    private static final ObjectMapper JSON = new ObjectMapper();

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
            int version = JSON.readTree(json).path("formatVersion").asInt();
            if (version > FORMAT_VERSION) {
                throw new LibraryException(
                        String.format(
                                "%s: the library has format %d, this program reads up to %d;"
                                        + " update javigate",
                                folder, version, FORMAT_VERSION));
            }
            return JSON.readValue(json, LibraryHeader.class);
        } catch (JsonProcessingException e) {
            throw LibraryException.damaged(folder, "header: " + e.getOriginalMessage(), e);
        }
    }
}
