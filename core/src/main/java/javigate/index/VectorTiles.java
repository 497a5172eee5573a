package javigate.index;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.invoke.VarHandle;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The innermost products of {@link VectorKernel#batch}: of {@code length} elements of some rows [F,
 * {@code elements}], of row {@code first} and element {@code from} on, with two vectors of queries
 * [32 / Q, elements, Q], of query {@code q} on, added to products [F, 32]. The sums stay in
 * registers.
 *
 * <p>The loops call nothing but the Vector API. The JIT always inlines that, but methods of our own
 * only while a method is small enough, and a vector that goes to a call is boxed.
 */
final class VectorTiles {
    private static final VectorSpecies<Float> FLOATS = VectorKernel.FLOATS;
    private static final int LANES = VectorKernel.LANES;
    private static final int BATCH = DotKernel.BATCH;

    /** Queries of two vectors: see {@link DotKernel#abreast}. */
    static final int ABREAST = 2 * LANES;

    /** Elements at a time, at most. */
    static final int LONGEST = 256;

    static final int INDEX = (1 << 30) - 1;

    /** Values of an array, at most. */
    static final int MOST_VALUES = INDEX - BATCH * LONGEST;

    private VectorTiles() {}

    /** Adds the products of twelve rows. */
    static void twelve(
            float[] rows,
            int first,
            int elements,
            int from,
            int length,
            float[] queries,
            int q,
            float[] products) {
        int to = first * BATCH + q;
        FloatVector a0 = FloatVector.fromArray(FLOATS, products, to);
        FloatVector a1 = FloatVector.fromArray(FLOATS, products, to + LANES);
        FloatVector b0 = FloatVector.fromArray(FLOATS, products, to + BATCH);
        FloatVector b1 = FloatVector.fromArray(FLOATS, products, to + BATCH + LANES);
        FloatVector c0 = FloatVector.fromArray(FLOATS, products, to + 2 * BATCH);
        FloatVector c1 = FloatVector.fromArray(FLOATS, products, to + 2 * BATCH + LANES);
        FloatVector d0 = FloatVector.fromArray(FLOATS, products, to + 3 * BATCH);
        FloatVector d1 = FloatVector.fromArray(FLOATS, products, to + 3 * BATCH + LANES);
        FloatVector e0 = FloatVector.fromArray(FLOATS, products, to + 4 * BATCH);
        FloatVector e1 = FloatVector.fromArray(FLOATS, products, to + 4 * BATCH + LANES);
        FloatVector f0 = FloatVector.fromArray(FLOATS, products, to + 5 * BATCH);
        FloatVector f1 = FloatVector.fromArray(FLOATS, products, to + 5 * BATCH + LANES);
        FloatVector g0 = FloatVector.fromArray(FLOATS, products, to + 6 * BATCH);
        FloatVector g1 = FloatVector.fromArray(FLOATS, products, to + 6 * BATCH + LANES);
        FloatVector h0 = FloatVector.fromArray(FLOATS, products, to + 7 * BATCH);
        FloatVector h1 = FloatVector.fromArray(FLOATS, products, to + 7 * BATCH + LANES);
        FloatVector i0 = FloatVector.fromArray(FLOATS, products, to + 8 * BATCH);
        FloatVector i1 = FloatVector.fromArray(FLOATS, products, to + 8 * BATCH + LANES);
        FloatVector j0 = FloatVector.fromArray(FLOATS, products, to + 9 * BATCH);
        FloatVector j1 = FloatVector.fromArray(FLOATS, products, to + 9 * BATCH + LANES);
        FloatVector k0 = FloatVector.fromArray(FLOATS, products, to + 10 * BATCH);
        FloatVector k1 = FloatVector.fromArray(FLOATS, products, to + 10 * BATCH + LANES);
        FloatVector l0 = FloatVector.fromArray(FLOATS, products, to + 11 * BATCH);
        FloatVector l1 = FloatVector.fromArray(FLOATS, products, to + 11 * BATCH + LANES);
        int row = first * elements;
        int query = q * elements;
        for (int i = from; i < from + length; i++) {
            FloatVector q0 = FloatVector.fromArray(FLOATS, queries, query + i * ABREAST);
            FloatVector q1 = FloatVector.fromArray(FLOATS, queries, query + i * ABREAST + LANES);
            FloatVector value = FloatVector.broadcast(FLOATS, rows[row + i]);
            a0 = value.fma(q0, a0);
            a1 = value.fma(q1, a1);
            value = FloatVector.broadcast(FLOATS, rows[row + elements + i]);
            b0 = value.fma(q0, b0);
            b1 = value.fma(q1, b1);
            value = FloatVector.broadcast(FLOATS, rows[row + 2 * elements + i]);
            c0 = value.fma(q0, c0);
            c1 = value.fma(q1, c1);
            value = FloatVector.broadcast(FLOATS, rows[row + 3 * elements + i]);
            d0 = value.fma(q0, d0);
            d1 = value.fma(q1, d1);
            value = FloatVector.broadcast(FLOATS, rows[row + 4 * elements + i]);
            e0 = value.fma(q0, e0);
            e1 = value.fma(q1, e1);
            value = FloatVector.broadcast(FLOATS, rows[row + 5 * elements + i]);
            f0 = value.fma(q0, f0);
            f1 = value.fma(q1, f1);
            value = FloatVector.broadcast(FLOATS, rows[row + 6 * elements + i]);
            g0 = value.fma(q0, g0);
            g1 = value.fma(q1, g1);
            value = FloatVector.broadcast(FLOATS, rows[row + 7 * elements + i]);
            h0 = value.fma(q0, h0);
            h1 = value.fma(q1, h1);
            value = FloatVector.broadcast(FLOATS, rows[row + 8 * elements + i]);
            i0 = value.fma(q0, i0);
            i1 = value.fma(q1, i1);
            value = FloatVector.broadcast(FLOATS, rows[row + 9 * elements + i]);
            j0 = value.fma(q0, j0);
            j1 = value.fma(q1, j1);
            value = FloatVector.broadcast(FLOATS, rows[row + 10 * elements + i]);
            k0 = value.fma(q0, k0);
            k1 = value.fma(q1, k1);
            value = FloatVector.broadcast(FLOATS, rows[row + 11 * elements + i]);
            l0 = value.fma(q0, l0);
            l1 = value.fma(q1, l1);
        }
        a0.intoArray(products, to);
        a1.intoArray(products, to + LANES);
        b0.intoArray(products, to + BATCH);
        b1.intoArray(products, to + BATCH + LANES);
        c0.intoArray(products, to + 2 * BATCH);
        c1.intoArray(products, to + 2 * BATCH + LANES);
        d0.intoArray(products, to + 3 * BATCH);
        d1.intoArray(products, to + 3 * BATCH + LANES);
        e0.intoArray(products, to + 4 * BATCH);
        e1.intoArray(products, to + 4 * BATCH + LANES);
        f0.intoArray(products, to + 5 * BATCH);
        f1.intoArray(products, to + 5 * BATCH + LANES);
        g0.intoArray(products, to + 6 * BATCH);
        g1.intoArray(products, to + 6 * BATCH + LANES);
        h0.intoArray(products, to + 7 * BATCH);
        h1.intoArray(products, to + 7 * BATCH + LANES);
        i0.intoArray(products, to + 8 * BATCH);
        i1.intoArray(products, to + 8 * BATCH + LANES);
        j0.intoArray(products, to + 9 * BATCH);
        j1.intoArray(products, to + 9 * BATCH + LANES);
        k0.intoArray(products, to + 10 * BATCH);
        k1.intoArray(products, to + 10 * BATCH + LANES);
        l0.intoArray(products, to + 11 * BATCH);
        l1.intoArray(products, to + 11 * BATCH + LANES);
    }

    /**
     * As {@link #twelve}, of six rows. Between the rows stand fences, which on x86 are no
     * instructions but keep the JIT from loading all six values first: there are 16 registers, so
     * that it would keep some sums in memory, which takes twice as long. Indices are cut to 30 bits
     * and the length to 9, which does not change them but tells it that they cannot overflow: it
     * then adds what does not change once, not before each load. Four elements a turn leave a
     * quarter of the loop's own instructions. With hyper-threading, where two threads share what a
     * core can begin at a time, the time goes with the number of instructions.
     *
     * @param length a multiple of 4, at most {@value #LONGEST}
     * @param ahead an {@linkplain ReadAhead#address address} to touch meanwhile, 16 bytes for each
     *     element
     * @return what was touched, to be put somewhere: what nobody uses is not read
     */
    static int six(
            float[] rows,
            int first,
            int elements,
            int from,
            int length,
            float[] queries,
            int q,
            float[] products,
            long ahead) {
        int stride = elements & INDEX;
        int query = q * elements + from * ABREAST & INDEX;
        int to = first * BATCH + q & INDEX;
        int count = length & 2 * LONGEST - 1;
        int a = first * elements + from & INDEX;
        int b = a + stride & INDEX;
        int c = b + stride & INDEX;
        int d = c + stride & INDEX;
        int e = d + stride & INDEX;
        int f = e + stride & INDEX;
        FloatVector a0 = FloatVector.fromArray(FLOATS, products, to);
        FloatVector a1 = FloatVector.fromArray(FLOATS, products, to + LANES);
        FloatVector b0 = FloatVector.fromArray(FLOATS, products, to + BATCH);
        FloatVector b1 = FloatVector.fromArray(FLOATS, products, to + BATCH + LANES);
        FloatVector c0 = FloatVector.fromArray(FLOATS, products, to + 2 * BATCH);
        FloatVector c1 = FloatVector.fromArray(FLOATS, products, to + 2 * BATCH + LANES);
        FloatVector d0 = FloatVector.fromArray(FLOATS, products, to + 3 * BATCH);
        FloatVector d1 = FloatVector.fromArray(FLOATS, products, to + 3 * BATCH + LANES);
        FloatVector e0 = FloatVector.fromArray(FLOATS, products, to + 4 * BATCH);
        FloatVector e1 = FloatVector.fromArray(FLOATS, products, to + 4 * BATCH + LANES);
        FloatVector f0 = FloatVector.fromArray(FLOATS, products, to + 5 * BATCH);
        FloatVector f1 = FloatVector.fromArray(FLOATS, products, to + 5 * BATCH + LANES);
        int touched = 0;
        for (int i = 0; i < count; i += 4) {
            touched ^= ReadAhead.MEMORY.get(JAVA_INT_UNALIGNED, ahead + 16L * i);
            FloatVector q0 = FloatVector.fromArray(FLOATS, queries, query + i * ABREAST);
            FloatVector q1 = FloatVector.fromArray(FLOATS, queries, query + i * ABREAST + LANES);
            FloatVector value = FloatVector.broadcast(FLOATS, rows[a + i]);
            a0 = value.fma(q0, a0);
            a1 = value.fma(q1, a1);
            VarHandle.acquireFence();
            value = FloatVector.broadcast(FLOATS, rows[b + i]);
            b0 = value.fma(q0, b0);
            b1 = value.fma(q1, b1);
            VarHandle.acquireFence();
            value = FloatVector.broadcast(FLOATS, rows[c + i]);
            c0 = value.fma(q0, c0);
            c1 = value.fma(q1, c1);
            VarHandle.acquireFence();
            value = FloatVector.broadcast(FLOATS, rows[d + i]);
            d0 = value.fma(q0, d0);
            d1 = value.fma(q1, d1);
            VarHandle.acquireFence();
            value = FloatVector.broadcast(FLOATS, rows[e + i]);
            e0 = value.fma(q0, e0);
            e1 = value.fma(q1, e1);
            VarHandle.acquireFence();
            value = FloatVector.broadcast(FLOATS, rows[f + i]);
            f0 = value.fma(q0, f0);
            f1 = value.fma(q1, f1);
            VarHandle.acquireFence();
            q0 = FloatVector.fromArray(FLOATS, queries, query + i * ABREAST + ABREAST);
            q1 = FloatVector.fromArray(FLOATS, queries, query + i * ABREAST + ABREAST + LANES);
            value = FloatVector.broadcast(FLOATS, rows[a + i + 1]);
            a0 = value.fma(q0, a0);
            a1 = value.fma(q1, a1);
            VarHandle.acquireFence();
            value = FloatVector.broadcast(FLOATS, rows[b + i + 1]);
            b0 = value.fma(q0, b0);
            b1 = value.fma(q1, b1);
            VarHandle.acquireFence();
            value = FloatVector.broadcast(FLOATS, rows[c + i + 1]);
            c0 = value.fma(q0, c0);
            c1 = value.fma(q1, c1);
            VarHandle.acquireFence();
            value = FloatVector.broadcast(FLOATS, rows[d + i + 1]);
            d0 = value.fma(q0, d0);
            d1 = value.fma(q1, d1);
            VarHandle.acquireFence();
            value = FloatVector.broadcast(FLOATS, rows[e + i + 1]);
            e0 = value.fma(q0, e0);
            e1 = value.fma(q1, e1);
            VarHandle.acquireFence();
            value = FloatVector.broadcast(FLOATS, rows[f + i + 1]);
            f0 = value.fma(q0, f0);
            f1 = value.fma(q1, f1);
            VarHandle.acquireFence();
            q0 = FloatVector.fromArray(FLOATS, queries, query + i * ABREAST + 2 * ABREAST);
            q1 = FloatVector.fromArray(FLOATS, queries, query + i * ABREAST + 2 * ABREAST + LANES);
            value = FloatVector.broadcast(FLOATS, rows[a + i + 2]);
            a0 = value.fma(q0, a0);
            a1 = value.fma(q1, a1);
            VarHandle.acquireFence();
            value = FloatVector.broadcast(FLOATS, rows[b + i + 2]);
            b0 = value.fma(q0, b0);
            b1 = value.fma(q1, b1);
            VarHandle.acquireFence();
            value = FloatVector.broadcast(FLOATS, rows[c + i + 2]);
            c0 = value.fma(q0, c0);
            c1 = value.fma(q1, c1);
            VarHandle.acquireFence();
            value = FloatVector.broadcast(FLOATS, rows[d + i + 2]);
            d0 = value.fma(q0, d0);
            d1 = value.fma(q1, d1);
            VarHandle.acquireFence();
            value = FloatVector.broadcast(FLOATS, rows[e + i + 2]);
            e0 = value.fma(q0, e0);
            e1 = value.fma(q1, e1);
            VarHandle.acquireFence();
            value = FloatVector.broadcast(FLOATS, rows[f + i + 2]);
            f0 = value.fma(q0, f0);
            f1 = value.fma(q1, f1);
            VarHandle.acquireFence();
            q0 = FloatVector.fromArray(FLOATS, queries, query + i * ABREAST + 3 * ABREAST);
            q1 = FloatVector.fromArray(FLOATS, queries, query + i * ABREAST + 3 * ABREAST + LANES);
            value = FloatVector.broadcast(FLOATS, rows[a + i + 3]);
            a0 = value.fma(q0, a0);
            a1 = value.fma(q1, a1);
            VarHandle.acquireFence();
            value = FloatVector.broadcast(FLOATS, rows[b + i + 3]);
            b0 = value.fma(q0, b0);
            b1 = value.fma(q1, b1);
            VarHandle.acquireFence();
            value = FloatVector.broadcast(FLOATS, rows[c + i + 3]);
            c0 = value.fma(q0, c0);
            c1 = value.fma(q1, c1);
            VarHandle.acquireFence();
            value = FloatVector.broadcast(FLOATS, rows[d + i + 3]);
            d0 = value.fma(q0, d0);
            d1 = value.fma(q1, d1);
            VarHandle.acquireFence();
            value = FloatVector.broadcast(FLOATS, rows[e + i + 3]);
            e0 = value.fma(q0, e0);
            e1 = value.fma(q1, e1);
            VarHandle.acquireFence();
            value = FloatVector.broadcast(FLOATS, rows[f + i + 3]);
            f0 = value.fma(q0, f0);
            f1 = value.fma(q1, f1);
            VarHandle.acquireFence();
        }
        a0.intoArray(products, to);
        a1.intoArray(products, to + LANES);
        b0.intoArray(products, to + BATCH);
        b1.intoArray(products, to + BATCH + LANES);
        c0.intoArray(products, to + 2 * BATCH);
        c1.intoArray(products, to + 2 * BATCH + LANES);
        d0.intoArray(products, to + 3 * BATCH);
        d1.intoArray(products, to + 3 * BATCH + LANES);
        e0.intoArray(products, to + 4 * BATCH);
        e1.intoArray(products, to + 4 * BATCH + LANES);
        f0.intoArray(products, to + 5 * BATCH);
        f1.intoArray(products, to + 5 * BATCH + LANES);
        return touched;
    }

    /** As {@link #twelve}, of one row. */
    static void one(
            float[] rows,
            int row,
            int elements,
            int from,
            int length,
            float[] queries,
            int q,
            float[] products) {
        int to = row * BATCH + q;
        FloatVector a0 = FloatVector.fromArray(FLOATS, products, to);
        FloatVector a1 = FloatVector.fromArray(FLOATS, products, to + LANES);
        int query = q * elements;
        for (int i = from; i < from + length; i++) {
            FloatVector q0 = FloatVector.fromArray(FLOATS, queries, query + i * ABREAST);
            FloatVector q1 = FloatVector.fromArray(FLOATS, queries, query + i * ABREAST + LANES);
            FloatVector value = FloatVector.broadcast(FLOATS, rows[row * elements + i]);
            a0 = value.fma(q0, a0);
            a1 = value.fma(q1, a1);
        }
        a0.intoArray(products, to);
        a1.intoArray(products, to + LANES);
    }
}
