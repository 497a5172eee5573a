package javigate.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.apache.lucene.index.CorruptIndexException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DotKernelTest {
    private static final List<DotKernel> KERNELS = List.of(new PlainKernel(), new VectorKernel());

    private static final ValueLayout.OfShort HALF = ValueLayout.JAVA_SHORT_UNALIGNED;

    private final RandomGenerator random = new SplittableRandom(11);

    @Test
    void theVectorApiIsUsedWhereTheJvmHasIt() {
        assertInstanceOf(VectorKernel.class, DotKernel.best());
    }

    @Test
    void productsInDoublePrecisionAreTheSameOfEveryKernel() {
        for (int width : new int[] {1, 7, 16, 17, 100, 512}) {
            float[] a = Samples.vector(random, width);
            float[] b = Samples.vector(random, width);
            double exact = 0;
            double size = 0;
            for (int i = 0; i < width; i++) {
                exact += (double) a[i] * b[i];
                size += Math.abs((double) a[i] * b[i]);
            }
            double first = KERNELS.getFirst().dot(a, b);
            for (DotKernel kernel : KERNELS) {
                assertEquals(exact, kernel.dot(a, b), 1e-13 * size);
                assertEquals(first, kernel.dot(a, b));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void bothKernelsAreWithinTheStatedErrorOfTheTruth(VectorFormat format)
            throws CorruptIndexException {
        for (int width : new int[] {1, 3, 24, 63, 64, 65, 200, 512, 768}) {
            int frames = 1 + random.nextInt(32);
            float[][] unit = Samples.vectors(random, frames, width);
            for (int n = 0; n < frames; n++) {
                if (n % 4 == 0) {
                    unit[n][random.nextInt(width)] *= 1e5f; // the others become subnormal halves
                }
                unit[n] = LateInteractionScore.unit(unit[n]);
            }
            FrameBlock block = new FrameBlock(width);
            byte[] bytes = FrameBlock.encode(format, unit);
            block.at(MemorySegment.ofArray(bytes), 0, bytes.length);
            float[] text = Samples.vector(random, width);
            ScanQuery query = new ScanQuery(text);
            double error = query.error(block, format == VectorFormat.INT8);
            float[] cosines = new float[frames];
            for (DotKernel kernel : KERNELS) {
                kernel.cosines(block, query, cosines);
                for (int n = 0; n < frames; n++) {
                    float[] reading = FrameBlock.reading(format.full(), unit[n]);
                    double truth =
                            LateInteractionScore.of(new float[][] {reading}, text, 1, 0).score();
                    assertEquals(truth, cosines[n], error);
                }
            }
        }
    }

    @Test
    void severalClipsSideBySideEqualTheSameOneByOne() {
        for (int elements : new int[] {64, 128, 512}) {
            int frames = 1 + random.nextInt(14);
            short[] halves = new short[DotKernel.STREAMS * frames * elements];
            for (int i = 0; i < halves.length; i++) {
                float value = (float) random.nextGaussian() * (i % 3 == 0 ? 1e-6f : 1);
                halves[i] = Float.floatToFloat16(value); // every third is subnormal
            }
            MemorySegment memory = MemorySegment.ofArray(halves);
            long[] rows = new long[DotKernel.STREAMS];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = 2L * elements * frames * (rows.length - 1 - i);
            }
            ScanQuery query = new ScanQuery(Samples.vector(random, elements));
            for (DotKernel kernel : KERNELS) {
                float[] products = new float[DotKernel.STREAM_ROOM * frames];
                kernel.f16(memory, rows, frames, elements, query, products);
                for (int n = 0; n < frames; n++) {
                    for (int i = 0; i < DotKernel.STREAMS; i++) {
                        double expected = 0;
                        double size = 0;
                        for (int e = 0; e < elements; e++) {
                            int at = (int) (rows[i] / 2) + n * elements + e;
                            double product =
                                    (double) Float.float16ToFloat(halves[at]) * query.unit()[e];
                            expected += product;
                            size += Math.abs(product);
                        }
                        float product = products[n * DotKernel.STREAM_ROOM + i];
                        assertEquals(expected, product, size * elements / 2e7);
                    }
                }
            }
        }
    }

    @Test
    void aClipOfSeveralIsPassedOverOnlyBelowTheThreshold() {
        int streams = DotKernel.STREAMS;
        int room = DotKernel.STREAM_ROOM;
        int passed = 0;
        int turns = 2000;
        for (int turn = 0; turn < turns; turn++) {
            int frames = 1 + random.nextInt(32);
            float[] cosines = new float[frames * room];
            float[] perSum = new float[room];
            float[] rest = new float[room];
            for (int i = 0; i < cosines.length; i++) {
                cosines[i] = 2 * random.nextFloat() - 1;
            }
            for (int i = 0; i < room; i++) {
                perSum[i] = random.nextFloat() / frames;
                rest[i] = random.nextFloat();
            }
            int nan = random.nextInt(streams);
            if (turn % 2 == 0) {
                perSum[nan] = Float.NaN;
            }
            float perMax = random.nextFloat();
            float threshold = random.nextFloat();
            for (DotKernel kernel : KERNELS) {
                int reaching = kernel.reaching(cosines, frames, perSum, perMax, rest, threshold);
                for (int i = 0; i < streams; i++) {
                    double sum = 0;
                    double max = Double.NEGATIVE_INFINITY;
                    for (int n = 0; n < frames; n++) {
                        sum += cosines[n * room + i];
                        max = Math.max(max, cosines[n * room + i]);
                    }
                    double bound = perSum[i] * sum + perMax * max + rest[i];
                    boolean taken = (reaching >>> i & 1) == 1;
                    if (!(Math.abs(bound - threshold) < 1e-5)) {
                        assertEquals(!(bound < threshold), taken, bound + " " + threshold);
                    }
                    passed += taken ? 0 : 1;
                }
                assertEquals(0, reaching >>> streams);
            }
        }
        assertTrue(passed > turns, passed + " of " + 2 * streams * turns);
    }

    /** A search passes clips over before it reads their scales. */
    @Test
    void rowsOfHalvesAreNearlyOfLengthOne() throws CorruptIndexException {
        for (int turn = 0; turn < 2000; turn++) {
            int width = 1 + random.nextInt(turn % 10 == 0 ? 2000 : 100);
            float[] vector = Samples.vector(random, width);
            for (int i = 0; i < width; i++) {
                vector[i] *= (float) Math.exp(-turn % 20 * random.nextDouble());
            }
            if (turn % 7 == 0) {
                vector[random.nextInt(width)] *= 1e5f; // the others become subnormal halves
            }
            byte[] bytes =
                    FrameBlock.encode(
                            VectorFormat.F16, new float[][] {LateInteractionScore.unit(vector)});
            FrameBlock block = new FrameBlock(width);
            block.at(MemorySegment.ofArray(bytes), 0, bytes.length);
            assertEquals(1, 1 / block.scale(0), Halves.lengthError(width));
        }
    }

    @ParameterizedTest
    @EnumSource
    void batchesEqualTheSameQueriesOneByOne(VectorFormat format) throws IOException {
        for (int frames : new int[] {1, 3, 4, 5, 6, 7, 8, 12, 13, 15, 16, 24, 32}) {
            int width =
                    frames % 2 == 0 ? 100 : 500 + 100 * random.nextInt(7); // in one part or more
            float[][] unit = new float[frames][];
            for (int n = 0; n < frames; n++) {
                unit[n] = LateInteractionScore.unit(Samples.vector(random, width));
            }
            FrameBlock block = new FrameBlock(width);
            byte[] bytes = FrameBlock.encode(format, unit);
            block.at(MemorySegment.ofArray(bytes), 0, bytes.length);
            int elements = block.rowElements();
            float[] rows = new float[block.elements()];
            block.decode(0, rows.length, rows);
            DecodedRows decoded = new DecodedRows(width);
            decoded.at(block);
            Arrays.fill(decoded.values(), Float.NaN); // what lies behind them has no effect
            decoded.finish();
            float[] queries = new float[elements * DotKernel.BATCH];
            for (int i = 0; i < queries.length; i++) {
                queries[i] = (float) random.nextGaussian();
            }
            float[] products = new float[DotKernel.room(frames) * DotKernel.BATCH];
            DecodedRows ahead = new DecodedRows(width);
            for (DotKernel kernel : KERNELS) {
                Arrays.fill(products, 0);
                int some = elements / 2;
                float[] values = decoded.values();
                kernel.batch(values, frames, elements, 0, some, queries, products, ahead);
                kernel.batch(values, frames, elements, some, elements, queries, products, ahead);
                for (int n = 0; n < frames; n++) {
                    for (int q = 0; q < DotKernel.BATCH; q++) {
                        double expected = 0;
                        double size = 0;
                        for (int i = 0; i < elements; i++) {
                            double product =
                                    (double) rows[n * elements + i]
                                            * queries[kernel.place(q, i, elements)];
                            expected += product;
                            size += Math.abs(product);
                        }
                        assertEquals(
                                expected, products[n * DotKernel.BATCH + q], size * elements / 2e7);
                    }
                }
            }
        }
    }

    @Test
    void everyFiniteHalfIsDecodedExactly() throws IOException {
        FrameBlock block = block(VectorFormat.F16, 128, 512);
        int count = block.elements();
        assertEquals(1 << Short.SIZE, count);
        for (int bits = 0; bits < count; bits++) {
            boolean finite = Float.isFinite(Float.float16ToFloat((short) bits));
            block.memory().set(HALF, block.rows() + 2L * bits, finite ? (short) bits : (short) 0);
        }
        float[] floats = new float[count];
        float[] part = new float[count];
        for (int turn = 0; turn < 300; turn++) { // long enough to be compiled
            block.decode(0, count, floats);
            block.decode(4001, 9997, part);
        }
        for (int i = 0; i < count; i++) {
            short half = block.memory().get(HALF, block.rows() + 2L * i);
            assertEquals(Float.float16ToFloat(half), floats[i]); // -0 is not 0
            assertEquals(i >= 4001 && i < 9997 ? floats[i] : 0, part[i]);
        }
    }

    @Test
    void tilesOfEverySizeMultiplyAlike() {
        int elements = 128;
        int from = 64;
        float[] rows = Samples.vector(random, 12 * elements);
        float[] queries = Samples.vector(random, DotKernel.BATCH * elements);
        int length = 32;
        int last = DotKernel.BATCH - VectorTiles.ABREAST;
        float[] twelve = new float[12 * DotKernel.BATCH];
        float[] six = new float[12 * DotKernel.BATCH];
        long ahead = ReadAhead.address(MemorySegment.NULL, 0);
        VectorTiles.twelve(rows, 0, elements, from, length, queries, last, twelve);
        VectorTiles.six(rows, 0, elements, from, length, queries, last, six, ahead);
        VectorTiles.six(rows, 6, elements, from, length, queries, last, six, ahead);
        DotKernel kernel = new VectorKernel();
        for (int n = 0; n < 12; n++) {
            for (int q = 0; q < DotKernel.BATCH; q++) {
                double expected = 0;
                for (int i = from; q >= last && i < from + length; i++) {
                    expected +=
                            (double) rows[n * elements + i] * queries[kernel.place(q, i, elements)];
                }
                assertEquals(expected, twelve[n * DotKernel.BATCH + q], 1e-4);
                assertEquals(expected, six[n * DotKernel.BATCH + q], 1e-4);
            }
        }
    }

    @Test
    void refusesQueriesOfAnotherWidth() throws IOException {
        DecodedRows rows = new DecodedRows(100);
        rows.at(block(VectorFormat.F16, 2, 100));
        rows.finish();
        float[] queries = new float[64 * DotKernel.BATCH];
        float[] products = new float[DotKernel.room(2) * DotKernel.BATCH];
        DecodedRows ahead = new DecodedRows(100);
        for (int[] range : new int[][] {{0, 128}, {0, 100}, {-32, 64}, {0, 160}, {64, 32}}) {
            float[] some = range[1] == 128 ? queries : new float[128 * DotKernel.BATCH];
            assertThrows(
                    IllegalArgumentException.class,
                    () ->
                            new VectorKernel()
                                    .batch(
                                            rows.values(),
                                            2,
                                            128,
                                            range[0],
                                            range[1],
                                            some,
                                            products,
                                            ahead));
        }
        float[] fits = new float[128 * DotKernel.BATCH];
        for (int[] lengths : new int[][] {{128 * 12 - 1, 12 * 32}, {128 * 12, 12 * 32 - 1}}) {
            float[] values = new float[lengths[0]];
            float[] into = new float[lengths[1]];
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new VectorKernel().batch(values, 12, 128, 0, 64, fits, into, ahead));
            float[] query = new float[128];
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new VectorKernel().f32(values, 12, 128, 0, 64, query, 0, into));
        }
    }

    @Test
    void refusesAMeanWithoutALength() throws IOException {
        FrameBlock block = block(VectorFormat.F16, 2, 100);
        for (double norm : new double[] {Double.NaN, -1, 1.1}) {
            block.memory().set(ValueLayout.JAVA_DOUBLE_UNALIGNED, block.begin() + 8, norm);
            assertThrows(CorruptIndexException.class, block::meanNorm);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBatchDecodesTheClipAfterIt(VectorFormat format) throws IOException {
        int width = 100;
        float[] queries = new float[128 * DotKernel.BATCH];
        for (int[] frames : new int[][] {{12, 12}, {1, 3}, {13, 2}, {6, 32}, {32, 5}}) {
            FrameBlock first = block(format, frames[0], width);
            DecodedRows rows = new DecodedRows(width);
            rows.at(first);
            rows.finish();
            for (DotKernel kernel : KERNELS) {
                DecodedRows ahead = new DecodedRows(width);
                float[] products = new float[DotKernel.room(32) * DotKernel.BATCH];
                for (int turn = 0; turn < 2; turn++) { // the arrays are used again
                    FrameBlock next = block(format, frames[1], width);
                    ahead.at(next);
                    Arrays.fill(ahead.values(), Float.NaN);
                    int to = 128 - 64 * turn;
                    kernel.batch(rows.values(), frames[0], 128, 0, to, queries, products, ahead);
                    boolean meanwhile = kernel instanceof VectorKernel && frames[0] == frames[1];
                    if (!meanwhile) {
                        ahead.finish();
                    }
                    float[] expected = new float[next.elements()];
                    next.decode(0, expected.length, expected);
                    assertArrayEquals(expected, Arrays.copyOf(ahead.values(), expected.length));
                    for (int n = 0; n < frames[1]; n++) {
                        assertEquals(next.scale(n), ahead.scales()[n]);
                    }
                }
            }
        }
    }

    private FrameBlock block(VectorFormat format, int frames, int width)
            throws CorruptIndexException {
        float[][] unit = new float[frames][];
        for (int n = 0; n < frames; n++) {
            unit[n] = LateInteractionScore.unit(Samples.vector(random, width));
        }
        FrameBlock block = new FrameBlock(width);
        byte[] bytes = FrameBlock.encode(format, unit);
        block.at(MemorySegment.ofArray(bytes), 0, bytes.length);
        return block;
    }

    /** A clip is passed over only when even its bound in double precision is too low. */
    @Test
    void noKernelPassesOverAClipWhoseBoundReachesTheThreshold() throws CorruptIndexException {
        int passed = 0;
        int tries = 0;
        for (int turn = 0; turn < 2000; turn++) {
            LibraryModel model =
                    new LibraryModel("m", "t", 64, 1 + random.nextInt(200), turn % 3 / 2.0);
            VectorFormat format = VectorFormat.of(random.nextInt(VectorFormat.COUNT));
            FrameBlock block =
                    block(format, 1 + random.nextInt(random.nextInt(8) == 0 ? 900 : 32), 64);
            int frames = block.frames();
            float[] products = new float[frames * DotKernel.BATCH];
            float[] scales = new float[frames];
            for (int n = 0; n < frames; n++) {
                scales[n] = 0.5f + random.nextFloat();
                for (int q = 0; q < DotKernel.BATCH; q++) {
                    products[n * DotKernel.BATCH + q] = (2 * random.nextFloat() - 1) / scales[n];
                }
            }
            ScoreBounds bounds = new ScoreBounds(model);
            bounds.clip(block, 1e-5);
            double[] highs = new double[DotKernel.BATCH];
            float[] thresholds = new float[DotKernel.BATCH];
            for (int q = 0; q < DotKernel.BATCH; q++) {
                float[] cosines = new float[frames];
                for (int n = 0; n < frames; n++) {
                    cosines[n] = products[n * DotKernel.BATCH + q] * scales[n];
                }
                bounds.quick(cosines);
                highs[q] = bounds.high();
                int ulps = random.nextInt(5) - 2;
                thresholds[q] = (float) (highs[q] + ulps * Math.ulp((float) highs[q]));
            }
            thresholds[turn % DotKernel.BATCH] = Float.NaN;
            for (DotKernel kernel : KERNELS) {
                int reaching =
                        kernel.reaching(products, scales, frames, bounds.limit(), thresholds);
                float[] far = new float[DotKernel.BATCH];
                for (int q = 0; q < DotKernel.BATCH; q++) {
                    boolean taken = (reaching >>> q & 1) == 1;
                    assertTrue(taken || !(highs[q] >= thresholds[q]));
                    far[q] = (float) (highs[q] + 1e-3);
                }
                assertEquals(0, reaching >>> (turn % DotKernel.BATCH) & 1);
                tries++;
                passed +=
                        kernel.reaching(products, scales, frames, bounds.limit(), far) == 0 ? 1 : 0;
            }
        }
        assertTrue(passed > 0.9 * tries, passed + " of " + tries); // nor takes all
    }

    @Test
    void everyCodeIsDecodedExactly() throws IOException {
        FrameBlock block = block(VectorFormat.INT8, 5, 60);
        MemorySegment memory = block.memory();
        for (int[] part : new int[][] {{0, 320}, {3, 64}, {7, 12}, {100, 300}}) {
            float[] floats = new float[400];
            block.decode(part[0], part[1], floats, 9);
            for (int i = 0; i < floats.length; i++) {
                boolean inside = i >= 9 && i < 9 + part[1] - part[0];
                long at = block.rows() + part[0] + i - 9;
                int code = inside ? memory.get(ValueLayout.JAVA_BYTE, at) : 0;
                assertEquals(code, floats[i]);
            }
        }
    }

    @Test
    void productsWithOneQueryOfABatchEqualTheSameOneByOne() {
        for (int elements : new int[] {64, 128, 512, 64, 128, 512}) {
            int count = 1 + random.nextInt(14);
            int room = DotKernel.room(count);
            int batch = DotKernel.BATCH;
            int to = 32 * (1 + random.nextInt(elements / 32));
            int from = 32 * random.nextInt(to / 32);
            int q = random.nextInt(batch);
            float[] rows = new float[room * elements];
            float[] query = new float[elements];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = (float) random.nextGaussian();
                query[i % elements] = (float) random.nextGaussian();
            }
            for (DotKernel kernel : KERNELS) {
                float[] products = new float[room * batch];
                Arrays.fill(products, 3);
                kernel.f32(rows, count, elements, from, to, query, q, products);
                for (int at = 0; at < products.length; at++) {
                    double expected = 3;
                    if (at % batch == q && at / batch < count) {
                        for (int i = from; i < to; i++) {
                            expected += (double) rows[at / batch * elements + i] * query[i];
                        }
                    }
                    assertEquals(expected, products[at], 1e-4);
                }
            }
        }
    }

    @Test
    void boundsOfManyQueriesAreTheSameOfEveryKernel() {
        int batch = DotKernel.BATCH;
        int reached = 0;
        int turns = 1000;
        for (int turn = 0; turn < turns; turn++) {
            int frames = 1 + random.nextInt(12);
            float[] products = new float[frames * batch];
            float[] base = new float[3 * batch];
            float[] others = new float[batch];
            float[] thresholds = new float[batch];
            float[] scales = new float[frames];
            for (int i = 0; i < products.length; i++) {
                products[i] = 2 * random.nextFloat() - 1;
                scales[i / batch] = 0.5f + random.nextFloat();
            }
            for (int q = 0; q < batch; q++) {
                base[batch + q] = random.nextFloat();
                others[q] = random.nextFloat();
                thresholds[q] = 3 * random.nextFloat();
            }
            int absent = random.nextInt(batch);
            thresholds[absent] = Float.NaN;
            ScoreBounds.Limit limit =
                    new ScoreBounds.Limit(-0.5f / frames, 0.5f, random.nextFloat());
            float perOther = random.nextFloat();
            int row = random.nextInt(frames);
            for (DotKernel kernel : KERNELS) {
                int bounds =
                        kernel.reaching(
                                products,
                                scales,
                                frames,
                                limit,
                                base,
                                batch,
                                others,
                                perOther,
                                thresholds);
                float[] into = new float[3 * batch];
                float rest = limit.rest();
                int means = kernel.scaled(products, row, 2, into, batch, rest, thresholds);
                assertEquals(means != 0, kernel.reaches(into, batch, rest, thresholds));
                for (int q = 0; q < batch; q++) {
                    double sum = 0;
                    double max = Double.NEGATIVE_INFINITY;
                    for (int n = 0; n < frames; n++) {
                        double cosine = (double) products[n * batch + q] * scales[n];
                        sum += cosine;
                        max = Math.max(max, cosine);
                    }
                    double bound = limit.perSum() * sum + limit.perMax() * max + rest;
                    bound += base[batch + q] + (double) perOther * others[q];
                    float mean = 2 * products[row * batch + q];
                    assertEquals(mean, into[batch + q]);
                    requireTaken(bound, thresholds[q], bounds >>> q & 1);
                    requireTaken(mean + (double) rest, thresholds[q], means >>> q & 1);
                }
                reached += Integer.bitCount(bounds) + Integer.bitCount(means);
                assertEquals(0, (bounds | means) >>> absent & 1);
            }
        }
        int share = reached * 10 / (turns * 4 * batch);
        assertTrue(share > 0 && share < 9, "tenths: " + share);
    }

    private static void requireTaken(double bound, float threshold, int taken) {
        if (Math.abs(bound - threshold) > 1e-5) { // NaN is not
            assertEquals(bound >= threshold ? 1 : 0, taken);
        }
    }

    @Test
    void bothKernelsSumAllBytes() {
        byte[] bytes = new byte[64 * 9];
        random.nextBytes(bytes);
        MemorySegment memory = MemorySegment.ofArray(bytes);
        assertEquals(
                KERNELS.get(0).sum(memory, 64, 64 * 7), KERNELS.get(1).sum(memory, 64, 64 * 7));
    }
}
