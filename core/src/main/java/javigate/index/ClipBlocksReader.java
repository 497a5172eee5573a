package javigate.index;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.codecs.DocValuesProducer;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DocValuesSkipper;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.IndexFileNames;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.index.SortedNumericDocValues;
import org.apache.lucene.index.SortedSetDocValues;
import org.apache.lucene.store.ChecksumIndexInput;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.MemorySegmentAccessInput;
import org.apache.lucene.util.IOUtils;
import org.jspecify.annotations.Nullable;

/** Reads the files of {@link ClipBlocksFormat}. */
final class ClipBlocksReader extends DocValuesProducer {
    private record Region(long start, long length) {}

    private final int maxDoc;
    private final IndexInput data;
    private final Map<Integer, Region> regions = new HashMap<>();

    ClipBlocksReader(SegmentReadState state) throws IOException {
        maxDoc = state.segmentInfo.maxDoc();
        long dataLength = readMeta(state);
        data =
                state.directory.openInput(
                        fileName(state, ClipBlocksFormat.DATA_EXTENSION), state.context);
        try {
            checkHeader(state, data, ClipBlocksFormat.DATA_CODEC);
            CodecUtil.retrieveChecksum(data, dataLength);
        } catch (IOException | RuntimeException e) {
            IOUtils.closeWhileHandlingException(data);
            throw e;
        }
    }

    private long readMeta(SegmentReadState state) throws IOException {
        String name = fileName(state, ClipBlocksFormat.META_EXTENSION);
        try (ChecksumIndexInput meta = state.directory.openChecksumInput(name)) {
            Throwable wrong = null;
            long dataLength = 0;
            try {
                checkHeader(state, meta, ClipBlocksFormat.META_CODEC);
                for (int field = meta.readInt(); field != -1; field = meta.readInt()) {
                    regions.put(field, new Region(meta.readLong(), meta.readLong()));
                }
                dataLength = meta.readLong();
            } catch (IOException | RuntimeException e) {
                wrong = e;
            }
            CodecUtil.checkFooter(meta, wrong);
            return dataLength;
        }
    }

    private static String fileName(SegmentReadState state, String extension) {
        return IndexFileNames.segmentFileName(
                state.segmentInfo.name, state.segmentSuffix, extension);
    }

    private static void checkHeader(SegmentReadState state, IndexInput input, String codec)
            throws IOException {
        CodecUtil.checkIndexHeader(
                input,
                codec,
                ClipBlocksFormat.VERSION,
                ClipBlocksFormat.VERSION,
                state.segmentInfo.getId(),
                state.segmentSuffix);
    }

    @Override
    public BinaryDocValues getBinary(FieldInfo field) throws IOException {
        Region region = regions.get(field.number);
        if (region == null) {
            throw new CorruptIndexException("no values of field " + field.name, data);
        }
        MemorySegment values = slice(region.start, region.length);
        MemorySegment offsets = slice(region.start + region.length, (maxDoc + 1L) * Long.BYTES);
        return new ClipBlocks(values, offsets, maxDoc);
    }

    private MemorySegment slice(long start, long length) throws IOException {
        MemorySegment slice =
                data instanceof MemorySegmentAccessInput mapped
                        ? mapped.segmentSliceOrNull(start, length)
                        : null;
        if (slice == null) {
            throw new IOException(
                    data + ": bytes " + start + " to " + (start + length) + " are not in one map");
        }
        return slice;
    }

    @Override
    public void checkIntegrity() throws IOException {
        CodecUtil.checksumEntireFile(data);
    }

    @Override
    public void close() throws IOException {
        data.close();
    }

    @Override
    public @Nullable DocValuesSkipper getSkipper(FieldInfo field) {
        return null;
    }

    @Override
    public NumericDocValues getNumeric(FieldInfo field) {
        throw ClipBlocksWriter.notBinary(field);
    }

    @Override
    public SortedDocValues getSorted(FieldInfo field) {
        throw ClipBlocksWriter.notBinary(field);
    }

    @Override
    public SortedNumericDocValues getSortedNumeric(FieldInfo field) {
        throw ClipBlocksWriter.notBinary(field);
    }

    @Override
    public SortedSetDocValues getSortedSet(FieldInfo field) {
        throw ClipBlocksWriter.notBinary(field);
    }
}
