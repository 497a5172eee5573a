package javigate.index;

import java.io.IOException;

/**
 * The rows of one clip as floats, not yet multiplied by their scales. They can be decoded in steps
 * between the products of another clip, so that waiting for memory and multiplying overlap. For one
 * thread.
 *
 * <p>{@value FrameBlock#STRETCH} elements of a row lie together, and behind them as many of the
 * next row: what a kernel multiplies at a time then lies at constant distances, for which it needs
 * no registers. With fewer at a time it would fetch its sums and put them back too often.
 */
final class DecodedRows {
    private final FrameBlock block;
    private final int stretches;
    private float[] values = {};
    private float[] scales = {};
    private int frames;
    private int room;
    private int decoded;

    DecodedRows(int width) {
        this.block = new FrameBlock(width);
        this.stretches = FrameBlock.rowElements(width) / FrameBlock.STRETCH;
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
        frames = block.frames();
        if (scales.length < frames) {
            values = new float[stretches * DotKernel.room(frames) * FrameBlock.STRETCH];
            scales = new float[frames];
        }
        room = DotKernel.room(frames);
        for (int n = 0; n < frames; n++) {
            scales[n] = block.scale(n);
        }
        decoded = 0;
    }

    /** Decodes up to {@code count} more rows. */
    void decode(int count) {
        int end = Math.min(decoded + count, frames);
        for (; decoded < end; decoded++) {
            block.decode(decoded, values, at(0, decoded), room * FrameBlock.STRETCH);
        }
    }

    /** Decodes what is not yet. */
    void finish() {
        decode(frames - decoded);
    }

    /** The clip's block. */
    FrameBlock block() {
        return block;
    }

    /** Frames F of the clip. */
    int frames() {
        return frames;
    }

    /** Stretches of a row. */
    int stretches() {
        return stretches;
    }

    /** Where in {@link #values} a stretch of a frame's row begins. */
    int at(int stretch, int frame) {
        return (stretch * room + frame) * FrameBlock.STRETCH;
    }

    /**
     * [stretches, room, {@value FrameBlock#STRETCH}], with {@linkplain DotKernel#room room} for
     * more rows than F; what lies there has no effect.
     */
    float[] values() {
        return values;
    }

    /** [F]; what each row is to be multiplied by. */
    float[] scales() {
        return scales;
    }
}
