package javigate.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.apache.lucene.codecs.DocValuesFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.BytesRef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clips of many lengths, multiplied in streams, have the bounds that each has alone. */
class BlockScorerTest {
    private static final int DOCUMENTS = 150;
    private static final int WIDTH = 100;
    private static final LibraryModel MODEL = new LibraryModel("m", "t", WIDTH, 50, 0.5);

    @TempDir Path folder;

    private final RandomGenerator random = new SplittableRandom(5);

    @ParameterizedTest
    @EnumSource
    void streamsBoundEveryClipAsItIsBoundAlone(VectorFormat format) throws IOException {
        compare(ClipDocument.FRAMES, unit -> FrameBlock.encode(format, unit));
    }

    @Test
    void blocksOfOldFormatsAreVisitedAlike() throws IOException {
        compare(ClipDocument.OLD_FRAMES, BlockScorerTest::encodeOld);
    }

    private interface Encoder {
        byte[] encode(float[][] unit);
    }

    private static byte[] encodeOld(float[][] unit) {
        ByteBuffer bytes =
                ByteBuffer.allocate(16 + unit.length * WIDTH * Float.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN);
        bytes.put((byte) 1).put((byte) 0).putShort((short) unit.length).putInt(WIDTH);
        bytes.putDouble(LateInteractionScore.meanNorm(unit));
        for (float[] row : unit) {
            for (float value : row) {
                bytes.putFloat(value);
            }
        }
        return bytes.array();
    }

    private void compare(String field, Encoder encoder) throws IOException {
        try (Directory directory = new MMapDirectory(folder)) {
            write(directory, field, encoder);
            try (DirectoryReader reader = DirectoryReader.open(directory)) {
                assertEquals(1, reader.leaves().size());
                LeafBlocks blocks =
                        LeafBlocks.scanned(reader.leaves().getFirst().reader(), Sound.WITH);
                ScanQuery query = new ScanQuery(Samples.vector(random, WIDTH));
                BlockScorer streams = new BlockScorer(MODEL, query); // its arrays are used again
                for (int to :
                        new int[] {DOCUMENTS, 0, 1, 3, 5, 6, 7, 11, 12, 17, 65, 66, 67, 130}) {
                    compare(blocks, query, streams, 0, to, _ -> true);
                    compare(blocks, query, streams, to / 3, to, document -> document % 5 != 2);
                }
                FrameBlock[] abreast = new FrameBlock[DotKernel.STREAMS];
                for (int i = 0; i < abreast.length; i++) {
                    abreast[i] = new FrameBlock(WIDTH);
                    blocks.at(i, abreast[i]);
                }
                boolean halves = abreast[0].format() == VectorFormat.F16;
                assertEquals(halves, BlockScorer.together(abreast));
                // Only clips side by side are passed over before they are visited.
                List<Integer> visited = new ArrayList<>();
                int whole = 2 * ScanThreads.LONGEST_RANGE;
                streams.each(blocks, 0, whole, _ -> true, () -> 10, visited::add);
                assertEquals(halves ? 0 : whole, visited.size());
                byte[] elsewhere =
                        encoder.encode(
                                new float[][] {
                                    LateInteractionScore.unit(Samples.vector(random, WIDTH))
                                });
                if (halves) {
                    abreast[3].at(MemorySegment.ofArray(elsewhere), 0, elsewhere.length);
                    assertFalse(BlockScorer.together(abreast));
                }
            }
        }
    }

    private void write(Directory directory, String field, Encoder encoder) throws IOException {
        Lucene104Codec codec =
                new Lucene104Codec() {
                    @Override
                    public DocValuesFormat getDocValuesFormatForField(String name) {
                        return name.equals(ClipDocument.FRAMES)
                                ? new ClipBlocksFormat()
                                : super.getDocValuesFormatForField(name);
                    }
                };
        try (IndexWriter writer =
                new IndexWriter(directory, new IndexWriterConfig().setCodec(codec))) {
            for (int i = 0; i < DOCUMENTS; i++) {
                float[][] unit = Samples.vectors(random, 1 + random.nextInt(14), WIDTH);
                Arrays.setAll(unit, n -> LateInteractionScore.unit(unit[n]));
                Document document = new Document();
                document.add(new BinaryDocValuesField(field, new BytesRef(encoder.encode(unit))));
                writer.addDocument(document);
            }
            writer.forceMerge(1);
        }
    }

    private void compare(
            LeafBlocks blocks,
            ScanQuery query,
            BlockScorer streams,
            int from,
            int to,
            IntPredicate wanted)
            throws IOException {
        BlockScorer alone = new BlockScorer(MODEL, query);
        List<Integer> visited = new ArrayList<>();
        List<double[]> bounds = new ArrayList<>();
        int count =
                streams.each(
                        blocks,
                        from,
                        to,
                        wanted::test,
                        () -> Double.NEGATIVE_INFINITY,
                        document -> {
                            visited.add(document);
                            double quick = streams.high();
                            streams.tighten();
                            bounds.add(new double[] {streams.low(), streams.high(), quick});
                        });
        List<Integer> all = IntStream.range(from, to).filter(wanted).boxed().toList();
        assertEquals(all, visited.stream().sorted().toList());
        assertEquals(all.size(), count);
        double threshold = bounds.isEmpty() ? 0 : bounds.get(random.nextInt(bounds.size()))[2];
        List<Integer> reaching = new ArrayList<>();
        streams.each(blocks, from, to, wanted::test, () -> threshold, reaching::add);
        for (int i = 0; i < visited.size(); i++) {
            if (bounds.get(i)[2] >= threshold) {
                assertTrue(reaching.contains(visited.get(i)));
            }
            alone.tight(blocks, visited.get(i));
            assertEquals(alone.low(), bounds.get(i)[0], 1e-5); // lanes add in any order
            assertEquals(alone.high(), bounds.get(i)[1], 1e-5);
            assertTrue(bounds.get(i)[2] >= bounds.get(i)[1] - 1e-5);
        }
    }
}
