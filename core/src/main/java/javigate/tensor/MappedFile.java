package javigate.tensor;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A weight file in memory, read-only: its pages are the system's and come when they are touched.
 *
 * @param file names it in messages
 * @param bytes all of it
 * @param arena owns the mapping; tensors are unusable once it is closed
 */
record MappedFile(Path file, MemorySegment bytes, Arena arena) {

    /** A native address that libtorch may read; the arena owns it. */
    private static final class MappedPointer extends Pointer {
        MappedPointer(MemorySegment segment) {
            super((Pointer) null);
            this.address = segment.address();
            this.limit = segment.byteSize();
            this.capacity = segment.byteSize();
        }
    }

    /** What a reader makes of a mapping. */
    @FunctionalInterface
    interface Reader {
        Weights read(MappedFile file) throws IOException;
    }

    /**
     * Maps a file and reads it; a reader that fails leaves nothing mapped.
     *
     * @throws IOException if there is no such file, or from the reader
     */
    static Weights read(Path file, Reader reader) throws IOException {
        Engine.start();
        if (Files.isDirectory(file)) {
            throw new IOException(file + ": a folder, not a weight file");
        }
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MemorySegment bytes =
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            return reader.read(new MappedFile(file, bytes, arena));
        } catch (NoSuchFileException e) {
            arena.close();
            throw new IOException(file + ": no such file", e);
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    long size() {
        return bytes.byteSize();
    }

    /**
     * The values of a tensor where they lie, or a copy where they lie at an address their type
     * cannot be read from.
     *
     * @param at byte of the first value; the caller has checked that all lie in the file
     * @param shape row-major, dense
     */
    Tensor tensor(long at, torch.ScalarType type, long... shape) {
        long count = 1;
        for (long size : shape) {
            count *= size;
        }
        if (count == 0) {
            return torch.zeros(shape, Ops.kind(type));
        }
        long width = DataTypes.bytesPerValue(type);
        MemorySegment values = bytes.asSlice(at, count * width);
        if (values.address() % width == 0) {
            return torch.from_blob(new MappedPointer(values), shape, Ops.kind(type));
        }
        Tensor copy = torch.empty(shape, Ops.kind(type), null);
        MemorySegment.ofAddress(copy.data_ptr().address())
                .reinterpret(values.byteSize())
                .copyFrom(values);
        return copy;
    }
}
