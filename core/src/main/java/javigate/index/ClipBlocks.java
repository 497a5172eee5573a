package javigate.index;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.util.BytesRef;

/** Values of one field of {@link ClipBlocksFormat}: doc values, and the mapped memory they are. */
final class ClipBlocks extends BinaryDocValues {
    private static final ValueLayout.OfLong OFFSET =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment values;
    private final MemorySegment offsets;
    private final int maxDoc;
    private final BytesRef copy = new BytesRef();
    private int document = -1;

    /**
     * @param values of all documents, one behind the other
     * @param offsets [maxDoc + 1]; where each begins and the last ends
     */
    ClipBlocks(MemorySegment values, MemorySegment offsets, int maxDoc) {
        this.values = values;
        this.offsets = offsets;
        this.maxDoc = maxDoc;
    }

    /** The mapped memory of all values. */
    MemorySegment values() {
        return values;
    }

    /** Where a document's value begins in {@link #values}. */
    long start(int of) {
        return offsets.getAtIndex(OFFSET, of);
    }

    /**
     * Bytes of a document's value, 0 where it has none.
     *
     * @throws CorruptIndexException when it would lie outside {@link #values}
     */
    long length(int of) throws CorruptIndexException {
        long start = start(of);
        long end = start(of + 1);
        if (start < 0 || end < start || end > values.byteSize()) {
            throw new CorruptIndexException(
                    "document " + of + " from byte " + start + " to " + end, "vectors");
        }
        return end - start;
    }

    @Override
    public BytesRef binaryValue() throws IOException {
        copy.length = Math.toIntExact(length(document));
        if (copy.bytes.length < copy.length) {
            copy.bytes = new byte[copy.length];
        }
        MemorySegment.copy(
                values, ValueLayout.JAVA_BYTE, start(document), copy.bytes, 0, copy.length);
        return copy;
    }

    @Override
    public boolean advanceExact(int target) throws IOException {
        document = target;
        return length(target) > 0;
    }

    @Override
    public int docID() {
        return document;
    }

    @Override
    public int nextDoc() throws IOException {
        return advance(document + 1);
    }

    @Override
    public int advance(int target) throws IOException {
        for (document = target; document < maxDoc; document++) {
            if (length(document) > 0) {
                return document;
            }
        }
        document = NO_MORE_DOCS;
        return document;
    }

    @Override
    public long cost() {
        return maxDoc;
    }
}
