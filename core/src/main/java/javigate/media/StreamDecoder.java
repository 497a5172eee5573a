package javigate.media;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_flush_buffers;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;

import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/** Decodes one stream of an open file, frame by frame, and carries on after damaged packets. */
final class StreamDecoder implements AutoCloseable {

    /** Errors in a row while draining after which the decoder is given up. */
    private static final int MAX_DRAIN_ERRORS = 64;

    private final MediaInput input;
    private final int stream;
    private final AVCodecContext codec;
    private final AVPacket packet = av_packet_alloc();
    private final AVFrame frame = av_frame_alloc();
    private boolean draining;
    private boolean ended;
    private int errors;

    private StreamDecoder(MediaInput input, int stream, AVCodecContext codec) {
        this.input = input;
        this.stream = stream;
        this.codec = codec;
    }

    /**
     * Prepares a stream for decoding, on one thread: files in parallel beat threads in one file.
     *
     * @throws MediaException if there is no decoder or it refuses the stream
     */
    static StreamDecoder open(MediaInput input, int stream) throws MediaException {
        AVCodec decoder = avcodec_find_decoder(input.stream(stream).codecpar().codec_id());
        if (decoder == null || decoder.isNull()) {
            throw new MediaException(
                    "%s: no decoder for %s; convert it to H.264 or VP9"
                            .formatted(input.file(), input.codecName(stream)));
        }
        AVCodecContext codec = avcodec_alloc_context3(decoder);
        avcodec_parameters_to_context(codec, input.stream(stream).codecpar());
        codec.pkt_timebase(input.stream(stream).time_base());
        codec.thread_count(1);
        codec.max_pixels(PictureConverter.MAX_PIXELS);
        int opened = avcodec_open2(codec, decoder, (AVDictionary) null);
        if (opened < 0) {
            avcodec_free_context(codec);
            throw new MediaException(
                    "%s: the %s decoder refuses the stream (%s); the file is damaged"
                            .formatted(
                                    input.file(),
                                    input.codecName(stream),
                                    MediaInput.error(opened)));
        }
        input.readOnly(stream);
        return new StreamDecoder(input, stream, codec);
    }

    /** Decodes until there is a frame, which {@link #frame} then holds; false at the end. */
    boolean next() {
        return next(_ -> {});
    }

    /**
     * As {@link #next()}.
     *
     * @param beforeEach sees each packet before it is decoded
     */
    boolean next(Consumer<AVPacket> beforeEach) {
        int drainErrors = 0;
        while (!ended) {
            int received = avcodec_receive_frame(codec, frame);
            if (received >= 0) {
                return true;
            }
            if (received == AVERROR_EOF) {
                ended = true;
            } else if (received != AVERROR_EAGAIN()) {
                errors++;
            }
            if (draining) {
                ended |= ++drainErrors > MAX_DRAIN_ERRORS;
            } else {
                feed(beforeEach);
            }
        }
        return false;
    }

    private void feed(Consumer<AVPacket> beforeEach) {
        if (input.read(stream, packet)) {
            beforeEach.accept(packet);
            if (avcodec_send_packet(codec, packet) < 0) {
                errors++;
            }
            av_packet_unref(packet);
        } else {
            draining = true;
            avcodec_send_packet(codec, null);
        }
    }

    /**
     * Goes to the last key frame of a stream, this or another, at or before a time in that stream's
     * units; false on failure.
     */
    boolean seek(int byStream, long timestamp) {
        if (!input.seek(byStream, timestamp)) {
            return false;
        }
        avcodec_flush_buffers(codec);
        draining = false;
        ended = false;
        return true;
    }

    /** The frame last decoded; valid until the next call. */
    AVFrame frame() {
        return frame;
    }

    AVCodecContext codec() {
        return codec;
    }

    /** Packets that could not be decoded so far. */
    int errors() {
        return errors;
    }

    @Override
    public void close() {
        av_frame_free(frame);
        av_packet_free(packet);
        avcodec_free_context(codec);
    }
}
