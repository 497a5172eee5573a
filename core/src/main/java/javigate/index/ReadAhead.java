package javigate.index;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory that is touched while a batch multiplies, so that it is in the cache when it is decoded: a
 * processor reads ahead only where it is read from, and Java has no instruction that asks for more.
 * The checks of the segment it belongs to would cost more than they save, so it is touched through
 * a segment of all memory. {@link #address} gives only what lies wholly in a mapped segment, and
 * whoever scans holds its file open ({@link LibrarySnapshot}).
 *
 * <p>A segment of all memory needs native access. Without it ({@code --enable-native-access}) a JVM
 * searches all the same but does not read ahead.
 */
final class ReadAhead {
    /** Bytes from an address on that may be touched: by one {@link VectorTiles#six}. */
    static final int BYTES = 16 * VectorTiles.LONGEST;

    private static final boolean ENABLED = ReadAhead.class.getModule().isNativeAccessEnabled();

    /** Touched where there is nothing to read ahead, which is less work than to ask each time. */
    private static final MemorySegment NOTHING = Arena.global().allocate(BYTES, 64);

    /** What {@link #address} is one in: a constant, so that the JIT can leave out its checks. */
    static final MemorySegment MEMORY =
            ENABLED ? MemorySegment.NULL.reinterpret(Long.MAX_VALUE) : NOTHING;

    private static final long NOWHERE = ENABLED ? NOTHING.address() : 0;

    private ReadAhead() {}

    /** Where in {@link #MEMORY} the bytes from {@code offset} on lie that can be touched. */
    static long address(MemorySegment memory, long offset) {
        boolean whole = ENABLED && memory.isNative() && offset <= memory.byteSize() - BYTES;
        return whole ? memory.address() + offset : NOWHERE;
    }
}
