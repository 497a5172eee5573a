package javigate.index;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The innermost products of a scan for one query: of the rows of {@value DotKernel#STREAMS} clips
 * side by side, written out for that many. Like {@link VectorTiles}, the loop calls nothing but the
 * Vector API.
 */
final class VectorStreams {
    private static final VectorSpecies<Float> FLOATS = VectorKernel.FLOATS;
    private static final VectorSpecies<Integer> INTS = VectorKernel.INTS;
    private static final int LANES = VectorKernel.LANES;

    private VectorStreams() {}

    /** See {@link DotKernel#f16(MemorySegment, long[], int, int, ScanQuery, float[])}. */
    static void f16(
            MemorySegment memory,
            long[] rows,
            int frames,
            int elements,
            ScanQuery query,
            float[] products) {
        if (rows.length != DotKernel.STREAMS) {
            throw new IllegalArgumentException(rows.length + " clips, not " + DotKernel.STREAMS);
        }
        float[] even = query.even();
        float[] odd = query.odd();
        long row0 = rows[0];
        long row1 = rows[1];
        long row2 = rows[2];
        long row3 = rows[3];
        long row4 = rows[4];
        long row5 = rows[5];
        IntVector bits = IntVector.broadcast(INTS, VectorKernel.HALF_BITS);
        for (int n = 0; n < frames; n++) {
            long row = 2L * n * elements;
            FloatVector s0 = FloatVector.zero(FLOATS);
            FloatVector s1 = s0;
            FloatVector s2 = s0;
            FloatVector s3 = s0;
            FloatVector s4 = s0;
            FloatVector s5 = s0;
            for (int i = 0; i < elements / 2; i += LANES) {
                FloatVector ofEven = FloatVector.fromArray(FLOATS, even, i);
                FloatVector ofOdd = FloatVector.fromArray(FLOATS, odd, i);
                long at = row + 4L * i;
                // VectorKernel's low() and high(), written out: see VectorTiles.
                IntVector pairs =
                        IntVector.fromMemorySegment(INTS, memory, row0 + at, LITTLE_ENDIAN);
                IntVector low =
                        pairs.lanewise(VectorOperators.LSHL, 16)
                                .lanewise(VectorOperators.ASHR, 3)
                                .and(bits);
                IntVector high = pairs.lanewise(VectorOperators.ASHR, 3).and(bits);
                s0 = low.reinterpretAsFloats().fma(ofEven, s0);
                s0 = high.reinterpretAsFloats().fma(ofOdd, s0);
                pairs = IntVector.fromMemorySegment(INTS, memory, row1 + at, LITTLE_ENDIAN);
                low =
                        pairs.lanewise(VectorOperators.LSHL, 16)
                                .lanewise(VectorOperators.ASHR, 3)
                                .and(bits);
                high = pairs.lanewise(VectorOperators.ASHR, 3).and(bits);
                s1 = low.reinterpretAsFloats().fma(ofEven, s1);
                s1 = high.reinterpretAsFloats().fma(ofOdd, s1);
                pairs = IntVector.fromMemorySegment(INTS, memory, row2 + at, LITTLE_ENDIAN);
                low =
                        pairs.lanewise(VectorOperators.LSHL, 16)
                                .lanewise(VectorOperators.ASHR, 3)
                                .and(bits);
                high = pairs.lanewise(VectorOperators.ASHR, 3).and(bits);
                s2 = low.reinterpretAsFloats().fma(ofEven, s2);
                s2 = high.reinterpretAsFloats().fma(ofOdd, s2);
                pairs = IntVector.fromMemorySegment(INTS, memory, row3 + at, LITTLE_ENDIAN);
                low =
                        pairs.lanewise(VectorOperators.LSHL, 16)
                                .lanewise(VectorOperators.ASHR, 3)
                                .and(bits);
                high = pairs.lanewise(VectorOperators.ASHR, 3).and(bits);
                s3 = low.reinterpretAsFloats().fma(ofEven, s3);
                s3 = high.reinterpretAsFloats().fma(ofOdd, s3);
                pairs = IntVector.fromMemorySegment(INTS, memory, row4 + at, LITTLE_ENDIAN);
                low =
                        pairs.lanewise(VectorOperators.LSHL, 16)
                                .lanewise(VectorOperators.ASHR, 3)
                                .and(bits);
                high = pairs.lanewise(VectorOperators.ASHR, 3).and(bits);
                s4 = low.reinterpretAsFloats().fma(ofEven, s4);
                s4 = high.reinterpretAsFloats().fma(ofOdd, s4);
                pairs = IntVector.fromMemorySegment(INTS, memory, row5 + at, LITTLE_ENDIAN);
                low =
                        pairs.lanewise(VectorOperators.LSHL, 16)
                                .lanewise(VectorOperators.ASHR, 3)
                                .and(bits);
                high = pairs.lanewise(VectorOperators.ASHR, 3).and(bits);
                s5 = low.reinterpretAsFloats().fma(ofEven, s5);
                s5 = high.reinterpretAsFloats().fma(ofOdd, s5);
            }
            int to = n * DotKernel.STREAM_ROOM;
            products[to] = s0.reduceLanes(VectorOperators.ADD);
            products[to + 1] = s1.reduceLanes(VectorOperators.ADD);
            products[to + 2] = s2.reduceLanes(VectorOperators.ADD);
            products[to + 3] = s3.reduceLanes(VectorOperators.ADD);
            products[to + 4] = s4.reduceLanes(VectorOperators.ADD);
            products[to + 5] = s5.reduceLanes(VectorOperators.ADD);
        }
    }
}
