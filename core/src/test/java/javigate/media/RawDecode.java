package javigate.media;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avformat.*;
import static org.bytedeco.ffmpeg.global.avutil.*;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.api.Assertions;

/**
 * Decodes whole files with the plain FFmpeg API, to check a writer without this project's reader.
 */
public final class RawDecode {

    /**
     * What a file holds.
     *
     * @param luma the Y plane of each picture, rows without padding
     * @param samples of the audio track, mono; empty without one
     * @param sampleRateHz 0 without an audio track
     */
    public record Content(List<byte[]> luma, List<Float> samples, int sampleRateHz) {
        public float peak() {
            float peak = 0;
            for (float sample : samples) {
                peak = Math.max(peak, Math.abs(sample));
            }
            return peak;
        }
    }

    private RawDecode() {}

    public static Content of(Path file) {
        List<byte[]> luma = new ArrayList<>();
        List<Float> samples = new ArrayList<>();
        int rate = 0;
        AVFormatContext format = new AVFormatContext(null);
        check(
                avformat_open_input(
                        format, file.toString(), (AVInputFormat) null, (AVDictionary) null));
        check(avformat_find_stream_info(format, (AVDictionary) null));
        List<AVCodecContext> codecs = new ArrayList<>();
        for (int i = 0; i < format.nb_streams(); i++) {
            var parameters = format.streams(i).codecpar();
            AVCodecContext codec =
                    avcodec_alloc_context3(avcodec_find_decoder(parameters.codec_id()));
            check(avcodec_parameters_to_context(codec, parameters));
            check(avcodec_open2(codec, codec.codec(), (AVDictionary) null));
            codecs.add(codec);
            rate = Math.max(rate, parameters.sample_rate());
        }
        AVPacket packet = av_packet_alloc();
        AVFrame frame = av_frame_alloc();
        while (av_read_frame(format, packet) >= 0) {
            AVCodecContext codec = codecs.get(packet.stream_index());
            check(avcodec_send_packet(codec, packet));
            drain(codec, frame, luma, samples);
            av_packet_unref(packet);
        }
        for (AVCodecContext codec : codecs) {
            check(avcodec_send_packet(codec, null));
            drain(codec, frame, luma, samples);
            avcodec_free_context(codec);
        }
        av_packet_free(packet);
        av_frame_free(frame);
        avformat_close_input(format);
        return new Content(luma, samples, rate);
    }

    /** Names of the top-level boxes of an mp4 file, in order. */
    public static List<String> boxes(Path file) throws java.io.IOException {
        var bytes = java.nio.ByteBuffer.wrap(Files.readAllBytes(file));
        List<String> names = new ArrayList<>();
        int at = 0;
        while (at < bytes.capacity()) {
            names.add(new String(bytes.array(), at + 4, 4, StandardCharsets.US_ASCII));
            at += bytes.getInt(at);
        }
        return names;
    }

    private static void drain(
            AVCodecContext codec, AVFrame frame, List<byte[]> luma, List<Float> samples) {
        while (avcodec_receive_frame(codec, frame) >= 0) {
            if (codec.codec_type() == AVMEDIA_TYPE_VIDEO) {
                byte[] plane = new byte[frame.width() * frame.height()];
                BytePointer rows = frame.data(0);
                for (int y = 0; y < frame.height(); y++) {
                    rows.position((long) y * frame.linesize(0))
                            .get(plane, y * frame.width(), frame.width());
                }
                luma.add(plane);
            } else {
                float[] values = new float[frame.nb_samples()];
                new FloatPointer(frame.data(0)).get(values);
                for (float value : values) {
                    samples.add(value);
                }
            }
        }
    }

    private static void check(int code) {
        Assertions.assertTrue(code >= 0, "FFmpeg code " + code);
    }
}
