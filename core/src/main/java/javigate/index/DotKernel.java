package javigate.index;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * The dot products of a scan. Two implementations, held equal by a test: with the incubating Vector
 * API where the JVM was started with its module, in plain Java elsewhere.
 */
abstract sealed class DotKernel permits PlainKernel, VectorKernel {
    /** Queries of one batch; a multiple of two vectors of every length. */
    static final int BATCH = 32;

    /** Rows of a clip that a batch multiplies side by side, at most. */
    static final int TOGETHER = 12;

    /**
     * Clips that a scan multiplies with one query side by side. The processor reads ahead in each,
     * and a part of the query is loaded once for all. {@link VectorStreams} is written out for six:
     * of eight, the JIT keeps a sum in memory where there are 16 registers.
     */
    static final int STREAMS = 6;

    /** Values that a frame's products of all streams take up: a vector of 256 bits. */
    static final int STREAM_ROOM = 8;

    /** Partial sums of {@link #dot}. */
    static final int SUMS = 16;

    private static final float[] NONE = new float[BATCH];

    private static final boolean VECTORS =
            ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
                    && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    /** The fastest of this JVM. */
    static DotKernel best() {
        return VECTORS ? new VectorKernel() : new PlainKernel();
    }

    /** Σ row · query over {@code elements} floats. */
    abstract float f32(MemorySegment memory, long row, int elements, ScanQuery query);

    /** Σ row · query over {@code elements} halves. */
    abstract float f16(MemorySegment memory, long row, int elements, ScanQuery query);

    /**
     * As {@link #f16(MemorySegment, long, int, ScanQuery)} of {@value #STREAMS} clips' rows, which
     * lie one behind the other in each.
     *
     * @param rows [{@value #STREAMS}]; where each clip's begin
     * @param frames rows of each
     * @param products [frames, {@value #STREAM_ROOM}]; the first {@value #STREAMS} of each written
     */
    abstract void f16(
            MemorySegment memory,
            long[] rows,
            int frames,
            int elements,
            ScanQuery query,
            float[] products);

    /** Σ row · query's codes over {@code elements} bytes, to be multiplied by their scales. */
    abstract int int8(MemorySegment memory, long row, int elements, ScanQuery query);

    /** Rows to make room for where a batch multiplies {@code count}. */
    static int room(int count) {
        return Math.ceilDiv(count, TOGETHER) * TOGETHER;
    }

    /**
     * Queries Q of a batch that lie side by side, so that those a loop multiplies at a time lie
     * together.
     */
    abstract int abreast();

    /** Where in [32 / Q, elements, Q] an element of a query is. */
    final int place(int query, int element, int elements) {
        int abreast = abreast();
        return (query / abreast * elements + element) * abreast + query % abreast;
    }

    /**
     * Dot products of some elements of rows with {@value #BATCH} queries, added to what is there.
     *
     * @param rows [count, elements], with {@linkplain #room room} for more rows
     * @param from the first element that is multiplied, a multiple of 32
     * @param to one after the last, a multiple of 32
     * @param queries [32 / Q, elements, Q], Q being {@link #abreast}; an array, since with native
     *     memory beside the mapped one the JIT at times left calls in the loops
     * @param products [count, 32], with room for more; written
     * @param ahead decoded meanwhile, as far as it gets
     */
    abstract void batch(
            float[] rows,
            int count,
            int elements,
            int from,
            int to,
            float[] queries,
            float[] products,
            DecodedRows ahead);

    /**
     * Which of {@value #BATCH} queries a clip's bound reaches the threshold of: perSum · Σ cosines
     * + perMax · max cosine + rest, in single precision.
     *
     * @param products [count, 32]; cosines are these times {@code scales}
     * @param scales at least count
     * @param limit its factors
     * @param thresholds [32]; NaN is never reached
     * @return a bit for each query, the lowest for the first
     */
    final int reaching(
            float[] products,
            float[] scales,
            int count,
            ScoreBounds.Limit limit,
            float[] thresholds) {
        return reaching(products, scales, count, limit, NONE, 0, NONE, 0, thresholds);
    }

    /**
     * As {@link #reaching(float[], float[], int, ScoreBounds.Limit, float[])} where a bound has two
     * terms more.
     *
     * @param base [32] from {@code baseAt} on, added
     * @param others [32], added {@code perOther} times
     */
    abstract int reaching(
            float[] products,
            float[] scales,
            int count,
            ScoreBounds.Limit limit,
            float[] base,
            int baseAt,
            float[] others,
            float perOther,
            float[] thresholds);

    /**
     * As {@link #batch} with one query.
     *
     * @param query [elements]
     * @param q which of the batch it is
     */
    abstract void f32(
            float[] rows,
            int count,
            int elements,
            int from,
            int to,
            float[] query,
            int q,
            float[] products);

    /**
     * A clip's mean frame for {@value #BATCH} queries: products times a scale, and which of them
     * reach a threshold once something is added.
     *
     * @param products [rows, 32]
     * @param row of them
     * @param into written from {@code at} on
     * @param rest added to each before it is compared
     * @param thresholds [32]; NaN is never reached
     * @return a bit for each query, the lowest for the first
     */
    abstract int scaled(
            float[] products,
            int row,
            float scale,
            float[] into,
            int at,
            float rest,
            float[] thresholds);

    /**
     * Whether one of {@value #BATCH} values reaches its threshold.
     *
     * @param values [32] from {@code at} on
     * @param rest added to each
     * @param thresholds [32]; NaN is never reached
     */
    abstract boolean reaches(float[] values, int at, float rest, float[] thresholds);

    /**
     * Which of {@value #STREAMS} clips' bounds reach a threshold: perSum · Σ products + perMax ·
     * max product + rest, in single precision.
     *
     * @param products [count, {@value #STREAM_ROOM}]
     * @param perSum [{@value #STREAM_ROOM}]
     * @param rest [{@value #STREAM_ROOM}]
     * @return a bit for each clip, the lowest for the first; set where a bound is NaN
     */
    int reaching(
            float[] products,
            int count,
            float[] perSum,
            float perMax,
            float[] rest,
            float threshold) {
        int reaching = 0;
        for (int i = 0; i < STREAMS; i++) {
            float sum = 0;
            float max = Float.NEGATIVE_INFINITY;
            for (int n = 0; n < count; n++) {
                sum += products[n * STREAM_ROOM + i];
                max = Math.max(max, products[n * STREAM_ROOM + i]);
            }
            reaching |= perSum[i] * sum + perMax * max + rest[i] < threshold ? 0 : 1 << i;
        }
        return reaching;
    }

    /**
     * Σ a_i · b_i in double precision; products of floats are exact there, only their sum rounds.
     * Every kernel adds in the same order: {@value #SUMS} partial sums of each {@value #SUMS}th
     * product, those and the products left over then one after the other, so that the same clip has
     * the same score on every machine.
     *
     * @param a as long as {@code b}
     */
    double dot(float[] a, float[] b) {
        double[] sums = new double[SUMS];
        int i = 0;
        for (; i + SUMS <= b.length; i += SUMS) {
            for (int s = 0; s < SUMS; s++) {
                sums[s] += (double) a[i + s] * b[i + s];
            }
        }
        double sum = 0;
        for (; i < b.length; i++) {
            sum += (double) a[i] * b[i];
        }
        for (int s = 0; s < SUMS / 2; s++) {
            sum += sums[s] + sums[s + SUMS / 2];
        }
        return sum;
    }

    /** Sum of bytes taken as longs: what reading memory costs alone. */
    abstract long sum(MemorySegment memory, long from, long bytes);

    /**
     * Approximate cosines of a query with every frame of a block.
     *
     * @param cosines at least F; written
     */
    final void cosines(FrameBlock block, ScanQuery query, float[] cosines) {
        MemorySegment memory = block.memory();
        int elements = block.rowElements();
        int frames = block.frames();
        long row = block.rows();
        switch (block.format()) {
            case F32 -> {
                for (int n = 0; n < frames; n++, row += 4L * elements) {
                    cosines[n] = f32(memory, row, elements, query) * block.scale(n);
                }
            }
            case F16 -> {
                for (int n = 0; n < frames; n++, row += 2L * elements) {
                    cosines[n] = f16(memory, row, elements, query) * block.scale(n);
                }
            }
            case INT8 -> {
                float scale = query.codeScale();
                for (int n = 0; n < frames; n++, row += elements) {
                    cosines[n] = int8(memory, row, elements, query) * (scale * block.scale(n));
                }
            }
        }
    }
}
