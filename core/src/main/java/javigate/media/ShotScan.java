package javigate.media;

import static org.bytedeco.ffmpeg.global.avcodec.AVDISCARD_ALL;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_RGB24;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.swscale.SWS_AREA;
import static org.bytedeco.ffmpeg.global.swscale.sws_freeContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_getCachedContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.jspecify.annotations.Nullable;

/**
 * Decodes a video once, in order, and looks for shot changes in it. Every picture is looked at:
 * without those no other refers to, motion would come in uneven steps, and some look like cuts.
 * Only the filter that smooths block edges is left out, which no small picture shows.
 */
final class ShotScan implements AutoCloseable {

    /** Size the pictures are compared at, pixels; small enough to blur noise and grain away. */
    private static final int WIDTH = 16;

    private static final int HEIGHT = 9;

    /** Longest stretch of video of one {@link Part}, milliseconds. */
    static final long PART_MS = 10_000;

    /**
     * What was found on a stretch of the video.
     *
     * @param untilMs all before was looked at
     * @param cutsMs see {@link ShotChanges#timesMs}
     * @param more whether the video goes on
     */
    record Part(long untilMs, List<Long> cutsMs, boolean more) {}

    private final PictureIndex index;
    private final MediaInput input;
    private final StreamDecoder decoder;
    private final ShotDetector detector = new ShotDetector();
    private final AVFrame small = av_frame_alloc();
    private final BytePointer buffer = new BytePointer(64 * 3 * HEIGHT + 64L);
    private final long fromMs;
    private @Nullable SwsContext scaler;
    private long reachedMs;
    private int count;

    private ShotScan(PictureIndex index, MediaInput input, StreamDecoder decoder, long fromMs) {
        this.index = index;
        this.input = input;
        this.decoder = decoder;
        this.fromMs = fromMs;
        this.reachedMs = fromMs;
        small.data(0, buffer);
        small.linesize(0, 64 * 3);
    }

    /**
     * Opens a file to look at its pictures from a time on.
     *
     * @param fromMs milliseconds after the first picture
     * @throws MediaException if it cannot be opened, has no decoder, or has no way to that time
     */
    static ShotScan open(Path file, PictureIndex index, long fromMs) throws MediaException {
        MediaInput input = MediaInput.open(file);
        StreamDecoder decoder;
        try {
            decoder = StreamDecoder.open(input, index.stream());
        } catch (MediaException e) {
            input.close();
            throw e;
        }
        decoder.codec().skip_loop_filter(AVDISCARD_ALL);
        ShotScan scan = new ShotScan(index, input, decoder, fromMs);
        if (fromMs > 0 && !scan.seek(fromMs)) {
            scan.close();
            throw new MediaException(
                    "%s: cannot be read from %d ms on; convert it to mp4 or webm"
                            .formatted(file, fromMs));
        }
        return scan;
    }

    private boolean seek(long fromMs) {
        int at = Arrays.binarySearch(index.timesUs(), fromMs * 1000);
        int picture = Math.min(at >= 0 ? at : -at - 1, index.pts().length - 1);
        return index.timed()
                && index.seeksExactly()
                && decoder.seek(index.stream(), index.keyAtOrBefore(index.pts()[picture]));
    }

    /** Goes on by {@link #PART_MS} or to the end. */
    Part next() {
        long goalMs = reachedMs + PART_MS;
        List<Long> cuts = new ArrayList<>();
        while (reachedMs < goalMs) {
            if (!decoder.next()) {
                cuts.addAll(detector.finish());
                return new Part(Math.max(reachedMs, index.info().durationMs()), cuts, false);
            }
            long timeMs = timeMs(decoder.frame(), count++);
            byte[] picture = timeMs < fromMs ? null : shrink(decoder.frame());
            if (picture != null) {
                cuts.addAll(detector.accept(timeMs, picture));
                reachedMs = Math.max(reachedMs, timeMs);
            }
        }
        return new Part(reachedMs, cuts, true);
    }

    /** When a sound picture is shown, negative for one that is damaged or not to be shown. */
    private long timeMs(AVFrame frame, int number) {
        if ((frame.flags() & AVFrame.AV_FRAME_FLAG_CORRUPT) != 0
                || frame.decode_error_flags() != 0) {
            return -1;
        }
        int at = Math.min(number, index.pts().length - 1);
        if (index.timed()) {
            long time = frame.best_effort_timestamp();
            at = time == AV_NOPTS_VALUE ? -1 : Arrays.binarySearch(index.pts(), time);
        }
        return at < 0 ? -1 : index.timesUs()[at] / 1000;
    }

    private byte @Nullable [] shrink(AVFrame frame) {
        if (!PictureConverter.fits(frame.width(), frame.height())) {
            return null;
        }
        scaler =
                sws_getCachedContext(
                        scaler,
                        frame.width(),
                        frame.height(),
                        frame.format(),
                        WIDTH,
                        HEIGHT,
                        AV_PIX_FMT_RGB24,
                        SWS_AREA,
                        null,
                        null,
                        (DoublePointer) null);
        if (scaler == null || scaler.isNull()) {
            scaler = null;
            return null;
        }
        int rows =
                sws_scale(
                        scaler,
                        frame.data(),
                        frame.linesize(),
                        0,
                        frame.height(),
                        small.data(),
                        small.linesize());
        if (rows != HEIGHT) {
            return null;
        }
        byte[] rgb = new byte[WIDTH * HEIGHT * 3];
        for (int y = 0; y < HEIGHT; y++) {
            buffer.position((long) y * small.linesize(0)).get(rgb, y * WIDTH * 3, WIDTH * 3);
        }
        buffer.position(0);
        return rgb;
    }

    @Override
    public void close() {
        sws_freeContext(scaler);
        small.data(0, null);
        av_frame_free(small);
        buffer.close();
        decoder.close();
        input.close();
    }
}
