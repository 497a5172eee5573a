package javigate.tensor;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The bytes of a pickle, put together opcode by opcode: those of PyTorch's, and any others. */
final class Pickle {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** Protocol 2, as torch.save has it. */
    static Pickle start() {
        return new Pickle().op(0x80, 2);
    }

    /** Opcodes and their bytes. */
    Pickle op(int... bytes) {
        for (int b : bytes) {
            out.write(b);
        }
        return this;
    }

    /** One-letter opcodes. */
    Pickle ops(String letters) {
        return raw(letters.getBytes(StandardCharsets.ISO_8859_1));
    }

    Pickle raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    Pickle text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return ops("X").int32(utf8.length).raw(utf8);
    }

    Pickle int32(long value) {
        return raw(
                ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt((int) value).array());
    }

    Pickle int64(long value) {
        return raw(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
    }

    /** LONG1 of eight bytes, or BININT where that does. */
    Pickle integer(long value) {
        return value == (int) value ? ops("J").int32(value) : op(0x8a, 8).int64(value);
    }

    Pickle global(String module, String name) {
        return ops("c" + module + "\n" + name + "\n");
    }

    Pickle tuple(long... values) {
        ops("(");
        for (long value : values) {
            integer(value);
        }
        return ops("t");
    }

    Pickle emptyOrderedDict() {
        return global("collections", "OrderedDict").ops(")R");
    }

    Pickle storage(String type, String key, long count) {
        return ops("(").text("storage")
                .global("torch", type)
                .text(key)
                .text("cpu")
                .integer(count)
                .ops("tQ");
    }

    /** A tensor over a storage that the top of the stack is not yet. */
    Pickle tensor(String type, String key, long count, long offset, long[] shape, long[] strides) {
        return global("torch._utils", "_rebuild_tensor_v2")
                .ops("(")
                .storage(type, key, count)
                .integer(offset)
                .tuple(shape)
                .tuple(strides)
                .op(0x89)
                .emptyOrderedDict()
                .ops("tR");
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    /** With STOP. */
    byte[] stop() {
        return ops(".").bytes();
    }
}
