package javigate.index;

import java.io.IOException;
import org.apache.lucene.codecs.DocValuesConsumer;
import org.apache.lucene.codecs.DocValuesFormat;
import org.apache.lucene.codecs.DocValuesProducer;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;

/**
 * Doc values for the blocks that a search reads from first to last: binary values, uncompressed,
 * one behind the other, those of one field together. Lucene's own format stores them much alike but
 * hands out copies only; this one gives the mapped memory itself ({@link ClipBlocks}), so a scan
 * runs at the speed of memory. Everything else (commits, merges, deletes, checksums) is Lucene's.
 *
 * <p>Data file: index header; per field, from a multiple of {@value #ALIGNMENT} bytes on, the
 * values in document order and then maxDoc + 1 offsets of eight bytes, relative to the first value,
 * equal ones where a document has none; footer. Meta file: index header; per field its number,
 * start and length of its values; −1; length of the data file; footer.
 *
 * <p>Public because Lucene finds it by name through {@link java.util.ServiceLoader}.
 */
public final class ClipBlocksFormat extends DocValuesFormat {
    static final String NAME = "JavigateBlocks";
    static final String DATA_CODEC = "JavigateBlocksData";
    static final String META_CODEC = "JavigateBlocksMeta";
    static final String DATA_EXTENSION = "jvd";
    static final String META_EXTENSION = "jvm";
    static final int VERSION = 0;

    /** A cache line, and the widest vector register. */
    static final int ALIGNMENT = 64;

    /** For Lucene. */
    public ClipBlocksFormat() {
        super(NAME);
    }

    @Override
    public DocValuesConsumer fieldsConsumer(SegmentWriteState state) throws IOException {
        return new ClipBlocksWriter(state);
    }

    @Override
    public DocValuesProducer fieldsProducer(SegmentReadState state) throws IOException {
        return new ClipBlocksReader(state);
    }
}
