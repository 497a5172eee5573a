package javigate.media;

import java.util.Arrays;

/**
 * Pictures to the input of an image encoder, byte for byte as torchvision with Pillow does it:
 * {@code Resize(n, BICUBIC)}, {@code CenterCrop(n)}, {@code ToTensor}, {@code Normalize}.
 *
 * <p>Pillow's kernel is the cubic with a = −0.5, widened by the ratio when shrinking, its weights
 * rounded to 22 bits, applied to rows, rounded to bytes, then applied to columns. Only what the
 * crop keeps is computed.
 */
public final class FrameTransform {

    private static final int WEIGHT_BITS = 22;
    private static final double CUBIC_SUPPORT = 2.0;

    private FrameTransform() {}

    /**
     * What a picture becomes before it is cropped, and where the crop lies in that.
     *
     * @param resizedWidth pixels, at least the crop's side; so is the height
     * @param left of the crop, pixels; so is the top
     */
    public record Placement(int resizedWidth, int resizedHeight, int left, int top) {}

    /**
     * The arithmetic of {@link #resizeAndCrop}.
     *
     * @param width pixels, at least 1; so is the height
     * @param sizePx side of the crop, at least 1
     */
    public static Placement placement(int width, int height, int sizePx) {
        if (sizePx < 1) {
            throw new IllegalArgumentException("resize to " + sizePx + " px; at least 1 is needed");
        }
        int resizedWidth = width <= height ? sizePx : scaledLongSide(sizePx, width, height);
        int resizedHeight = width <= height ? scaledLongSide(sizePx, height, width) : sizePx;
        return new Placement(
                resizedWidth,
                resizedHeight,
                cropOffset(resizedWidth, sizePx),
                cropOffset(resizedHeight, sizePx));
    }

    /**
     * Scales the shorter side to {@code sizePx} (the other is {@code int(size·long/short)}) and
     * keeps the middle; offsets are rounded half to even.
     *
     * @param image any size
     * @param sizePx side of the result, at least 1
     * @return {@code sizePx}×{@code sizePx}
     */
    public static RgbImage resizeAndCrop(RgbImage image, int sizePx) {
        Placement place = placement(image.width(), image.height(), sizePx);
        Kernel columns = Kernel.of(image.width(), place.resizedWidth(), place.left(), sizePx);
        Kernel rows = Kernel.of(image.height(), place.resizedHeight(), place.top(), sizePx);

        int firstRow = rows.start[0];
        int lastRow = rows.start[sizePx - 1] + rows.length[sizePx - 1];
        byte[] narrowed = new byte[(lastRow - firstRow) * sizePx * 3];
        for (int y = firstRow; y < lastRow; y++) {
            weightedRow(image, y, columns, narrowed, (y - firstRow) * sizePx * 3);
        }
        byte[] out = new byte[sizePx * sizePx * 3];
        for (int y = 0; y < sizePx; y++) {
            weightedColumn(narrowed, sizePx * 3, rows, y, firstRow, out);
        }
        return new RgbImage(sizePx, sizePx, out);
    }

    /**
     * {@code (v/255 − mean) / std} per channel, channels first.
     *
     * @param image of any size
     * @param mean three values, red, green, blue
     * @param std three values, none zero
     * @return {@code [3, height, width]}, row-major
     */
    public static float[] normalise(RgbImage image, float[] mean, float[] std) {
        if (mean.length != 3 || std.length != 3) {
            throw new IllegalArgumentException(
                    mean.length + " means, " + std.length + " deviations; RGB needs 3 of each");
        }
        int pixels = image.width() * image.height();
        float[] out = new float[3 * pixels];
        for (int c = 0; c < 3; c++) {
            float[] level = new float[256];
            for (int v = 0; v < 256; v++) {
                level[v] = (v / 255f - mean[c]) / std[c];
            }
            for (int p = 0; p < pixels; p++) {
                out[c * pixels + p] = level[image.rgb()[p * 3 + c] & 0xff];
            }
        }
        return out;
    }

    private static int scaledLongSide(int sizePx, int longSide, int shortSide) {
        return (int) ((double) ((long) sizePx * longSide) / shortSide);
    }

    private static int cropOffset(int resized, int sizePx) {
        return (int) Math.rint((resized - sizePx) / 2.0);
    }

    private static void weightedRow(RgbImage image, int y, Kernel kernel, byte[] out, int offset) {
        byte[] rgb = image.rgb();
        int row = y * image.width() * 3;
        for (int x = 0; x < kernel.start.length; x++) {
            int[] weights = kernel.weights[x];
            int r = 1 << (WEIGHT_BITS - 1);
            int g = r;
            int b = r;
            int p = row + kernel.start[x] * 3;
            for (int k = 0; k < kernel.length[x]; k++, p += 3) {
                int w = weights[k];
                r += (rgb[p] & 0xff) * w;
                g += (rgb[p + 1] & 0xff) * w;
                b += (rgb[p + 2] & 0xff) * w;
            }
            out[offset + x * 3] = toByte(r);
            out[offset + x * 3 + 1] = toByte(g);
            out[offset + x * 3 + 2] = toByte(b);
        }
    }

    private static void weightedColumn(
            byte[] in, int rowBytes, Kernel kernel, int y, int firstRow, byte[] out) {
        int[] sums = new int[rowBytes];
        Arrays.fill(sums, 1 << (WEIGHT_BITS - 1));
        for (int k = 0; k < kernel.length[y]; k++) {
            int w = kernel.weights[y][k];
            int row = (kernel.start[y] + k - firstRow) * rowBytes;
            for (int x = 0; x < rowBytes; x++) {
                sums[x] += (in[row + x] & 0xff) * w;
            }
        }
        for (int x = 0; x < rowBytes; x++) {
            out[y * rowBytes + x] = toByte(sums[x]);
        }
    }

    private static byte toByte(int fixedPoint) {
        return (byte) Math.clamp(fixedPoint >> WEIGHT_BITS, 0, 255);
    }

    /**
     * Pillow's {@code precompute_coeffs} and {@code normalize_coeffs_8bpc} for the outputs {@code
     * offset..offset+count}.
     *
     * @param start first input of each output
     * @param length inputs of each output
     * @param weights 22-bit fixed point, at least {@code length} of each output
     */
    private record Kernel(int[] start, int[] length, int[][] weights) {

        static Kernel of(int inSize, int outSize, int offset, int count) {
            double scale = inSize / (double) outSize;
            double widening = Math.max(1, scale);
            double support = CUBIC_SUPPORT * widening;
            int[] start = new int[count];
            int[] length = new int[count];
            int[][] weights = new int[count][];
            for (int i = 0; i < count; i++) {
                double centre = (offset + i + 0.5) * scale;
                start[i] = Math.max(0, (int) (centre - support + 0.5));
                length[i] = Math.min(inSize, (int) (centre + support + 0.5)) - start[i];
                double[] exact = new double[length[i]];
                double sum = 0;
                for (int k = 0; k < length[i]; k++) {
                    exact[k] = cubic((k + start[i] - centre + 0.5) / widening);
                    sum += exact[k];
                }
                weights[i] = new int[length[i]];
                for (int k = 0; k < length[i]; k++) {
                    double fixed = exact[k] / sum * (1 << WEIGHT_BITS);
                    weights[i][k] = (int) (fixed < 0 ? fixed - 0.5 : fixed + 0.5);
                }
            }
            return new Kernel(start, length, weights);
        }

        private static double cubic(double signed) {
            double x = Math.abs(signed);
            if (x < 1) {
                return (1.5 * x - 2.5) * x * x + 1;
            }
            return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0;
        }
    }
}
