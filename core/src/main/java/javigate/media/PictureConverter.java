package javigate.media;

import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_RGB24;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BICUBIC;
import static org.bytedeco.ffmpeg.global.swscale.sws_freeContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_getCachedContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale;

import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.jspecify.annotations.Nullable;

/**
 * Decoded frames to upright RGB, bit for bit as OpenCV's reader converts them: swscale with {@code
 * SWS_BICUBIC} and nothing else, BT.601 whatever the stream says. Pixels count as square and
 * mirrored display matrices as plain, as they do there.
 */
final class PictureConverter implements AutoCloseable {

    /** Longest side of a picture, in pixels. */
    static final int MAX_SIDE = 16_384;

    /** Largest picture, in pixels: 201 MB as RGB. */
    static final long MAX_PIXELS = 1L << 26;

    private final int rotationDegrees;
    private final AVFrame target = av_frame_alloc();
    private @Nullable SwsContext scaler;
    private BytePointer buffer = new BytePointer(1L);

    /**
     * @param rotationDegrees 0, 90, 180 or 270, clockwise, applied to every picture
     */
    PictureConverter(int rotationDegrees) {
        this.rotationDegrees = rotationDegrees;
    }

    /** Whether pictures of this size are accepted. */
    static boolean fits(int width, int height) {
        return width >= 1
                && height >= 1
                && width <= MAX_SIDE
                && height <= MAX_SIDE
                && (long) width * height <= MAX_PIXELS;
    }

    /** The upright picture, null when the frame has an impossible size or format. */
    @Nullable RgbImage convert(AVFrame frame) {
        int width = frame.width();
        int height = frame.height();
        if (!fits(width, height)) {
            return null;
        }
        scaler =
                sws_getCachedContext(
                        scaler,
                        width,
                        height,
                        frame.format(),
                        width,
                        height,
                        AV_PIX_FMT_RGB24,
                        SWS_BICUBIC,
                        null,
                        null,
                        (DoublePointer) null);
        if (scaler == null || scaler.isNull()) {
            scaler = null;
            return null;
        }
        // With tighter rows swscale leaves the last columns of widths such as 340 unwritten.
        int stride = (width + 63) / 64 * 64 * 3;
        long size = (long) stride * height + 64;
        if (buffer.capacity() < size) {
            buffer.close();
            buffer = new BytePointer(size);
        }
        target.data(0, buffer);
        target.linesize(0, stride);
        int rows =
                sws_scale(
                        scaler,
                        frame.data(),
                        frame.linesize(),
                        0,
                        height,
                        target.data(),
                        target.linesize());
        return rows == height ? upright(width, height, stride) : null;
    }

    private RgbImage upright(int width, int height, int stride) {
        byte[] rgb = new byte[width * height * 3];
        for (int y = 0; y < height; y++) {
            buffer.position((long) y * stride).get(rgb, y * width * 3, width * 3);
        }
        buffer.position(0);
        return rotate(new RgbImage(width, height, rgb), rotationDegrees);
    }

    /** Turns a picture clockwise by a multiple of 90 degrees. */
    static RgbImage rotate(RgbImage image, int degrees) {
        if (degrees == 0) {
            return image;
        }
        int width = image.width();
        int height = image.height();
        boolean swapped = degrees != 180;
        int outWidth = swapped ? height : width;
        byte[] in = image.rgb();
        byte[] out = new byte[in.length];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int to =
                        switch (degrees) {
                            case 90 -> x * outWidth + height - 1 - y;
                            case 180 -> (height - 1 - y) * outWidth + width - 1 - x;
                            default -> (width - 1 - x) * outWidth + y;
                        };
                int from = y * width + x;
                out[to * 3] = in[from * 3];
                out[to * 3 + 1] = in[from * 3 + 1];
                out[to * 3 + 2] = in[from * 3 + 2];
            }
        }
        return new RgbImage(outWidth, swapped ? width : height, out);
    }

    @Override
    public void close() {
        sws_freeContext(scaler);
        buffer.close();
        target.data(0, null);
        av_frame_free(target);
    }
}
