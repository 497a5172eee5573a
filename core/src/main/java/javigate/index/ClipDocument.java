package javigate.index;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.InvalidPathException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.SortedDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/**
 * A clip as a Lucene document. Each kind of vector has a field of its own in {@link
 * ClipBlocksFormat}, so that a scan reads (and the system keeps in memory) only the kind it scores,
 * from first to last; numbers are doc values too, for listing and filtering without touching stored
 * fields; what is only shown is stored JSON.
 */
final class ClipDocument {
    static final String ID = "id";
    static final String VIDEO = "video";
    private static final String SHA256 = "sha256";
    private static final String SIZE_BYTES = "sizeBytes";
    static final String MODIFIED_MS = "modifiedMs";
    private static final String START_MS = "startMs";
    private static final String END_MS = "endMs";

    /** Blocks that a search reads; without sound only where that differs. */
    static final String FRAMES = "vectors";

    static final String FRAMES_WITHOUT_SOUND = "vectorsWithoutSound";

    /** The same in full precision, where the others are not. */
    static final String FULL = "fullVectors";

    static final String FULL_WITHOUT_SOUND = "fullVectorsWithoutSound";

    /** The mean of the frames, one row of bytes, for approximate search. */
    static final String POOLED = "pooled";

    static final String POOLED_WITHOUT_SOUND = "pooledWithoutSound";

    /** The fields of {@link ClipBlocksFormat}. */
    static final Set<String> BLOCKS =
            Set.of(
                    FRAMES,
                    FRAMES_WITHOUT_SOUND,
                    FULL,
                    FULL_WITHOUT_SOUND,
                    POOLED,
                    POOLED_WITHOUT_SOUND);

    /** Instead of all these, in what library formats 1 and 2 wrote. */
    static final String OLD_FRAMES = "frames";

    static final String OLD_FRAMES_WITHOUT_SOUND = "framesWithoutSound";

    private static final String RERANKING = "reranking";
    private static final String SIDE = "side";
    private static final String SHOWN = "shown";

    /** Captions, subtitles and notes as words. */
    static final String WORDS = "words";

    private static final String SOURCE = "descriptionSource";

    private static final byte SIDE_VERSION = 1;
    private static final int SIDE_HEADER_BYTES = 12;

    /** Metadata had one value a name before format 4. */
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY);

    private record Shown(
            String soundState,
            List<String> notes,
            Map<String, List<String>> metadata,
            @Nullable List<TextLine> texts) {}

    private ClipDocument() {}

    /**
     * @param videoMs length of the whole video
     */
    static Document of(StoredClip clip, long videoMs, VectorFormat format) {
        VideoFile file = clip.file();
        ClipVectors vectors = clip.vectors();
        Document document = new Document();
        document.add(new StringField(ID, clip.id(), Field.Store.NO));
        document.add(new BinaryDocValuesField(ID, new BytesRef(clip.id())));
        document.add(new StringField(VIDEO, file.path(), Field.Store.NO));
        document.add(new SortedDocValuesField(VIDEO, new BytesRef(file.path())));
        document.add(new SortedDocValuesField(SHA256, new BytesRef(file.sha256())));
        document.add(new NumericDocValuesField(SIZE_BYTES, file.sizeBytes()));
        document.add(new NumericDocValuesField(MODIFIED_MS, file.modifiedMs()));
        document.add(new NumericDocValuesField(START_MS, clip.startMs()));
        document.add(new NumericDocValuesField(END_MS, clip.endMs()));
        addVectors(document, FRAMES, FULL, POOLED, vectors.frames(), format);
        if (!Arrays.deepEquals(vectors.frames(), vectors.framesWithoutSound())) {
            addVectors(
                    document,
                    FRAMES_WITHOUT_SOUND,
                    FULL_WITHOUT_SOUND,
                    POOLED_WITHOUT_SOUND,
                    vectors.framesWithoutSound(),
                    format);
        }
        FilterQuery.addTo(document, clip, videoMs);
        Description description = clip.description();
        document.add(new SortedDocValuesField(SOURCE, new BytesRef(description.source())));
        for (TextLine line : description.texts()) {
            document.add(new TextField(WORDS, line.text(), Field.Store.NO));
        }
        document.add(binary(SIDE, encodeSide(clip)));
        RerankTokens reranking = clip.reranking();
        if (reranking != null) {
            document.add(binary(RERANKING, reranking.stored()));
        }
        try {
            Shown shown =
                    new Shown(
                            clip.soundState(),
                            clip.notes(),
                            description.metadata(),
                            description.texts());
            document.add(new StoredField(SHOWN, JSON.writeValueAsString(shown)));
        } catch (JsonProcessingException e) {
            throw new AssertionError("a record of strings always has a JSON form", e);
        }
        return document;
    }

    /**
     * Reads a document back.
     *
     * @param header of the library
     * @throws CorruptIndexException when it is not what {@link #of} writes
     */
    static StoredClip read(LeafReader leaf, int document, LibraryHeader header) throws IOException {
        String shown = leaf.storedFields().document(document).get(SHOWN);
        float[][] frames = vectors(leaf, document, Sound.WITH, header);
        float[][] framesWithoutSound = vectors(leaf, document, Sound.WITHOUT, header);
        ByteBuffer side = side(bytes(leaf, SIDE, document));
        try {
            long[] frameTimesMs = new long[Short.toUnsignedInt(side.getShort())];
            float[][] gates = new float[Short.toUnsignedInt(side.getShort())][2];
            float[] soundToken = new float[side.getInt()];
            for (int n = 0; n < frameTimesMs.length; n++) {
                frameTimesMs[n] = side.getLong();
            }
            for (float[] layer : gates) {
                readFloats(side, layer);
            }
            readFloats(side, soundToken);
            if (!ClipVectors.hasDirection(soundToken)) {
                soundToken = new float[0]; // zeros were taken once, and say nothing
            }
            Shown about = JSON.readValue(shown, Shown.class);
            return new StoredClip(
                    file(leaf, document),
                    number(leaf, START_MS, document),
                    number(leaf, END_MS, document),
                    frameTimesMs,
                    new ClipVectors(frames, framesWithoutSound, soundToken, gates),
                    about.soundState(),
                    about.notes(),
                    new Description(
                            about.metadata(),
                            about.texts() == null ? List.of() : about.texts(), // format 3
                            source(leaf, document)),
                    header.reranker() == null ? null : reranking(leaf, document));
        } catch (InvalidPathException e) {
            throw e; // the locale cannot name the file: nothing is wrong with the clip
        } catch (BufferUnderflowException | IllegalArgumentException | JsonProcessingException e) {
            throw new CorruptIndexException("document " + document + ": " + e, "clip", e);
        }
    }

    private static RerankTokens reranking(LeafReader leaf, int document) throws IOException {
        BytesRef value = bytes(leaf, RERANKING, document);
        return RerankTokens.decode(value.bytes, value.offset, value.length);
    }

    /** The file of a document alone, without its vectors. */
    static VideoFile file(LeafReader leaf, int document) throws IOException {
        return new VideoFile(
                text(leaf, VIDEO, document),
                number(leaf, SIZE_BYTES, document),
                number(leaf, MODIFIED_MS, document),
                text(leaf, SHA256, document));
    }

    /** What {@link #soundToken} reads of a part of the index. */
    static BinaryDocValues sides(LeafReader leaf) throws IOException {
        return DocValues.getBinary(leaf, SIDE);
    }

    /**
     * The sound token alone; empty where the model does not listen.
     *
     * @param document not before the one of the last call
     */
    static float[] soundToken(BinaryDocValues sides, int document) throws IOException {
        check(sides.advanceExact(document), SIDE, document);
        ByteBuffer side = side(sides.binaryValue());
        try {
            int frames = Short.toUnsignedInt(side.getShort());
            int layers = Short.toUnsignedInt(side.getShort());
            float[] token = new float[side.getInt()];
            side.position(side.position() + Long.BYTES * frames + Float.BYTES * 2 * layers);
            readFloats(side, token);
            return token;
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new CorruptIndexException("document " + document + ": " + e, SIDE, e);
        }
    }

    /** See {@link Description#source}; empty for a clip of which nothing is said. */
    static String source(LeafReader leaf, int document) throws IOException {
        SortedDocValues values = leaf.getSortedDocValues(SOURCE);
        return values != null && values.advanceExact(document)
                ? values.lookupOrd(values.ordValue()).utf8ToString()
                : ""; // also before format 4
    }

    /** Where a document's segment begins. */
    static long startMs(LeafReader leaf, int document) throws IOException {
        return number(leaf, START_MS, document);
    }

    /** Length of a document's segment in milliseconds. */
    static long durationMs(LeafReader leaf, int document) throws IOException {
        return number(leaf, END_MS, document) - number(leaf, START_MS, document);
    }

    /** The id of a document. */
    static String id(LeafReader leaf, int document) throws IOException {
        return bytes(leaf, ID, document).utf8ToString();
    }

    /** The ids of a part of the index, for documents in ascending order. */
    static BinaryDocValues ids(LeafReader leaf) throws IOException {
        BinaryDocValues ids = leaf.getBinaryDocValues(ID);
        if (ids == null) {
            throw new CorruptIndexException("clips without ids", ID);
        }
        return ids;
    }

    /** The id of a document, by {@link #ids}. */
    static String id(BinaryDocValues ids, int document) throws IOException {
        check(ids.advanceExact(document), ID, document);
        return ids.binaryValue().utf8ToString();
    }

    private static float[][] vectors(
            LeafReader leaf, int document, Sound sound, LibraryHeader header) throws IOException {
        FrameBlock block = new FrameBlock(header.model().width());
        LeafBlocks.full(leaf, sound, header.vectors()).at(document, block);
        return block.vectors();
    }

    private static void addVectors(
            Document document,
            String scanned,
            String full,
            String pooled,
            float[][] frames,
            VectorFormat format) {
        float[][] unit = new float[frames.length][];
        for (int n = 0; n < frames.length; n++) {
            unit[n] = LateInteractionScore.unit(frames[n]);
        }
        document.add(binary(scanned, FrameBlock.encode(format, unit)));
        if (format != format.full()) {
            document.add(binary(full, FrameBlock.encode(format.full(), unit)));
        }
        // What is stored is what is pooled, or rounding could decide whether frames cancel out.
        for (int n = 0; n < unit.length; n++) {
            unit[n] = FrameBlock.reading(format.full(), unit[n]);
        }
        float[] mean = LateInteractionScore.pooled(unit);
        document.add(binary(pooled, FrameBlock.encodeMean(mean, FrameSpread.of(unit))));
    }

    private static BinaryDocValuesField binary(String field, byte[] value) {
        return new BinaryDocValuesField(field, new BytesRef(value));
    }

    /** Frame times, gates and sound token: read for a hit, never by a scan. */
    private static byte[] encodeSide(StoredClip clip) {
        float[][] gates = clip.vectors().gates();
        float[] soundToken = clip.vectors().soundToken();
        ByteBuffer side =
                ByteBuffer.allocate(
                                SIDE_HEADER_BYTES
                                        + Long.BYTES * clip.frameTimesMs().length
                                        + Float.BYTES * (2 * gates.length + soundToken.length))
                        .order(ByteOrder.LITTLE_ENDIAN);
        side.put(SIDE_VERSION).put(new byte[3]);
        side.putShort((short) clip.frameTimesMs().length).putShort((short) gates.length);
        side.putInt(soundToken.length);
        for (long timeMs : clip.frameTimesMs()) {
            side.putLong(timeMs);
        }
        for (float[] layer : gates) {
            side.putFloat(layer[0]).putFloat(layer[1]);
        }
        for (float value : soundToken) {
            side.putFloat(value);
        }
        return side.array();
    }

    private static ByteBuffer side(BytesRef value) throws CorruptIndexException {
        ByteBuffer side =
                ByteBuffer.wrap(value.bytes, value.offset, value.length)
                        .order(ByteOrder.LITTLE_ENDIAN);
        if (value.length < SIDE_HEADER_BYTES || side.get() != SIDE_VERSION) {
            throw new CorruptIndexException("not version " + SIDE_VERSION, SIDE);
        }
        return side.position(side.position() + 3);
    }

    private static void readFloats(ByteBuffer from, float[] to) {
        for (int i = 0; i < to.length; i++) {
            to[i] = from.getFloat();
        }
    }

    private static BytesRef bytes(LeafReader leaf, String field, int document) throws IOException {
        BinaryDocValues values = leaf.getBinaryDocValues(field);
        check(values != null && values.advanceExact(document), field, document);
        return values.binaryValue();
    }

    private static String text(LeafReader leaf, String field, int document) throws IOException {
        SortedDocValues values = leaf.getSortedDocValues(field);
        check(values != null && values.advanceExact(document), field, document);
        return values.lookupOrd(values.ordValue()).utf8ToString();
    }

    private static long number(LeafReader leaf, String field, int document) throws IOException {
        NumericDocValues values = leaf.getNumericDocValues(field);
        check(values != null && values.advanceExact(document), field, document);
        return values.longValue();
    }

    private static void check(boolean present, String field, int document)
            throws CorruptIndexException {
        if (!present) {
            throw new CorruptIndexException("document " + document + " has no value", field);
        }
    }
}
