package javigate.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A row or sidecar of JSON about a video. */
final class AboutFields {
    private AboutFields() {}

    /**
     * Reads an object: {@code caption} or {@code captions}, {@code note} or {@code notes}, {@code
     * tag} or {@code tags}, each a text or a list of texts, and any other field as metadata: a
     * text, number, truth value or a list of such. Blanks in names become {@code _}.
     *
     * @param where begins the message of an error
     * @throws IOException if it is no object
     */
    static AboutVideo read(JsonNode fields, String where) throws IOException {
        if (!fields.isObject()) {
            throw new IOException(where + "no JSON object, like {\"tags\": [\"holiday\"]}");
        }
        Map<String, List<String>> metadata = new LinkedHashMap<>();
        List<String> captions = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        List<String> passedOver = new ArrayList<>();
        for (Map.Entry<String, JsonNode> field : fields.properties()) {
            String name = field.getKey().strip().toLowerCase(Locale.ROOT).replaceAll("\\s+", "_");
            List<String> values =
                    switch (name) {
                        case "caption", "captions" -> captions;
                        case "note", "notes" -> notes;
                        case "tag", "tags" ->
                                metadata.computeIfAbsent("tag", _ -> new ArrayList<>());
                        default -> metadata.computeIfAbsent(name, _ -> new ArrayList<>());
                    };
            if (!addTo(values, field.getValue())) {
                passedOver.add(field.getKey());
            }
        }
        metadata.values().removeIf(List::isEmpty);
        return new AboutVideo(metadata, captions, notes, List.of(), passedOver);
    }

    /** False for values inside values. */
    private static boolean addTo(List<String> values, JsonNode value) {
        List<String> texts = new ArrayList<>();
        for (JsonNode one : value.isArray() ? value : List.of(value)) {
            if (one.isContainerNode()) {
                return false;
            }
            if (!one.isNull() && !one.asText().isBlank()) { // else it says nothing
                texts.add(one.asText().strip());
            }
        }
        values.addAll(texts);
        return true;
    }
}
