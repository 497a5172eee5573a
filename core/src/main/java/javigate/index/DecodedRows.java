package javigate.index;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * The rows of one clip as floats, not yet multiplied by their scales. Halves can be decoded in
 * steps between the products of another clip, so that waiting for memory and multiplying overlap.
 * For one thread.
 */
final class DecodedRows {
    private final FrameBlock block;
    private float[] values = {};
    private float[] scales = {};
    private int decoded;

    DecodedRows(int width) {
        this.block = new FrameBlock(width);
    }

    /** Turns to the clip of a document, nothing of which is decoded yet. */
    void at(LeafBlocks blocks, int document) throws IOException {
        blocks.at(document, block);
        begin();
    }

    /** Turns to the clip that another cursor is at. */
    void at(FrameBlock other) throws IOException {
        block.at(other.memory(), other.begin(), other.length());
        begin();
    }

    private void begin() {
        int frames = block.frames();
        if (scales.length < frames) {
            values = new float[DotKernel.room(frames) * block.rowElements()];
            scales = new float[frames];
        }
        for (int n = 0; n < frames; n++) {
            scales[n] = block.scale(n);
        }
        decoded = 0;
    }

    /** Decodes what is not yet. */
    void finish() {
        block.decode(values, decoded);
        decoded = block.frames() * block.rowElements();
    }

    /** The clip's block. */
    FrameBlock block() {
        return block;
    }

    /** [F, {@link FrameBlock#rowElements}], with {@linkplain DotKernel#room room} for more. */
    float[] values() {
        return values;
    }

    /** [F]; what each row is to be multiplied by. */
    float[] scales() {
        return scales;
    }

    /** Elements that can be decoded in steps: all of halves, none of other formats. */
    int halves() {
        return block.format() == VectorFormat.F16 ? block.frames() * block.rowElements() : 0;
    }

    /** Where the block lies. */
    MemorySegment memory() {
        return block.memory();
    }

    /** Where in {@link #memory} the rows begin. */
    long rows() {
        return block.rows();
    }

    /** The first so many elements are decoded. */
    int decoded() {
        return decoded;
    }

    /** Says that a step went so far. */
    void decodedTo(int elements) {
        decoded = elements;
    }
}
