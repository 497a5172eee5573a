package javigate.index;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The dot products in plain Java. */
final class PlainKernel extends DotKernel {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    @Override
    float f32(MemorySegment memory, long row, int elements, ScanQuery query) {
        float[] unit = query.unit();
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        for (int i = 0; i < elements; i += 4) {
            long at = row + 4L * i;
            s0 += memory.get(FLOAT, at) * unit[i];
            s1 += memory.get(FLOAT, at + 4) * unit[i + 1];
            s2 += memory.get(FLOAT, at + 8) * unit[i + 2];
            s3 += memory.get(FLOAT, at + 12) * unit[i + 3];
        }
        return (s0 + s1) + (s2 + s3);
    }

    @Override
    float f16(MemorySegment memory, long row, int elements, ScanQuery query) {
        float[] unit = query.unit();
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        for (int i = 0; i < elements; i += 4) {
            long at = row + 2L * i;
            s0 += Float.float16ToFloat(memory.get(SHORT, at)) * unit[i];
            s1 += Float.float16ToFloat(memory.get(SHORT, at + 2)) * unit[i + 1];
            s2 += Float.float16ToFloat(memory.get(SHORT, at + 4)) * unit[i + 2];
            s3 += Float.float16ToFloat(memory.get(SHORT, at + 6)) * unit[i + 3];
        }
        return (s0 + s1) + (s2 + s3);
    }

    @Override
    void f16(
            MemorySegment memory,
            long[] rows,
            int frames,
            int elements,
            ScanQuery query,
            float[] products) {
        for (int n = 0; n < frames; n++) {
            for (int i = 0; i < STREAMS; i++) {
                products[n * STREAM_ROOM + i] =
                        f16(memory, rows[i] + 2L * n * elements, elements, query);
            }
        }
    }

    @Override
    int int8(MemorySegment memory, long row, int elements, ScanQuery query) {
        short[] codes = query.codes();
        int sum = 0;
        for (int i = 0; i < elements; i++) {
            sum += memory.get(ValueLayout.JAVA_BYTE, row + i) * codes[i];
        }
        return sum;
    }

    @Override
    int abreast() {
        return BATCH;
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
        for (int i = from; i < to; i++) {
            for (int n = 0; n < count; n++) {
                float value = rows[n * elements + i];
                for (int q = 0; q < BATCH; q++) {
                    products[n * BATCH + q] += value * queries[i * BATCH + q];
                }
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
        for (int q = 0; q < BATCH; q++) {
            float sum = 0;
            float max = Float.NEGATIVE_INFINITY;
            for (int n = 0; n < count; n++) {
                float cosine = products[n * BATCH + q] * scales[n];
                sum += cosine;
                max = Math.max(max, cosine);
            }
            float bound = limit.perSum() * sum + limit.perMax() * max + limit.rest();
            if (bound + base[baseAt + q] + perOther * others[q] >= thresholds[q]) {
                reaching |= 1 << q;
            }
        }
        return reaching;
    }

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
        for (int n = 0; n < count; n++) {
            float sum = 0;
            for (int i = from; i < to; i++) {
                sum += rows[n * elements + i] * query[i];
            }
            products[n * BATCH + q] += sum;
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
        for (int q = 0; q < BATCH; q++) {
            into[at + q] = products[row * BATCH + q] * scale;
            reaching |= into[at + q] + rest >= thresholds[q] ? 1 << q : 0;
        }
        return reaching;
    }

    @Override
    boolean reaches(float[] values, int at, float rest, float[] thresholds) {
        for (int q = 0; q < BATCH; q++) {
            if (values[at + q] + rest >= thresholds[q]) {
                return true;
            }
        }
        return false;
    }

    @Override
    long sum(MemorySegment memory, long from, long bytes) {
        long sum = 0;
        for (long at = from; at < from + bytes; at += Long.BYTES) {
            sum += memory.get(ValueLayout.JAVA_LONG_UNALIGNED, at);
        }
        return sum;
    }
}
