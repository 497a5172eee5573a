package javigate.media;

import static org.bytedeco.ffmpeg.global.avutil.AV_CHANNEL_ORDER_UNSPEC;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_FLT;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_compare;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_copy;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_default;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_uninit;
import static org.bytedeco.ffmpeg.global.avutil.av_opt_set_double;
import static org.bytedeco.ffmpeg.global.swresample.swr_alloc_set_opts2;
import static org.bytedeco.ffmpeg.global.swresample.swr_convert;
import static org.bytedeco.ffmpeg.global.swresample.swr_free;
import static org.bytedeco.ffmpeg.global.swresample.swr_get_delay;
import static org.bytedeco.ffmpeg.global.swresample.swr_get_out_samples;
import static org.bytedeco.ffmpeg.global.swresample.swr_init;

import org.bytedeco.ffmpeg.avutil.AVChannelLayout;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swresample.SwrContext;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;

/**
 * Decoded sound to mono at 16 kHz by libswresample. Channels are mixed by its standard matrix,
 * scaled so that equal channels keep their level.
 */
final class MonoResampler implements AutoCloseable {

    private static final float[] NONE = {};

    private final AVChannelLayout mono = new AVChannelLayout();
    private final AVChannelLayout source = new AVChannelLayout();
    private final PointerPointer<FloatPointer> planes = new PointerPointer<>(1);
    private @Nullable SwrContext context;
    private FloatPointer buffer = new FloatPointer(1L);
    private int format;
    private int rateHz;

    MonoResampler() {
        av_channel_layout_default(mono, 1);
    }

    /** Whether a frame continues what this was set up for; if not, {@link #start} it. */
    boolean accepts(AVFrame frame) {
        return context != null
                && frame.format() == format
                && frame.sample_rate() == rateHz
                && frame.ch_layout().nb_channels() == source.nb_channels()
                && (frame.ch_layout().order() == AV_CHANNEL_ORDER_UNSPEC
                        || av_channel_layout_compare(frame.ch_layout(), source) == 0);
    }

    /** Sets up for the format of a frame; false when its channels cannot be mixed. */
    boolean start(AVFrame frame) {
        stop();
        format = frame.format();
        rateHz = frame.sample_rate();
        if (frame.ch_layout().order() == AV_CHANNEL_ORDER_UNSPEC) {
            av_channel_layout_uninit(source);
            av_channel_layout_default(source, frame.ch_layout().nb_channels());
        } else {
            av_channel_layout_copy(source, frame.ch_layout());
        }
        SwrContext fresh = new SwrContext(null);
        int made =
                swr_alloc_set_opts2(
                        fresh,
                        mono,
                        AV_SAMPLE_FMT_FLT,
                        Audio.SAMPLE_RATE_HZ,
                        source,
                        format,
                        rateHz,
                        0,
                        (Pointer) null);
        if (made < 0 || rateHz < 1) {
            return false;
        }
        // Without it two equal channels would come out √2 louder than one.
        av_opt_set_double(fresh, "rematrix_maxval", 1.0, 0);
        if (swr_init(fresh) < 0) {
            swr_free(fresh);
            return false;
        }
        context = fresh;
        return true;
    }

    /** Samples put in but not yet out, at 16 kHz. */
    long delay() {
        return context == null ? 0 : swr_get_delay(context, Audio.SAMPLE_RATE_HZ);
    }

    /** Converts a frame that {@link #accepts} holds for. */
    float[] convert(AVFrame frame) {
        return run(frame.extended_data(), frame.nb_samples());
    }

    /** What is still inside; afterwards {@link #start} is needed. */
    float[] finish() {
        float[] rest = run(null, 0);
        stop();
        return rest;
    }

    private float[] run(@Nullable PointerPointer<?> in, int count) {
        SwrContext swr = context;
        if (swr == null) {
            return NONE;
        }
        int room = swr_get_out_samples(swr, count) + 64;
        if (buffer.capacity() < room) {
            buffer.close();
            buffer = new FloatPointer((long) room);
        }
        planes.put(0, buffer);
        int made = swr_convert(swr, planes, room, in, count);
        if (made <= 0) {
            return NONE;
        }
        float[] out = new float[made];
        buffer.get(out);
        return out;
    }

    private void stop() {
        if (context != null) {
            swr_free(context);
            context = null;
        }
    }

    @Override
    public void close() {
        stop();
        planes.close();
        buffer.close();
        av_channel_layout_uninit(source);
        source.close();
        mono.close();
    }
}
