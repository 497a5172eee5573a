package javigate.tensor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The safetensors format: 8 bytes of header length (little endian), a JSON header of names, dtypes,
 * shapes and offsets, then the values. Files are mapped, not read: a tensor costs no memory until
 * it is used. Everything in the header is checked before a byte of data is touched.
 */
public final class Safetensors {

    /** Longest header that is accepted, as in the format's reference implementation. */
    static final long MAX_HEADER_BYTES = 100_000_000;

    /**
     * Names, numbers and brackets of a header: a hundred thousand tensors have about 1.7 million.
     */
    private static final long MAX_JSON_TOKENS = 2_000_000;

    private static final int ALIGNMENT_BYTES = 64;

    /** Strict, so that no two readers can take one file for two different ones. */
    static final ObjectMapper JSON =
            new ObjectMapper(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxTokenCount(MAX_JSON_TOKENS)
                                                    .build())
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private record Entry(String name, torch.ScalarType type, long[] shape, long begin, long end) {}

    private record Header(List<Entry> entries, Map<String, String> metadata) {}

    private Safetensors() {}

    /**
     * Maps a file.
     *
     * @throws IOException naming the file and what is wrong with it
     */
    public static Weights open(Path file) throws IOException {
        return MappedFile.read(file, Safetensors::read);
    }

    static Weights read(MappedFile mapped) throws IOException {
        Path file = mapped.file();
        long size = mapped.size();
        if (size < 8) {
            throw new IOException(
                    "%s: %d bytes, too short for a safetensors file".formatted(file, size));
        }
        long headerBytes =
                mapped.bytes()
                        .get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
        if (headerBytes < 2 || headerBytes > Math.min(MAX_HEADER_BYTES, size - 8)) {
            throw new IOException(
                    "%s: header of %s bytes in a file of %d (limit %d); not a whole safetensors file"
                            .formatted(
                                    file,
                                    Long.toUnsignedString(headerBytes),
                                    size,
                                    MAX_HEADER_BYTES));
        }
        byte[] header = mapped.bytes().asSlice(8, headerBytes).toArray(ValueLayout.JAVA_BYTE);
        long start = 8 + headerBytes;
        Header parsed = parseHeader(file, header, size - start);
        Weights weights = new Weights(parsed.metadata(), List.of(mapped.arena()));
        for (Entry entry : parsed.entries()) {
            weights.put(
                    entry.name(),
                    mapped.tensor(start + entry.begin(), entry.type(), entry.shape()));
        }
        return weights;
    }

    private static Header parseHeader(Path file, byte[] bytes, long dataBytes) throws IOException {
        JsonNode root;
        try {
            root = JSON.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw new IOException(
                    file
                            + ": the safetensors header is not JSON: "
                            + Weights.shown(e.getOriginalMessage()),
                    e);
        } catch (IOException e) {
            throw new IOException(
                    file
                            + ": the safetensors header is not JSON: "
                            + Weights.shown(String.valueOf(e.getMessage())),
                    e);
        }
        if (root == null || !root.isObject()) {
            throw new IOException(file + ": the safetensors header is not a JSON object");
        }
        DataTypes.requireTensors(file.toString(), root.size());
        Map<String, String> metadata = new LinkedHashMap<>();
        List<Entry> entries = new ArrayList<>();
        for (Map.Entry<String, JsonNode> field : root.properties()) {
            if (field.getKey().equals("__metadata__")) {
                field.getValue()
                        .properties()
                        .forEach(e -> metadata.put(e.getKey(), e.getValue().asText()));
            } else {
                entries.add(parseEntry(file, field.getKey(), field.getValue(), dataBytes));
            }
        }
        entries.sort(Comparator.comparingLong(Entry::begin));
        long position = 0;
        for (Entry entry : entries) {
            if (entry.begin() < position) {
                throw new IOException(
                        "%s: tensor %s begins at byte %d, inside the one before it (which ends at %d)"
                                .formatted(
                                        file,
                                        Weights.shown(entry.name()),
                                        entry.begin(),
                                        position));
            }
            position = Math.max(position, entry.end());
        }
        return new Header(entries, metadata);
    }

    private static Entry parseEntry(Path file, String name, JsonNode node, long dataBytes)
            throws IOException {
        torch.ScalarType type = DataTypes.SAFETENSORS.get(node.path("dtype").asText());
        JsonNode shapeNode = node.path("shape");
        JsonNode offsets = node.path("data_offsets");
        if (type == null
                || !shapeNode.isArray()
                || shapeNode.size() > DataTypes.MAX_DIMENSIONS
                || !offsets.isArray()
                || offsets.size() != 2) {
            throw new IOException(
                    "%s: tensor %s has dtype %s, shape %s, offsets %s; known dtypes are %s"
                            .formatted(
                                    file,
                                    Weights.shown(name),
                                    shown(node.path("dtype")),
                                    shown(shapeNode),
                                    shown(offsets),
                                    DataTypes.SAFETENSORS.keySet()));
        }
        long[] shape = new long[shapeNode.size()];
        long count = 1;
        long dimensions = 1; // as count, but a size of 0 does not hide that the others overflow
        try {
            for (int i = 0; i < shape.length; i++) {
                shape[i] = whole(shapeNode.get(i));
                dimensions = Math.multiplyExact(dimensions, Math.max(1, shape[i]));
                count = Math.multiplyExact(count, shape[i]);
            }
            long wanted = Math.multiplyExact(count, DataTypes.bytesPerValue(type));
            long begin = whole(offsets.get(0));
            long end = whole(offsets.get(1));
            if (end < begin || end > dataBytes || end - begin != wanted) {
                throw new ArithmeticException(
                        "offsets %s, %d bytes wanted, %d in the file"
                                .formatted(shown(offsets), wanted, dataBytes));
            }
            return new Entry(name, type, shape, begin, end);
        } catch (ArithmeticException e) {
            throw new IOException(
                    "%s: tensor %s of shape %s does not fit the file (%s); it is damaged or cut short"
                            .formatted(file, Weights.shown(name), shown(shapeNode), e.getMessage()),
                    e);
        }
    }

    private static String shown(JsonNode node) {
        return Weights.shown(node.toString());
    }

    private static long whole(JsonNode number) {
        if (!number.isIntegralNumber() || !number.canConvertToLong() || number.longValue() < 0) {
            throw new ArithmeticException(shown(number) + " is no size or offset");
        }
        return number.longValue();
    }

    /**
     * Writes tensors in their order, beside the target first and then renamed onto it.
     *
     * @param half whether floating-point tensors are stored as fp16
     */
    public static void write(
            Path file, Map<String, Tensor> tensors, boolean half, Map<String, String> metadata)
            throws IOException {
        write(file, tensors, half, metadata, _ -> {});
    }

    /**
     * As {@link #write(Path, Map, boolean, Map)}.
     *
     * @param written told of the bytes of each piece written, for a progress bar
     */
    public static void write(
            Path file,
            Map<String, Tensor> tensors,
            boolean half,
            Map<String, String> metadata,
            LongConsumer written)
            throws IOException {
        ObjectNode header = JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            header.set("__metadata__", JSON.valueToTree(metadata));
        }
        Map<String, Tensor> stored = new LinkedHashMap<>();
        long position = 0;
        for (Map.Entry<String, Tensor> e : tensors.entrySet()) {
            Tensor tensor = e.getValue().detach().cpu();
            if (half && tensor.is_floating_point()) {
                tensor = tensor.to(torch.ScalarType.Half);
            }
            tensor = tensor.contiguous();
            stored.put(e.getKey(), tensor);
            torch.ScalarType type = tensor.scalar_type().intern();
            String typeName = DataTypes.name(type);
            long end = position + tensor.numel() * DataTypes.bytesPerValue(type);
            ObjectNode entry = header.putObject(e.getKey());
            entry.put("dtype", typeName);
            entry.set("shape", JSON.valueToTree(Ops.shape(tensor)));
            entry.putArray("data_offsets").add(position).add(end);
            position = end;
        }
        Path beside = file.resolveSibling(file.getFileName() + ".part");
        try (FileChannel channel =
                FileChannel.open(
                        beside,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            writeAll(channel, paddedHeader(header));
            for (Tensor tensor : stored.values()) {
                long bytes = tensor.nbytes();
                for (long done = 0; done < bytes; ) {
                    int chunk = (int) Math.min(1 << 26, bytes - done);
                    writeAll(
                            channel,
                            MemorySegment.ofAddress(tensor.data_ptr().address() + done)
                                    .reinterpret(chunk)
                                    .asByteBuffer());
                    done += chunk;
                    written.accept(chunk);
                }
            }
            channel.force(true);
        }
        try {
            Files.move(
                    beside,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            throw new IOException(file + ": this file system cannot rename in place", e);
        }
    }

    private static ByteBuffer paddedHeader(ObjectNode header) throws IOException {
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        int padded =
                (json.length + 8 + ALIGNMENT_BYTES - 1) / ALIGNMENT_BYTES * ALIGNMENT_BYTES - 8;
        ByteBuffer buffer = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(padded).put(json);
        while (buffer.hasRemaining()) {
            buffer.put((byte) ' ');
        }
        return buffer.flip();
    }

    private static void writeAll(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            int _ = channel.write(buffer);
        }
    }
}
