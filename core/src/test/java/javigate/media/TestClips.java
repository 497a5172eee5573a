package javigate.media;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_FRAME_DURATION;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_GLOBAL_HEADER;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_rescale_ts;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_from_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_frame;
import static org.bytedeco.ffmpeg.global.avformat.AVFMT_GLOBALHEADER;
import static org.bytedeco.ffmpeg.global.avformat.AVIO_FLAG_WRITE;
import static org.bytedeco.ffmpeg.global.avformat.av_interleaved_write_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_write_trailer;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_output_context2;
import static org.bytedeco.ffmpeg.global.avformat.avformat_free_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_new_stream;
import static org.bytedeco.ffmpeg.global.avformat.avformat_write_header;
import static org.bytedeco.ffmpeg.global.avformat.avio_closep;
import static org.bytedeco.ffmpeg.global.avformat.avio_open;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_FLTP;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_S16;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_default;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_make_writable;
import static org.bytedeco.ffmpeg.global.avutil.av_make_q;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.LongStream;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.ShortPointer;
import org.jspecify.annotations.Nullable;

/**
 * Writes small videos each of whose pictures carries its own number in blocks of light and dark.
 */
final class TestClips {

    /** Blocks across and down; together the bits of a picture's number. */
    static final int COLUMNS = 4;

    static final int ROWS = 3;

    private TestClips() {}

    /**
     * Pictures of a clip.
     *
     * @param codec FFmpeg's name of the encoder
     * @param unitsPerSecond of {@code times}
     * @param times when each picture is shown
     * @param gop most pictures between key frames
     */
    record Pictures(
            String codec,
            int width,
            int height,
            int unitsPerSecond,
            long[] times,
            int gop,
            int bFrames) {

        static Pictures constant(String codec, int width, int height, int fps, int count) {
            int bFrames = codec.equals("mpeg4") ? 2 : 0;
            long[] times = LongStream.range(0, count).toArray();
            return new Pictures(codec, width, height, fps, times, 12, bFrames);
        }

        Pictures withGop(int pictures) {
            return new Pictures(codec, width, height, unitsPerSecond, times, pictures, bFrames);
        }

        Pictures at(int newUnitsPerSecond, long... newTimes) {
            return new Pictures(codec, width, height, newUnitsPerSecond, newTimes, gop, bFrames);
        }

        long durationOf(int picture) {
            int last = times.length - 1;
            int from = picture < last ? picture : Math.max(0, last - 1);
            return last == 0 ? 1 : times[from + 1] - times[from];
        }

        long[] timesUs() {
            return LongStream.of(times)
                    .map(t -> Math.round((t - times[0]) * 1e6 / unitsPerSecond))
                    .toArray();
        }
    }

    /**
     * Sound of a clip: a tone of 440 Hz on both channels.
     *
     * @param codec {@code aac} or {@code pcm_s16le}
     * @param amplitude at a time in seconds
     */
    record Tone(String codec, int rateHz, double seconds, DoubleUnaryOperator amplitude) {}

    /** Writes a file in the container its name tells; either part may be missing. */
    static Path write(Path file, @Nullable Pictures pictures, @Nullable Tone tone) {
        AVFormatContext context = new AVFormatContext(null);
        check(avformat_alloc_output_context2(context, null, null, file.toString()));
        AVCodecContext video = pictures == null ? null : videoEncoder(context, pictures);
        AVCodecContext audio = tone == null ? null : audioEncoder(context, tone);
        AVIOContext io = new AVIOContext(null);
        check(avio_open(io, file.toString(), AVIO_FLAG_WRITE));
        context.pb(io);
        AVDictionary options = new AVDictionary(null);
        av_dict_set(options, "movflags", "+faststart", 0);
        check(avformat_write_header(context, options));
        av_dict_free(options);
        if (video != null && pictures != null) {
            encode(context, video, 0, pictures);
            avcodec_free_context(video);
        }
        if (audio != null && tone != null) {
            encode(context, audio, video == null ? 0 : 1, tone);
            avcodec_free_context(audio);
        }
        check(av_write_trailer(context));
        avio_closep(io);
        avformat_free_context(context);
        return file;
    }

    /** The number in a picture, read at the middle of each block; turned pictures do not count. */
    static int number(RgbImage image) {
        int number = 0;
        for (int bit = 0; bit < COLUMNS * ROWS; bit++) {
            int x = (2 * (bit % COLUMNS) + 1) * image.width() / (2 * COLUMNS);
            int y = (2 * (bit / COLUMNS) + 1) * image.height() / (2 * ROWS);
            if ((image.rgb()[(y * image.width() + x) * 3 + 1] & 0xff) > 128) {
                number |= 1 << bit;
            }
        }
        return number;
    }

    /** Sets the display matrix of the first track of an mp4. */
    static void setRotation(Path mp4, int clockwiseDegrees) throws Exception {
        byte[] bytes = Files.readAllBytes(mp4);
        int tag = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("tkhd");
        int cos = (int) Math.round(Math.cos(Math.toRadians(clockwiseDegrees))) << 16;
        int sin = (int) Math.round(Math.sin(Math.toRadians(clockwiseDegrees))) << 16;
        ByteBuffer matrix = ByteBuffer.wrap(bytes).position(tag + 4 + 40);
        matrix.putInt(cos).putInt(sin).putInt(0).putInt(-sin).putInt(cos).putInt(0);
        Files.write(mp4, bytes);
    }

    private static AVCodecContext videoEncoder(AVFormatContext context, Pictures pictures) {
        AVCodec codec = avcodec_find_encoder_by_name(pictures.codec());
        AVCodecContext encoder = avcodec_alloc_context3(codec);
        encoder.width(pictures.width());
        encoder.height(pictures.height());
        encoder.pix_fmt(AV_PIX_FMT_YUV420P);
        encoder.time_base(av_make_q(1, pictures.unitsPerSecond()));
        encoder.framerate(av_make_q(pictures.unitsPerSecond(), 1));
        encoder.gop_size(pictures.gop());
        encoder.max_b_frames(pictures.bFrames());
        encoder.bit_rate(2_000_000);
        encoder.thread_count(1);
        // Without durations the mp4 writer's edit list would cut off the last picture.
        encoder.flags(encoder.flags() | AV_CODEC_FLAG_FRAME_DURATION);
        return open(context, codec, encoder);
    }

    private static AVCodecContext audioEncoder(AVFormatContext context, Tone tone) {
        AVCodec codec = avcodec_find_encoder_by_name(tone.codec());
        AVCodecContext encoder = avcodec_alloc_context3(codec);
        boolean floats = tone.codec().equals("aac");
        encoder.sample_fmt(floats ? AV_SAMPLE_FMT_FLTP : AV_SAMPLE_FMT_S16);
        encoder.sample_rate(tone.rateHz());
        encoder.time_base(av_make_q(1, tone.rateHz()));
        encoder.bit_rate(128_000);
        av_channel_layout_default(encoder.ch_layout(), 2);
        return open(context, codec, encoder);
    }

    private static AVCodecContext open(
            AVFormatContext context, AVCodec codec, AVCodecContext encoder) {
        if ((context.oformat().flags() & AVFMT_GLOBALHEADER) != 0) {
            encoder.flags(encoder.flags() | AV_CODEC_FLAG_GLOBAL_HEADER);
        }
        check(avcodec_open2(encoder, codec, (AVDictionary) null));
        AVStream stream = avformat_new_stream(context, null);
        stream.time_base(encoder.time_base());
        check(avcodec_parameters_from_context(stream.codecpar(), encoder));
        return encoder;
    }

    private static void encode(
            AVFormatContext context, AVCodecContext encoder, int stream, Pictures pictures) {
        AVFrame frame = av_frame_alloc();
        frame.format(AV_PIX_FMT_YUV420P);
        frame.width(pictures.width());
        frame.height(pictures.height());
        check(av_frame_get_buffer(frame, 0));
        for (int i = 0; i < pictures.times().length; i++) {
            check(av_frame_make_writable(frame));
            paint(frame, i);
            frame.pts(pictures.times()[i]);
            frame.duration(pictures.durationOf(i));
            send(context, encoder, stream, frame);
        }
        send(context, encoder, stream, null);
        av_frame_free(frame);
    }

    private static void paint(AVFrame frame, int number) {
        int width = frame.width();
        int height = frame.height();
        byte[] row = new byte[width];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int bit = y * ROWS / height * COLUMNS + x * COLUMNS / width;
                // The stripe moves, so that a stale column or row shows.
                int stripe = (x + y + 3 * number) % 16;
                row[x] = (byte) ((number >> bit & 1) == 1 ? 215 + stripe : 30 + stripe);
            }
            frame.data(0).position((long) y * frame.linesize(0)).put(row, 0, width);
        }
        for (int plane = 1; plane < 3; plane++) {
            BytePointer chroma = frame.data(plane);
            byte[] line = new byte[(width + 1) / 2];
            for (int y = 0; y < (height + 1) / 2; y++) {
                Arrays.fill(line, (byte) (100 + 20 * plane + y % 8));
                chroma.position((long) y * frame.linesize(plane)).put(line, 0, line.length);
            }
        }
    }

    private static void encode(
            AVFormatContext context, AVCodecContext encoder, int stream, Tone tone) {
        int chunk = encoder.frame_size() > 0 ? encoder.frame_size() : 1024;
        int total = (int) Math.round(tone.seconds() * tone.rateHz());
        for (int at = 0; at < total; at += chunk) {
            AVFrame frame = av_frame_alloc();
            frame.format(encoder.sample_fmt());
            frame.sample_rate(tone.rateHz());
            frame.nb_samples(Math.min(chunk, total - at));
            av_channel_layout_default(frame.ch_layout(), 2);
            check(av_frame_get_buffer(frame, 0));
            for (int i = 0; i < frame.nb_samples(); i++) {
                double t = (at + i) / (double) tone.rateHz();
                double v = tone.amplitude().applyAsDouble(t) * Math.sin(2 * Math.PI * 440 * t);
                for (int channel = 0; channel < 2; channel++) {
                    if (encoder.sample_fmt() == AV_SAMPLE_FMT_S16) {
                        new ShortPointer(frame.data(0)).put(2L * i + channel, (short) (v * 32767));
                    } else {
                        new FloatPointer(frame.data(channel)).put(i, (float) v);
                    }
                }
            }
            frame.pts(at);
            send(context, encoder, stream, frame);
            av_frame_free(frame);
        }
        send(context, encoder, stream, null);
    }

    private static void send(
            AVFormatContext context, AVCodecContext encoder, int stream, @Nullable AVFrame frame) {
        check(avcodec_send_frame(encoder, frame));
        AVPacket packet = av_packet_alloc();
        while (avcodec_receive_packet(encoder, packet) >= 0) {
            packet.stream_index(stream);
            if (packet.duration() == 0 && frame != null) {
                packet.duration(frame.duration());
            }
            av_packet_rescale_ts(packet, encoder.time_base(), context.streams(stream).time_base());
            check(av_interleaved_write_frame(context, packet));
        }
        av_packet_free(packet);
    }

    private static void check(int result) {
        if (result < 0) {
            throw new IllegalStateException(MediaInput.error(result));
        }
    }
}
