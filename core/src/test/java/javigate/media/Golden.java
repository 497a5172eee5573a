package javigate.media;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/** A reference case of the test resources: its description and its tensors. */
record Golden(JsonNode json, JsonNode header, ByteBuffer data) {

    static Golden load(String name) throws IOException {
        JsonNode json = new ObjectMapper().readTree(bytes(name + ".json"));
        if (!json.has("file")) {
            return new Golden(json, json, ByteBuffer.allocate(0));
        }
        ByteBuffer file =
                ByteBuffer.wrap(bytes(name + ".safetensors")).order(ByteOrder.LITTLE_ENDIAN);
        int headerSize = (int) file.getLong(0);
        byte[] header = new byte[headerSize];
        file.get(8, header);
        ByteBuffer data = file.slice(8 + headerSize, file.limit() - 8 - headerSize);
        return new Golden(json, new ObjectMapper().readTree(header), data);
    }

    /** The values of a tensor of any stored type, row-major. */
    double[] values(String tensor) {
        JsonNode entry = header.required(tensor);
        int begin = entry.get("data_offsets").get(0).asInt();
        int end = entry.get("data_offsets").get(1).asInt();
        ByteBuffer bytes = data.slice(begin, end - begin).order(ByteOrder.LITTLE_ENDIAN);
        String type = entry.get("dtype").asText();
        int width =
                switch (type) {
                    case "U8" -> 1;
                    case "I16" -> 2;
                    case "I32", "F32" -> 4;
                    case "F64" -> 8;
                    default -> throw new IllegalStateException(tensor + " of type " + type);
                };
        double[] values = new double[bytes.limit() / width];
        for (int i = 0; i < values.length; i++) {
            values[i] =
                    switch (type) {
                        case "U8" -> bytes.get(i) & 0xff;
                        case "I16" -> bytes.getShort(2 * i);
                        case "I32" -> bytes.getInt(4 * i);
                        case "F32" -> bytes.getFloat(4 * i);
                        default -> bytes.getDouble(8 * i);
                    };
        }
        return values;
    }

    private static byte[] bytes(String name) throws IOException {
        try (InputStream in = Golden.class.getResourceAsStream("/goldens/" + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }
}
