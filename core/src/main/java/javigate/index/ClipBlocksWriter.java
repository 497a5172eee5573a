package javigate.index;

import java.io.IOException;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.codecs.DocValuesConsumer;
import org.apache.lucene.codecs.DocValuesProducer;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.IndexFileNames;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.IOUtils;

/** Writes the files of {@link ClipBlocksFormat}. */
final class ClipBlocksWriter extends DocValuesConsumer {
    private final int maxDoc;
    private final IndexOutput data;
    private final IndexOutput meta;

    ClipBlocksWriter(SegmentWriteState state) throws IOException {
        maxDoc = state.segmentInfo.maxDoc();
        data = create(state, ClipBlocksFormat.DATA_EXTENSION, ClipBlocksFormat.DATA_CODEC);
        try {
            meta = create(state, ClipBlocksFormat.META_EXTENSION, ClipBlocksFormat.META_CODEC);
        } catch (IOException | RuntimeException e) {
            IOUtils.closeWhileHandlingException(data);
            throw e;
        }
    }

    private static IndexOutput create(SegmentWriteState state, String extension, String codec)
            throws IOException {
        IndexOutput output =
                state.directory.createOutput(
                        IndexFileNames.segmentFileName(
                                state.segmentInfo.name, state.segmentSuffix, extension),
                        state.context);
        try {
            CodecUtil.writeIndexHeader(
                    output,
                    codec,
                    ClipBlocksFormat.VERSION,
                    state.segmentInfo.getId(),
                    state.segmentSuffix);
            return output;
        } catch (IOException | RuntimeException e) {
            IOUtils.closeWhileHandlingException(output);
            throw e;
        }
    }

    @Override
    public void addBinaryField(FieldInfo field, DocValuesProducer from) throws IOException {
        long start = data.alignFilePointer(ClipBlocksFormat.ALIGNMENT);
        long[] offsets = new long[maxDoc + 1];
        BinaryDocValues values = from.getBinary(field);
        int next = 0;
        for (int document = values.nextDoc();
                document != DocIdSetIterator.NO_MORE_DOCS;
                document = values.nextDoc()) {
            while (next <= document) {
                offsets[next++] = data.getFilePointer() - start;
            }
            BytesRef value = values.binaryValue();
            data.writeBytes(value.bytes, value.offset, value.length);
        }
        long length = data.getFilePointer() - start;
        while (next <= maxDoc) {
            offsets[next++] = length;
        }
        for (long offset : offsets) {
            data.writeLong(offset);
        }
        meta.writeInt(field.number);
        meta.writeLong(start);
        meta.writeLong(length);
    }

    @Override
    public void close() throws IOException {
        try (data;
                meta) {
            CodecUtil.writeFooter(data);
            meta.writeInt(-1);
            meta.writeLong(data.getFilePointer());
            CodecUtil.writeFooter(meta);
        }
    }

    @Override
    public void addNumericField(FieldInfo field, DocValuesProducer from) {
        throw notBinary(field);
    }

    @Override
    public void addSortedField(FieldInfo field, DocValuesProducer from) {
        throw notBinary(field);
    }

    @Override
    public void addSortedNumericField(FieldInfo field, DocValuesProducer from) {
        throw notBinary(field);
    }

    @Override
    public void addSortedSetField(FieldInfo field, DocValuesProducer from) {
        throw notBinary(field);
    }

    static UnsupportedOperationException notBinary(FieldInfo field) {
        return new UnsupportedOperationException(
                ClipBlocksFormat.NAME + " holds binary values only, not those of " + field.name);
    }
}
