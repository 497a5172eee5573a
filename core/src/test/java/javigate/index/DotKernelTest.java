package javigate.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
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
            float[][] cosines = new float[1][frames];
            for (DotKernel kernel : KERNELS) {
                kernel.cosines(new FrameBlock[] {block}, 1, query, cosines);
                for (int n = 0; n < frames; n++) {
                    float[] reading = FrameBlock.reading(format.full(), unit[n]);
                    double truth =
                            LateInteractionScore.of(new float[][] {reading}, text, 1, 0).score();
                    assertEquals(truth, cosines[0][n], error);
                }
            }
        }
    }

    @Test
    void severalClipsSideBySideEqualTheSameOneByOne() throws CorruptIndexException {
        int width = 100;
        int full = 0;
        int sideBySide = 0;
        for (int turn = 0; turn < 100; turn++) {
            int count = turn % 2 == 0 ? DotKernel.STREAMS : 1 + random.nextInt(DotKernel.STREAMS);
            boolean mixed = turn % 4 == 0; // formats, and where the blocks lie
            List<byte[]> stored = new ArrayList<>();
            for (int i = 0; i < DotKernel.STREAMS; i++) {
                int code = mixed ? random.nextInt(VectorFormat.COUNT) : VectorFormat.F16.code();
                float[][] unit = Samples.vectors(random, 1 + random.nextInt(14), width);
                if (turn % 3 == 0) {
                    unit[0][random.nextInt(width)] *= 1e5f; // the others become subnormal halves
                }
                Arrays.setAll(unit, n -> LateInteractionScore.unit(unit[n]));
                stored.add(FrameBlock.encode(VectorFormat.of(code), unit));
            }
            int bytes = stored.stream().mapToInt(block -> block.length).sum();
            MemorySegment memory = Arena.ofAuto().allocate(bytes, 64);
            FrameBlock[] blocks = new FrameBlock[DotKernel.STREAMS];
            long begin = 0;
            for (int i = 0; i < DotKernel.STREAMS; i++) {
                byte[] block = stored.get(i);
                blocks[i] = new FrameBlock(width);
                if (mixed && random.nextInt(4) == 0) {
                    blocks[i].at(MemorySegment.ofArray(block), 0, block.length);
                } else {
                    MemorySegment.copy(
                            block, 0, memory, ValueLayout.JAVA_BYTE, begin, block.length);
                    blocks[i].at(memory, begin, block.length);
                    begin += block.length;
                }
            }
            ScanQuery query = new ScanQuery(Samples.vector(random, width));
            for (DotKernel kernel : KERNELS) {
                float[][] cosines = new float[DotKernel.STREAMS][14];
                kernel.cosines(blocks, count, query, cosines);
                for (int i = 0; i < count; i++) {
                    float[][] alone = new float[1][14];
                    kernel.cosines(new FrameBlock[] {blocks[i]}, 1, query, alone);
                    double error = 2 * query.error(blocks[i], false); // lanes add in any order
                    for (int n = 0; n < blocks[i].frames(); n++) {
                        assertEquals(alone[0][n], cosines[i][n], error);
                    }
                }
            }
            full += count == DotKernel.STREAMS ? 1 : 0;
            sideBySide += DotKernel.together(blocks, count) > 0 ? 1 : 0;
        }
        assertTrue(sideBySide > 25 && sideBySide < full - 10, sideBySide + " of " + full);
    }

    @ParameterizedTest
    @EnumSource
    void batchesEqualTheSameQueriesOneByOne(VectorFormat format) throws IOException {
        int width = 100;
        for (int frames : new int[] {1, 3, 4, 5, 6, 7, 8, 12, 13, 15, 16, 24, 32}) {
            float[][] unit = new float[frames][];
            for (int n = 0; n < frames; n++) {
                unit[n] = LateInteractionScore.unit(Samples.vector(random, width));
            }
            FrameBlock block = new FrameBlock(width);
            byte[] bytes = FrameBlock.encode(format, unit);
            block.at(MemorySegment.ofArray(bytes), 0, bytes.length);
            int elements = block.rowElements();
            float[] rows = new float[frames * elements];
            block.decode(rows);
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
                kernel.batch(decoded, queries, products, ahead);
                for (int n = 0; n < frames; n++) {
                    for (int q = 0; q < DotKernel.BATCH; q++) {
                        double expected = 0;
                        double size = 0;
                        for (int i = 0; i < elements; i++) {
                            double product =
                                    (double) rows[n * elements + i]
                                            * queries[i * DotKernel.BATCH + q];
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
    void everyFiniteHalfIsDecodedExactly() {
        MemorySegment memory = MemorySegment.ofArray(new short[1 << 16]);
        for (int bits = 0; bits < 1 << 16; bits++) {
            boolean finite = Float.isFinite(Float.float16ToFloat((short) bits));
            memory.setAtIndex(ValueLayout.JAVA_SHORT, bits, (short) (finite ? bits : 0));
        }
        for (DotKernel kernel : KERNELS) {
            float[] floats = new float[1 << 16];
            for (int i = 0; i < floats.length; i += FrameBlock.STRETCH) {
                kernel.halves(memory, 2L * i, floats, i);
            }
            float[] part = new float[256];
            kernel.halves(memory, 2L << 12, part, 70);
            for (int i = 0; i < floats.length; i++) {
                short half = memory.getAtIndex(ValueLayout.JAVA_SHORT, i);
                assertEquals(Float.float16ToFloat(half), floats[i]); // -0 is not 0
            }
            for (int i = 0; i < part.length; i++) {
                boolean written = i >= 70 && i < 70 + FrameBlock.STRETCH;
                assertEquals(written ? floats[(1 << 12) + i - 70] : 0, part[i]);
            }
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
                    kernel.batch(rows, queries, products, ahead);
                    ahead.finish();
                    int elements = next.rowElements();
                    float[] expected = new float[frames[1] * elements];
                    next.decode(expected);
                    for (int n = 0; n < frames[1]; n++) {
                        for (int i = 0; i < elements; i++) {
                            int at = ahead.at(i / FrameBlock.STRETCH, n) + i % FrameBlock.STRETCH;
                            assertEquals(expected[n * elements + i], ahead.values()[at]);
                        }
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
    void bothKernelsSumAllBytes() {
        byte[] bytes = new byte[64 * 9];
        random.nextBytes(bytes);
        MemorySegment memory = MemorySegment.ofArray(bytes);
        assertEquals(
                KERNELS.get(0).sum(memory, 64, 64 * 7), KERNELS.get(1).sum(memory, 64, 64 * 7));
    }
}
