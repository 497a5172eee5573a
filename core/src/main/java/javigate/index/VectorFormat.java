package javigate.index;

/**
 * How a library keeps its frame vectors. Every format is searched exactly: the best clips are those
 * of its {@linkplain ClipStore#get full-precision reading}. The bytes are of one variant of one
 * clip; a clip that sounds differently with and without its sound has two.
 */
public enum VectorFormat {
    /** IEEE single precision; 24,640 bytes for 12 frames of width 512. */
    F32(0, Float.BYTES),
    /** IEEE half precision; 12,352 bytes for 12 frames of width 512. The default. */
    F16(1, Short.BYTES),
    /**
     * One byte per value with a scale and an error radius per vector, and a {@link #F16} copy that
     * is read only for clips whose bounds leave their place open: 6,272 scanned bytes for 12 frames
     * of width 512, 18,624 on the disk (means apart).
     */
    INT8(2, Byte.BYTES);

    /** What a new library gets unless it says otherwise. */
    public static final VectorFormat DEFAULT = F16;

    /** How many there are. */
    static final int COUNT = 3;

    private final byte code;
    private final int elementBytes;

    VectorFormat(int code, int elementBytes) {
        this.code = (byte) code;
        this.elementBytes = elementBytes;
    }

    /**
     * The numbers, single or half precision, by which a frame vector is stored in full precision:
     * its direction is theirs, and a vector that was read has those it was read from.
     *
     * @param vector [D], any length but 0
     * @return [D], of a length of about 1
     * @throws IllegalArgumentException when it has no direction
     */
    public float[] elements(float[] vector) {
        return FrameBlock.elements(full(), LateInteractionScore.unit(vector));
    }

    /** Names the format on the disk: 0 to {@link #COUNT} − 1. */
    byte code() {
        return code;
    }

    static VectorFormat of(int code) {
        return switch (code) {
            case 0 -> F32;
            case 1 -> F16;
            default -> INT8;
        };
    }

    /** Bytes of one value in the block that a scan reads. */
    int elementBytes() {
        return elementBytes;
    }

    /** The format of the block that decides what the scanned one leaves open. */
    VectorFormat full() {
        return this == INT8 ? F16 : this;
    }

    /** Bytes that a search of all clips reads of one clip. */
    public long scannedBytes(int frames, int width) {
        return FrameBlock.bytes(this, frames, width);
    }

    /** Bytes that the vectors of one variant of one clip take on the disk, with their mean. */
    public long storedBytes(int frames, int width) {
        long full = this == full() ? 0 : FrameBlock.bytes(full(), frames, width);
        return scannedBytes(frames, width) + full + FrameBlock.bytes(INT8, 1, width);
    }
}
