package javigate.index;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory that is touched a while before it is read, so that it comes into the cache meanwhile: a
 * processor reads ahead only where it is read from, and Java has no instruction that asks it to.
 * What is touched is {@value #BYTES} bytes in one go of {@link VectorTiles#six}, without the checks
 * of the segment that it belongs to, which would take longer than waiting for it. {@link #address}
 * therefore gives only addresses that lie wholly in a segment, and whoever scans holds its file
 * open ({@link LibrarySnapshot}).
 *
 * <p>Addresses outside a segment need native access. A JVM that does not give it ({@code
 * --enable-native-access}) scans without reading ahead.
 */
final class ReadAhead {
    /** Bytes from an address on that may be touched. */
    static final int BYTES = 8 * VectorTiles.LONGEST;

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
