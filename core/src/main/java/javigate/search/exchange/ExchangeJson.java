package javigate.search.exchange;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * JSON as Python's programs name things; what is missing, double or of another type is an error.
 */
final class ExchangeJson {

    static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .build();

    private ExchangeJson() {}

    /** The first line of why something cannot be read, or is refused by the record it would be. */
    static String reason(Exception e) {
        Throwable why = e.getCause() instanceof IllegalArgumentException refused ? refused : e;
        String message =
                why instanceof JsonProcessingException json
                        ? json.getOriginalMessage()
                        : why.getMessage();
        String first = String.valueOf(message).lines().findFirst().orElse("");
        return first.replaceFirst(" \\(start marker at.*", ""); // Jackson's own places
    }
}
