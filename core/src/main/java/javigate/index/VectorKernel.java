package javigate.index;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The dot products with the Vector API. Rows are padded to 64 elements, so there are no tails up to
 * vectors of 512 bits. Bounds are not checked where the JVM is told so ({@code
 * -Djdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK=0}): {@link FrameBlock#at} has checked the block.
 */
final class VectorKernel extends DotKernel {
    private static final VectorShape SHAPE =
            VectorShape.forBitSize(
                    Math.clamp(FloatVector.SPECIES_PREFERRED.vectorBitSize(), 128, 512));
    static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, SHAPE);
    static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, SHAPE);
    private static final VectorSpecies<Long> LONGS = VectorSpecies.of(long.class, SHAPE);
    private static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class, SHAPE);
    private static final VectorSpecies<Byte> BYTES =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(SHAPE.vectorBitSize() / 2));

    static final int LANES = FLOATS.length();

    /** Where sign, exponent and fraction of a half come to lie in a float. */
    static final int HALF_BITS = 0x8fffe000;

    /**
     * Rows of one tile of a batch: with two vectors of sums each, two vectors of queries and a
     * row's value they just fit the registers, 32 with AVX-512 and on ARM, else 16.
     */
    private static final int TILE =
            SHAPE.vectorBitSize() == 512 || "aarch64".equals(System.getProperty("os.arch"))
                    ? TOGETHER
                    : TOGETHER / 2;

    /** So many rows or more that are left over are a tile with idle rows, fewer go one by one. */
    private static final int LEAST_TILED = TILE / 3;

    /**
     * Elements of a row that a tile multiplies at a time, at most. Each time it loads its sums and
     * stores them, but only between two tiles the next clip is decoded. Twelve frames with 32
     * queries are four tiles with AVX2 but one with AVX-512, which therefore takes less at a time.
     */
    private static final int STRETCH = TILE == TOGETHER ? 64 : VectorTiles.LONGEST;

    @Override
    float f32(MemorySegment memory, long row, int elements, ScanQuery query) {
        float[] unit = query.unit();
        FloatVector a = FloatVector.zero(FLOATS);
        FloatVector b = FloatVector.zero(FLOATS);
        for (int i = 0; i < elements; i += 2 * LANES) {
            long at = row + 4L * i;
            a = floats(memory, at).fma(FloatVector.fromArray(FLOATS, unit, i), a);
            b =
                    floats(memory, at + 4L * LANES)
                            .fma(FloatVector.fromArray(FLOATS, unit, i + LANES), b);
        }
        return a.add(b).reduceLanes(VectorOperators.ADD);
    }

    private static FloatVector floats(MemorySegment memory, long at) {
        return FloatVector.fromMemorySegment(FLOATS, memory, at, LITTLE_ENDIAN);
    }

    /** Two halves in each int: their bits, moved into a float's place, are 2^-112 of the value. */
    @Override
    float f16(MemorySegment memory, long row, int elements, ScanQuery query) {
        float[] even = query.even();
        float[] odd = query.odd();
        FloatVector a = FloatVector.zero(FLOATS);
        FloatVector b = FloatVector.zero(FLOATS);
        for (int i = 0; i < elements / 2; i += LANES) {
            IntVector pairs = pairs(memory, row + 4L * i);
            a = low(pairs).fma(FloatVector.fromArray(FLOATS, even, i), a);
            b = high(pairs).fma(FloatVector.fromArray(FLOATS, odd, i), b);
        }
        return a.add(b).reduceLanes(VectorOperators.ADD);
    }

    @Override
    void f16(
            MemorySegment memory,
            long[] rows,
            int frames,
            int elements,
            ScanQuery query,
            float[] products) {
        VectorStreams.f16(memory, rows, frames, elements, query, products);
    }

    private static IntVector pairs(MemorySegment memory, long at) {
        return IntVector.fromMemorySegment(INTS, memory, at, LITTLE_ENDIAN);
    }

    private static FloatVector low(IntVector pairs) {
        return pairs.lanewise(VectorOperators.LSHL, 16)
                .lanewise(VectorOperators.ASHR, 3)
                .and(HALF_BITS)
                .reinterpretAsFloats();
    }

    private static FloatVector high(IntVector pairs) {
        return pairs.lanewise(VectorOperators.ASHR, 3).and(HALF_BITS).reinterpretAsFloats();
    }

    /** Two products of 127 · 127 fit a short, so every second sum is widened. */
    @Override
    int int8(MemorySegment memory, long row, int elements, ScanQuery query) {
        short[] codes = query.codes();
        int lanes = SHORTS.length();
        IntVector sum = IntVector.zero(INTS);
        for (int i = 0; i < elements; i += 2 * lanes) {
            IntVector pairs =
                    products(memory, row, i, codes)
                            .add(products(memory, row, i + lanes, codes))
                            .reinterpretAsInts();
            IntVector high = pairs.lanewise(VectorOperators.ASHR, 16);
            IntVector low =
                    pairs.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16);
            sum = sum.add(high).add(low);
        }
        return sum.reduceLanes(VectorOperators.ADD);
    }

    private static ShortVector products(MemorySegment memory, long row, int i, short[] codes) {
        ByteVector bytes = ByteVector.fromMemorySegment(BYTES, memory, row + i, LITTLE_ENDIAN);
        ShortVector wide = (ShortVector) bytes.convertShape(VectorOperators.B2S, SHORTS, 0);
        return wide.mul(ShortVector.fromArray(SHORTS, codes, i));
    }

    @Override
    int abreast() {
        return VectorTiles.ABREAST;
    }

    /** What tiles do not check. */
    private static void requireElements(
            float[] rows,
            int count,
            int elements,
            int from,
            int to,
            float[] queries,
            int many,
            int values) {
        long room = room(count);
        if (queries.length != many * elements
                || rows.length < room * elements
                || values < room * BATCH
                || (from | to) % 32 != 0
                || from < 0
                || from > to
                || to > elements) {
            throw new IllegalArgumentException(
                    "elements %d to %d of %d rows of %d in %d values; queries of %d, products of %d"
                            .formatted(
                                    from,
                                    to,
                                    count,
                                    elements,
                                    rows.length,
                                    queries.length,
                                    values));
        }
        if (Math.max(queries.length, rows.length) > VectorTiles.MOST_VALUES) {
            throw new IllegalArgumentException(
                    "a clip of %d frames of %d elements; at most %d values can be searched"
                            .formatted(count, elements, VectorTiles.MOST_VALUES));
        }
    }

    @Override
    void batch(
            float[] rows,
            int count,
            int elements,
            int from,
            int to,
            float[] queries,
            float[] products,
            DecodedRows ahead) {
        requireElements(rows, count, elements, from, to, queries, BATCH, products.length);
        int whole = count - count % TILE;
        int tiled = count - whole < LEAST_TILED ? whole : whole + TILE;
        // So that of a clip as large as the tiled rows all is decoded by the end.
        int tiles = BATCH / VectorTiles.ABREAST * Math.ceilDiv(to - from, STRETCH) * (tiled / TILE);
        int step = tiles == 0 ? 0 : Math.ceilDiv(tiled * elements, tiles);
        for (int q = 0; q < BATCH; q += VectorTiles.ABREAST) {
            for (int at = from; at < to; at += STRETCH) {
                int length = Math.min(STRETCH, to - at);
                for (int n = 0; n < tiled; n += TILE) {
                    ahead.decode(step); // outside the tile, whose sums need all registers
                    if (TILE == TOGETHER) {
                        VectorTiles.twelve(rows, n, elements, at, length, queries, q, products);
                    } else {
                        ahead.touched(
                                VectorTiles.six(
                                        rows,
                                        n,
                                        elements,
                                        at,
                                        length,
                                        queries,
                                        q,
                                        products,
                                        ahead.address()));
                    }
                }
            }
            for (int n = tiled; n < count; n++) {
                VectorTiles.one(rows, n, elements, from, to - from, queries, q, products);
            }
        }
    }

    @Override
    int reaching(
            float[] products,
            float[] scales,
            int count,
            ScoreBounds.Limit limit,
            float[] base,
            int baseAt,
            float[] others,
            float perOther,
            float[] thresholds) {
        int reaching = 0;
        for (int q = 0; q < BATCH; q += LANES) {
            FloatVector sum = FloatVector.zero(FLOATS);
            FloatVector max = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
            for (int n = 0; n < count; n++) {
                FloatVector cosine =
                        FloatVector.fromArray(FLOATS, products, n * BATCH + q).mul(scales[n]);
                sum = sum.add(cosine);
                max = max.max(cosine);
            }
            FloatVector bound =
                    sum.mul(limit.perSum())
                            .add(max.mul(limit.perMax()))
                            .add(limit.rest())
                            .add(FloatVector.fromArray(FLOATS, base, baseAt + q))
                            .add(FloatVector.fromArray(FLOATS, others, q).mul(perOther));
            FloatVector least = FloatVector.fromArray(FLOATS, thresholds, q);
            reaching |= (int) bound.compare(VectorOperators.GE, least).toLong() << q;
        }
        return reaching;
    }

    /**
     * Four rows side by side, so that a part of the query is loaded once for all, with indices cut
     * as in {@link VectorTiles#six}.
     */
    @Override
    void f32(
            float[] rows,
            int count,
            int elements,
            int from,
            int to,
            float[] query,
            int q,
            float[] products) {
        requireElements(rows, count, elements, from, to, query, 1, products.length);
        int stride = elements & VectorTiles.INDEX;
        int begin = from & VectorTiles.INDEX;
        int length = to - from & VectorTiles.INDEX;
        int n = 0;
        for (; n + 4 <= count; n += 4) {
            int a = n * elements + from & VectorTiles.INDEX;
            int b = a + stride & VectorTiles.INDEX;
            int c = b + stride & VectorTiles.INDEX;
            int d = c + stride & VectorTiles.INDEX;
            FloatVector sumA = FloatVector.zero(FLOATS);
            FloatVector sumB = sumA;
            FloatVector sumC = sumA;
            FloatVector sumD = sumA;
            for (int i = 0; i < length; i += 2 * LANES) {
                FloatVector of = FloatVector.fromArray(FLOATS, query, begin + i);
                sumA = FloatVector.fromArray(FLOATS, rows, a + i).fma(of, sumA);
                sumB = FloatVector.fromArray(FLOATS, rows, b + i).fma(of, sumB);
                sumC = FloatVector.fromArray(FLOATS, rows, c + i).fma(of, sumC);
                sumD = FloatVector.fromArray(FLOATS, rows, d + i).fma(of, sumD);
                of = FloatVector.fromArray(FLOATS, query, begin + i + LANES);
                sumA = FloatVector.fromArray(FLOATS, rows, a + i + LANES).fma(of, sumA);
                sumB = FloatVector.fromArray(FLOATS, rows, b + i + LANES).fma(of, sumB);
                sumC = FloatVector.fromArray(FLOATS, rows, c + i + LANES).fma(of, sumC);
                sumD = FloatVector.fromArray(FLOATS, rows, d + i + LANES).fma(of, sumD);
            }
            products[n * BATCH + q] += sumA.reduceLanes(VectorOperators.ADD);
            products[(n + 1) * BATCH + q] += sumB.reduceLanes(VectorOperators.ADD);
            products[(n + 2) * BATCH + q] += sumC.reduceLanes(VectorOperators.ADD);
            products[(n + 3) * BATCH + q] += sumD.reduceLanes(VectorOperators.ADD);
        }
        for (; n < count; n++) {
            int a = n * elements + from & VectorTiles.INDEX;
            FloatVector sum = FloatVector.zero(FLOATS);
            for (int i = 0; i < length; i += LANES) {
                FloatVector of = FloatVector.fromArray(FLOATS, query, begin + i);
                sum = FloatVector.fromArray(FLOATS, rows, a + i).fma(of, sum);
            }
            products[n * BATCH + q] += sum.reduceLanes(VectorOperators.ADD);
        }
    }

    @Override
    int scaled(
            float[] products,
            int row,
            float scale,
            float[] into,
            int at,
            float rest,
            float[] thresholds) {
        int reaching = 0;
        for (int q = 0; q < BATCH; q += LANES) {
            FloatVector scaled =
                    FloatVector.fromArray(FLOATS, products, row * BATCH + q).mul(scale);
            scaled.intoArray(into, at + q);
            FloatVector least = FloatVector.fromArray(FLOATS, thresholds, q);
            reaching |= (int) scaled.add(rest).compare(VectorOperators.GE, least).toLong() << q;
        }
        return reaching;
    }

    @Override
    boolean reaches(float[] values, int at, float rest, float[] thresholds) {
        for (int q = 0; q < BATCH; q += LANES) {
            FloatVector least = FloatVector.fromArray(FLOATS, thresholds, q);
            FloatVector sum = FloatVector.fromArray(FLOATS, values, at + q).add(rest);
            if (sum.compare(VectorOperators.GE, least).anyTrue()) {
                return true;
            }
        }
        return false;
    }

    @Override
    int reaching(
            float[] products,
            int count,
            float[] perSum,
            float perMax,
            float[] rest,
            float threshold) {
        if (SHAPE.vectorBitSize() < 256) {
            return super.reaching(products, count, perSum, perMax, rest, threshold);
        }
        FloatVector sum = FloatVector.zero(FloatVector.SPECIES_256);
        FloatVector max = FloatVector.broadcast(FloatVector.SPECIES_256, Float.NEGATIVE_INFINITY);
        for (int n = 0; n < count; n++) {
            FloatVector product =
                    FloatVector.fromArray(FloatVector.SPECIES_256, products, n * STREAM_ROOM);
            sum = sum.add(product);
            max = max.max(product);
        }
        FloatVector bound =
                sum.mul(FloatVector.fromArray(FloatVector.SPECIES_256, perSum, 0))
                        .add(max.mul(perMax))
                        .add(FloatVector.fromArray(FloatVector.SPECIES_256, rest, 0));
        return (int) bound.compare(VectorOperators.LT, threshold).not().toLong()
                & (1 << STREAMS) - 1;
    }

    /** From four places at once: from one, the memory of some processors is read more slowly. */
    @Override
    long sum(MemorySegment memory, long from, long bytes) {
        int step = LONGS.vectorByteSize();
        long quarter = bytes / 4 / step * step;
        LongVector a = LongVector.zero(LONGS);
        LongVector b = a;
        LongVector c = a;
        LongVector d = a;
        long at = from;
        for (; at < from + quarter; at += step) {
            a = a.add(LongVector.fromMemorySegment(LONGS, memory, at, LITTLE_ENDIAN));
            b = b.add(LongVector.fromMemorySegment(LONGS, memory, at + quarter, LITTLE_ENDIAN));
            c = c.add(LongVector.fromMemorySegment(LONGS, memory, at + 2 * quarter, LITTLE_ENDIAN));
            d = d.add(LongVector.fromMemorySegment(LONGS, memory, at + 3 * quarter, LITTLE_ENDIAN));
        }
        for (at = from + 4 * quarter; at < from + bytes; at += step) {
            a = a.add(LongVector.fromMemorySegment(LONGS, memory, at, LITTLE_ENDIAN));
        }
        return a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
    }

    @Override
    double dot(float[] a, float[] b) {
        if (SHAPE.vectorBitSize() < 256) {
            return super.dot(a, b);
        }
        DoubleVector s0 = DoubleVector.zero(DoubleVector.SPECIES_256);
        DoubleVector s4 = s0;
        DoubleVector s8 = s0;
        DoubleVector s12 = s0;
        int i = 0;
        for (; i + SUMS <= b.length; i += SUMS) {
            s0 = doubles(a, i).fma(doubles(b, i), s0);
            s4 = doubles(a, i + 4).fma(doubles(b, i + 4), s4);
            s8 = doubles(a, i + 8).fma(doubles(b, i + 8), s8);
            s12 = doubles(a, i + 12).fma(doubles(b, i + 12), s12);
        }
        double sum = 0;
        for (; i < b.length; i++) {
            sum += (double) a[i] * b[i];
        }
        for (double lane : s0.add(s8).toDoubleArray()) { // in order, unlike reduceLanes
            sum += lane;
        }
        for (double lane : s4.add(s12).toDoubleArray()) {
            sum += lane;
        }
        return sum;
    }

    private static DoubleVector doubles(float[] values, int from) {
        FloatVector four = FloatVector.fromArray(FloatVector.SPECIES_128, values, from);
        return (DoubleVector) four.convertShape(VectorOperators.F2D, DoubleVector.SPECIES_256, 0);
    }
}
