package javigate.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** JSON files in which a key that occurs twice is an error. */
final class JsonFile {

    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private JsonFile() {}

    /**
     * The content of a file.
     *
     * @throws IOException if it is missing or not JSON; the message names file and line
     */
    static JsonNode read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(file + ": no such file");
        }
        try {
            return MAPPER.readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
            throw broken(file, line, e);
        }
    }

    /** The content of one line of a file. */
    static JsonNode line(Path file, TextFile.Line line) throws IOException {
        try {
            return MAPPER.readTree(line.text());
        } catch (JsonProcessingException e) {
            throw broken(file, line.number(), e);
        }
    }

    private static IOException broken(Path file, int line, JsonProcessingException e) {
        String why = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
        why = why.replaceFirst(" \\(start marker at.*", ""); // Jackson's own places
        return new IOException(file + " line " + line + ": not JSON: " + why, e);
    }
}
