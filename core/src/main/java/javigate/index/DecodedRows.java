package javigate.index;

import java.io.IOException;

/**
 * The rows of one clip as floats, not yet multiplied by their scales. They can be decoded in steps
 * between the products of another clip, so that waiting for memory and multiplying overlap. For one
 * thread.
 */
final class DecodedRows {
    private final FrameBlock block;
    private float[] values = {};
    private float[] scales = {};
    private int decoded;

    @SuppressWarnings("UnusedVariable") // so that what is touched is read
    private int touched;

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
            values = new float[Math.multiplyExact(DotKernel.room(frames), block.rowElements())];
            scales = new float[frames];
        }
        for (int n = 0; n < frames; n++) {
            scales[n] = block.scale(n);
        }
        decoded = 0;
    }

    /** Decodes up to {@code count} more elements, in the order in which they are stored. */
    void decode(int count) {
        int end = decoded + Math.min(count, block.elements() - decoded);
        if (end > decoded) {
            block.decode(decoded, end, values);
            decoded = end;
        }
    }

    /** Of what is to be decoded next, or follows it: see {@link ReadAhead#address}. */
    long address() {
        return ReadAhead.address(block.memory(), block.element(decoded));
    }

    /** Takes what was touched there. */
    void touched(int bits) {
        touched ^= bits;
    }

    /** Decodes what is not yet. */
    void finish() {
        decode(block.elements());
    }

    /** The clip's block. */
    FrameBlock block() {
        return block;
    }

    /**
     * [F, {@link FrameBlock#rowElements}], with {@linkplain DotKernel#room room} for more rows;
     * what lies there has no effect.
     */
    float[] values() {
        return values;
    }

    /** [F]; what each row is to be multiplied by. */
    float[] scales() {
        return scales;
    }
}
