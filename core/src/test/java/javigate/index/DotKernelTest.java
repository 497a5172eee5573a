package javigate.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.lang.foreign.MemorySegment;
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

    @ParameterizedTest
    @EnumSource
    void batchesEqualTheSameQueriesOneByOne(VectorFormat format) throws CorruptIndexException {
        int width = 100;
        for (int frames : new int[] {1, 5, 6, 7, 12, 13, 32}) {
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
            float[] queries = new float[elements * DotKernel.BATCH];
            for (int i = 0; i < queries.length; i++) {
                queries[i] = (float) random.nextGaussian();
            }
            float[] products = new float[frames * DotKernel.BATCH];
            for (DotKernel kernel : KERNELS) {
                kernel.batch(rows, frames, elements, queries, products);
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
    void bothKernelsSumAllBytes() {
        byte[] bytes = new byte[64 * 9];
        random.nextBytes(bytes);
        MemorySegment memory = MemorySegment.ofArray(bytes);
        assertEquals(
                KERNELS.get(0).sum(memory, 64, 64 * 7), KERNELS.get(1).sum(memory, 64, 64 * 7));
    }
}
