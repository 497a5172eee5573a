package javigate.verify;

import static javigate.verify.ReferenceCase.integer;
import static javigate.verify.ReferenceCase.integers;
import static javigate.verify.ReferenceCase.rows;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import javigate.model.clip.ClipTokenizer;

/** The reference case of CLIP's tokenizer. */
final class TokenizerCase {

    private static final String COLUMNS = "ids";

    private TokenizerCase() {}

    /**
     * Every caption, unpadded and in every padded length the case holds.
     *
     * @throws IOException if the vocabulary cannot be read
     */
    static void run(ReferenceCase c, Path vocabularyFile) throws IOException {
        ClipTokenizer tokenizer = ClipTokenizer.load(vocabularyFile);
        JsonNode vocabulary = c.json().path("vocabulary");
        c.exact("vocabulary size", tokenizer.size(), integer(vocabulary, "size"));
        c.exact("start", tokenizer.startId(), integer(vocabulary, "sot"));
        c.exact("end", tokenizer.endId(), integer(vocabulary, "eot"));
        for (JsonNode row : rows(c.json(), "captions")) {
            caption(c, tokenizer, row);
        }
        for (JsonNode row : c.json().path("captions_where_ftfy_matters")) {
            caption(c, tokenizer, row);
        }
    }

    private static void caption(ReferenceCase c, ClipTokenizer tokenizer, JsonNode row) {
        String text = row.path("text").asText();
        String name = "\"" + (text.length() > 40 ? text.substring(0, 40) + "…" : text) + "\" ";
        c.exact(name + "ids_unpadded", tokenizer.encode(text), integers(row, "ids_unpadded"));
        for (String field : (Iterable<String>) row::fieldNames) {
            if (field.matches(COLUMNS + "[0-9]+")) {
                int length = Integer.parseInt(field.substring(COLUMNS.length()));
                c.exact(name + field, tokenizer.encode(text, length), integers(row, field));
            } else if (field.matches("mask[0-9]+_ones")) {
                int length = Integer.parseInt(field.substring(4, field.indexOf('_')));
                int[] ids = tokenizer.encode(text, length);
                c.exact(name + field, 1 + lastIndexOf(ids, tokenizer.endId()), integer(row, field));
            }
        }
    }

    /** The mask covers a text up to and including its end. */
    private static int lastIndexOf(int[] ids, int id) {
        return Arrays.stream(ids).boxed().toList().lastIndexOf(id);
    }
}
