package javigate.index;

import java.io.IOException;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.LeafReader;
import org.jspecify.annotations.Nullable;

/**
 * Finds the frame blocks of the documents of one part of the index, for one of the two sounds. For
 * one thread.
 */
final class LeafBlocks {
    private final LeafReader leaf;
    private final @Nullable ClipBlocks own;
    private final @Nullable ClipBlocks shared;
    private final String oldField;
    private final boolean ofOldClips;
    private @Nullable BinaryDocValues old;

    private LeafBlocks(
            LeafReader leaf, @Nullable ClipBlocks own, @Nullable ClipBlocks shared, String oldField)
            throws IOException {
        this.leaf = leaf;
        this.ofOldClips = AcceptedClips.hasOld(leaf);
        this.own = own;
        this.shared = shared;
        this.oldField = oldField;
    }

    /** The blocks that a scan reads. */
    static LeafBlocks scanned(LeafReader leaf, Sound sound) throws IOException {
        return of(leaf, sound, ClipDocument.FRAMES, ClipDocument.FRAMES_WITHOUT_SOUND);
    }

    /** The blocks in full precision. */
    static LeafBlocks full(LeafReader leaf, Sound sound, VectorFormat format) throws IOException {
        return format == format.full()
                ? scanned(leaf, sound)
                : of(leaf, sound, ClipDocument.FULL, ClipDocument.FULL_WITHOUT_SOUND);
    }

    /** The means of the frames, of parts that have them: see {@link #atMean}. */
    static LeafBlocks pooled(LeafReader leaf, Sound sound) throws IOException {
        return of(leaf, sound, ClipDocument.POOLED, ClipDocument.POOLED_WITHOUT_SOUND);
    }

    /**
     * Points {@code block} at the mean frame of a document, if it has one that knows the {@link
     * FrameSpread} of its frames.
     *
     * @return false of clips of an older format
     */
    boolean atMean(int document, FrameBlock block) throws IOException {
        if (ofOldClips) {
            return false;
        }
        at(document, block);
        return block.hasSpread();
    }

    private static LeafBlocks of(LeafReader leaf, Sound sound, String with, String without)
            throws IOException {
        ClipBlocks heard = blocks(leaf, with);
        return switch (sound) {
            case WITH -> new LeafBlocks(leaf, heard, null, ClipDocument.OLD_FRAMES);
            // A clip that is the same without its sound is stored once.
            case WITHOUT ->
                    new LeafBlocks(
                            leaf,
                            blocks(leaf, without),
                            heard,
                            ClipDocument.OLD_FRAMES_WITHOUT_SOUND);
        };
    }

    private static @Nullable ClipBlocks blocks(LeafReader leaf, String field) throws IOException {
        return switch (leaf.getBinaryDocValues(field)) {
            case null -> null;
            case ClipBlocks blocks -> blocks;
            case BinaryDocValues other ->
                    throw new CorruptIndexException("values in " + other.getClass(), field);
        };
    }

    /** Points {@code block} at the frames of a document. */
    void at(int document, FrameBlock block) throws IOException {
        if (at(own, document, block) || at(shared, document, block)) {
            return;
        }
        if (old == null || old.docID() > document) {
            old = leaf.getBinaryDocValues(oldField);
        }
        if (old == null || !old.advanceExact(document)) {
            throw new CorruptIndexException("document " + document + " has no value", "frames");
        }
        block.atOld(old.binaryValue());
    }

    private static boolean at(@Nullable ClipBlocks blocks, int document, FrameBlock block)
            throws IOException {
        long length = blocks == null ? 0 : blocks.length(document);
        if (blocks == null || length == 0) {
            return false;
        }
        block.at(blocks.values(), blocks.start(document), length);
        return true;
    }
}
