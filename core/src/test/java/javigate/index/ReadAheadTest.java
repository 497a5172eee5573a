package javigate.index;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadAheadTest {
    private static final int LENGTH = VectorTiles.LONGEST;

    private final SplittableRandom random = new SplittableRandom(5);

    @TempDir private Path folder;

    @Test
    void touchesTheMemoryItIsTold() throws IOException {
        int bytes = 3 * ReadAhead.BYTES + 20;
        byte[] content = new byte[bytes];
        random.nextBytes(content);
        Path file = Files.write(folder.resolve("blocks"), content);
        try (Arena arena = Arena.ofConfined();
                FileChannel channel = FileChannel.open(file)) {
            MemorySegment memory = channel.map(FileChannel.MapMode.READ_ONLY, 0, bytes, arena);
            for (long offset : new long[] {0, 12, 4096, bytes - ReadAhead.BYTES}) {
                int expected = 0;
                for (int line = 0; line < ReadAhead.BYTES; line += 64) {
                    expected ^= memory.get(JAVA_INT_UNALIGNED, offset + line);
                }
                assertEquals(expected, touch(ReadAhead.address(memory, offset)));
            }
        }
    }

    @Test
    void leavesAloneWhatIsNotWhollyMapped() {
        long nowhere = ReadAhead.address(MemorySegment.NULL, 0);
        assertEquals(0, touch(nowhere));
        byte[] inTheHeap = new byte[2 * ReadAhead.BYTES];
        assertEquals(nowhere, ReadAhead.address(MemorySegment.ofArray(inTheHeap), 0));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(ReadAhead.BYTES);
            assertNotEquals(nowhere, ReadAhead.address(memory, 0));
            assertEquals(nowhere, ReadAhead.address(memory, 1));
            assertEquals(nowhere, ReadAhead.address(memory, ReadAhead.BYTES));
            assertEquals(nowhere, ReadAhead.address(memory.asSlice(1), 0));
        }
    }

    private static int touch(long address) {
        float[] rows = new float[6 * LENGTH];
        float[] queries = new float[DotKernel.BATCH * LENGTH];
        float[] products = new float[6 * DotKernel.BATCH];
        return VectorTiles.six(rows, 0, LENGTH, 0, LENGTH, queries, 0, products, address);
    }
}
