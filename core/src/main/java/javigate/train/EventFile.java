package javigate.train;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * A file of scalars that TensorBoard reads: TFRecords (length, its masked CRC-32C, data, its masked
 * CRC-32C, all little endian) of protocol buffers {@code Event} {wall_time 1: double, step 2:
 * int64, file_version 3: string, summary 5: {value 1: {tag 1: string, simple_value 2: float}}}
 * (tensorflow/core/util/event.proto, framework/summary.proto).
 */
final class EventFile implements AutoCloseable {

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;

    private final FileChannel channel;

    /**
     * Begins a new file in a folder; TensorBoard joins those of a folder by their times.
     *
     * @param seconds since 1970
     */
    EventFile(Path folder, double seconds) throws IOException {
        Path file =
                folder.resolve(
                        "events.out.tfevents.%010d.javigate.%d"
                                .formatted((long) seconds, ProcessHandle.current().pid()));
        this.channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.APPEND);
        Message event = new Message().fixed64(1, seconds);
        record(event.bytes(3, "brain.Event:2".getBytes(StandardCharsets.UTF_8)));
    }

    /** Adds values of one step under their tags. */
    void add(double seconds, long step, Map<String, Double> values) throws IOException {
        Message summary = new Message();
        values.forEach(
                (tag, value) ->
                        summary.bytes(
                                1,
                                new Message()
                                        .bytes(1, tag.getBytes(StandardCharsets.UTF_8))
                                        .fixed32(2, value.floatValue())
                                        .toBytes()));
        record(new Message().fixed64(1, seconds).varint(2, step).bytes(5, summary.toBytes()));
    }

    private void record(Message event) throws IOException {
        byte[] data = event.toBytes();
        ByteBuffer buffer = ByteBuffer.allocate(data.length + 16).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(data.length);
        buffer.putInt(maskedCrc(buffer.array(), 8));
        buffer.put(data).putInt(maskedCrc(data, data.length)).flip();
        while (buffer.hasRemaining()) {
            int _ = channel.write(buffer);
        }
    }

    private static int maskedCrc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        int value = (int) crc.getValue();
        return Integer.rotateRight(value, 15) + 0xa282ead8;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** A protocol buffer under construction. */
    private static final class Message {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Message varint(int field, long value) {
            key(field, VARINT);
            raw(value);
            return this;
        }

        Message fixed64(int field, double value) {
            key(field, FIXED64);
            out.writeBytes(little(8).putDouble(value).array());
            return this;
        }

        Message fixed32(int field, float value) {
            key(field, FIXED32);
            out.writeBytes(little(4).putFloat(value).array());
            return this;
        }

        Message bytes(int field, byte[] value) {
            key(field, BYTES);
            raw(value.length);
            out.writeBytes(value);
            return this;
        }

        byte[] toBytes() {
            return out.toByteArray();
        }

        private static ByteBuffer little(int size) {
            return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        }

        private void key(int field, int wireType) {
            raw(((long) field << 3) | wireType);
        }

        private void raw(long value) {
            long rest = value;
            while ((rest & ~0x7FL) != 0) {
                out.write((int) ((rest & 0x7F) | 0x80));
                rest >>>= 7;
            }
            out.write((int) rest);
        }
    }
}
