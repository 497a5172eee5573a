package javigate.search.exchange;

import java.nio.ByteBuffer;
import java.util.Arrays;
import javigate.index.VectorFormat;

/** How numbers lie in a file of NumPy's. */
public enum NpyType {
    /** IEEE single precision. */
    F32("<f4", Float.BYTES),
    /** IEEE half precision. */
    F16("<f2", Short.BYTES);

    private final String descr;
    private final int bytes;

    NpyType(String descr, int bytes) {
        this.descr = descr;
        this.bytes = bytes;
    }

    /** The type in which a library's vectors lose nothing. */
    public static NpyType of(VectorFormat format) {
        return switch (format) {
            case F32 -> F32;
            case F16, INT8 -> F16;
        };
    }

    /** A library's format in which vectors of this type lose nothing. */
    VectorFormat vectors() {
        return switch (this) {
            case F32 -> VectorFormat.F32;
            case F16 -> VectorFormat.F16;
        };
    }

    /** NumPy's name of the type, little-endian. */
    String descr() {
        return descr;
    }

    /** Bytes of a number. */
    int bytes() {
        return bytes;
    }

    void put(ByteBuffer to, float value) {
        switch (this) {
            case F32 -> to.putFloat(value);
            case F16 -> to.putShort(Float.floatToFloat16(value));
        }
    }

    float get(ByteBuffer from) {
        return switch (this) {
            case F32 -> from.getFloat();
            case F16 -> Float.float16ToFloat(from.getShort());
        };
    }

    /** Whether the vectors of two clips [F, D] are stored as the same. */
    boolean same(float[][] a, float[][] b) {
        boolean same = a.length == b.length;
        for (int n = 0; same && n < a.length; n++) {
            same = Arrays.equals(vectors().elements(a[n]), vectors().elements(b[n]));
        }
        return same;
    }
}
