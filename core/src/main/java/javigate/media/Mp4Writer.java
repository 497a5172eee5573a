package javigate.media;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avformat.*;
import static org.bytedeco.ffmpeg.global.avutil.*;
import static org.bytedeco.ffmpeg.global.swscale.*;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;

/**
 * Writes an mp4 file that browsers play: H.264 (libopenh264, yuv420p) at a constant frame rate and,
 * if wanted, mono AAC, with the index in front of the data. The encoders run on the calling thread
 * alone, so the same input gives the same file.
 *
 * <p>The file is written beside its final place and moved there by {@link #finish}; closing without
 * finishing deletes it, so no half file ever has the final name. Write pictures and sound
 * alternately as they occur; a writer belongs to one thread.
 */
public final class Mp4Writer implements AutoCloseable {

    private static final int AUDIO_BITRATE = 64_000;
    private static final int AUDIO_FRAME_SAMPLES = 1024;
    private static final double KEY_FRAME_EVERY_S = 2;

    private final Path file;
    private final Path part;
    private final int width;
    private final int height;
    private final AVFormatContext format = new AVFormatContext(null);
    private final AVPacket packet = av_packet_alloc();
    private final AVFrame rgb = av_frame_alloc();
    private final AVFrame yuv = av_frame_alloc();
    private final AVFrame sound = av_frame_alloc();
    private @Nullable SwsContext scaler;
    private @Nullable Track video;
    private @Nullable Track audio;
    private long pictures;
    private long samples;
    private final float[] pending = new float[AUDIO_FRAME_SAMPLES];
    private int pendingCount;
    private boolean closed;

    private record Track(AVCodecContext codec, AVStream stream) {}

    /**
     * Opens the encoders and begins the file.
     *
     * @param file where the finished file will be; replaced if it exists, its folder must exist
     * @param width pixels, even, 16 to 4096
     * @param height pixels, even, 16 to 4096
     * @param framesPerSecond 1 to 120
     * @param sampleRateHz of the sound: 32000, 44100 or 48000; 0 for a file without an audio track
     * @param videoBitrate bits per second aimed at, at least 1000
     * @throws IllegalArgumentException if a number is outside these limits
     * @throws MediaException if the file cannot be created or an encoder is missing
     */
    public Mp4Writer(
            Path file,
            int width,
            int height,
            int framesPerSecond,
            int sampleRateHz,
            int videoBitrate)
            throws MediaException {
        checkLimits(width, height, framesPerSecond, sampleRateHz, videoBitrate);
        this.file = file;
        this.part = file.resolveSibling("." + file.getFileName() + ".part");
        this.width = width;
        this.height = height;
        av_log_set_level(AV_LOG_ERROR);
        boolean opened = false;
        try {
            check(
                    avformat_alloc_output_context2(format, null, "mp4", part.toString()),
                    "cannot prepare an mp4 file");
            video = openVideo(framesPerSecond, videoBitrate);
            audio = sampleRateHz == 0 ? null : openAudio(sampleRateHz);
            scaler =
                    sws_getContext(
                            width,
                            height,
                            AV_PIX_FMT_RGB24,
                            width,
                            height,
                            AV_PIX_FMT_YUV420P,
                            SWS_BICUBIC | SWS_ACCURATE_RND | SWS_BITEXACT,
                            null,
                            null,
                            (DoublePointer) null);
            allocatePicture(rgb, AV_PIX_FMT_RGB24);
            allocatePicture(yuv, AV_PIX_FMT_YUV420P);
            begin();
            opened = true;
        } finally {
            if (!opened) {
                close();
            }
        }
    }

    /**
     * Adds the next picture; the n-th is shown from n / framesPerSecond.
     *
     * @throws IllegalArgumentException if its size is not the file's
     * @throws MediaException if encoding or writing fails; the file is then lost
     */
    public void write(RgbImage image) throws MediaException {
        Track track = open(video);
        if (image.width() != width || image.height() != height) {
            throw new IllegalArgumentException(
                    "picture of %dx%d for %s of %dx%d"
                            .formatted(image.width(), image.height(), file, width, height));
        }
        int rowBytes = width * 3;
        try (BytePointer rows = rgb.data(0)) {
            for (int y = 0; y < height; y++) {
                rows.position((long) y * rgb.linesize(0)).put(image.rgb(), y * rowBytes, rowBytes);
            }
        }
        check(av_frame_make_writable(yuv), "out of memory");
        PointerPointer<?> source = rgb.data();
        check(
                sws_scale(scaler, source, rgb.linesize(), 0, height, yuv.data(), yuv.linesize()),
                "cannot convert a picture to yuv420p");
        yuv.pts(pictures++);
        encode(track, yuv);
    }

    /**
     * Adds sound after what was added before.
     *
     * @param mono any number of samples at the file's rate, nominally in −1..1
     * @throws IllegalStateException if the file has no audio track
     * @throws MediaException if encoding or writing fails; the file is then lost
     */
    public void writeAudio(float[] mono) throws MediaException {
        open(video);
        if (audio == null) {
            throw new IllegalStateException(file + " was opened without an audio track");
        }
        for (int from = 0; from < mono.length; ) {
            int count = Math.min(mono.length - from, pending.length - pendingCount);
            System.arraycopy(mono, from, pending, pendingCount, count);
            from += count;
            pendingCount += count;
            if (pendingCount == pending.length) {
                encodePending(audio);
            }
        }
    }

    /**
     * Completes the file and gives it its name.
     *
     * @throws MediaException if nothing was written or the disk refuses; nothing is left then
     */
    public void finish() throws MediaException {
        Track track = open(video);
        if (pictures == 0) {
            throw new MediaException(file + ": no picture was written; a clip needs at least one");
        }
        if (audio != null) {
            if (pendingCount > 0) {
                encodePending(audio);
            }
            encode(audio, null);
        }
        encode(track, null);
        check(av_write_trailer(format), "cannot complete the file");
        check(avio_closep(format.pb()), "cannot complete the file");
        format.pb(null);
        try {
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw failure(file + ": cannot move the finished clip there: " + e.getMessage(), e);
        }
        close();
    }

    /** Frees the encoders; deletes what was written unless {@link #finish} succeeded. */
    @Override
    public void close() throws MediaException {
        if (closed) {
            return;
        }
        closed = true;
        if (video != null) {
            avcodec_free_context(video.codec());
        }
        if (audio != null) {
            avcodec_free_context(audio.codec());
        }
        if (scaler != null) {
            sws_freeContext(scaler);
        }
        av_frame_free(rgb);
        av_frame_free(yuv);
        av_frame_free(sound);
        av_packet_free(packet);
        if (!format.isNull()) {
            if (format.pb() != null) {
                avio_closep(format.pb());
            }
            avformat_free_context(format);
        }
        try {
            Files.deleteIfExists(part);
        } catch (IOException e) {
            throw failure(part + ": cannot delete the unfinished clip: " + e.getMessage(), e);
        }
    }

    private Track openVideo(int framesPerSecond, int bitrate) throws MediaException {
        AVCodecContext codec = encoder("libopenh264");
        codec.width(width)
                .height(height)
                .pix_fmt(AV_PIX_FMT_YUV420P)
                .bit_rate(bitrate)
                .gop_size((int) Math.ceil(framesPerSecond * KEY_FRAME_EVERY_S))
                .max_b_frames(0)
                .thread_count(1)
                .color_range(AVCOL_RANGE_MPEG)
                .colorspace(AVCOL_SPC_SMPTE170M);
        codec.time_base().num(1).den(framesPerSecond);
        codec.framerate().num(framesPerSecond).den(1);
        return openTrack(codec, "H.264");
    }

    private Track openAudio(int sampleRateHz) throws MediaException {
        AVCodecContext codec = encoder("aac");
        codec.sample_fmt(AV_SAMPLE_FMT_FLTP)
                .sample_rate(sampleRateHz)
                .bit_rate(AUDIO_BITRATE)
                .thread_count(1);
        codec.time_base().num(1).den(sampleRateHz);
        av_channel_layout_default(codec.ch_layout(), 1);
        // The two-loop coder is several times slower and no better for synthetic sound.
        check(av_opt_set(codec.priv_data(), "aac_coder", "fast", 0), "no fast AAC coder");
        Track track = openTrack(codec, "AAC");
        if (codec.frame_size() != AUDIO_FRAME_SAMPLES) {
            throw new MediaException(file + ": AAC frames of " + codec.frame_size() + " samples");
        }
        return track;
    }

    private AVCodecContext encoder(String name) throws MediaException {
        AVCodec codec = avcodec_find_encoder_by_name(name);
        if (codec == null) {
            throw new MediaException(
                    file + ": this FFmpeg has no encoder " + name + "; use the bundled one");
        }
        AVCodecContext context = avcodec_alloc_context3(codec);
        context.flags(context.flags() | AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT);
        return context;
    }

    private Track openTrack(AVCodecContext codec, String what) throws MediaException {
        boolean opened = false;
        try {
            check(
                    avcodec_open2(codec, codec.codec(), (AVDictionary) null),
                    "cannot start the " + what + " encoder");
            AVStream stream = avformat_new_stream(format, null);
            check(avcodec_parameters_from_context(stream.codecpar(), codec), "out of memory");
            stream.time_base(codec.time_base());
            stream.avg_frame_rate(codec.framerate());
            opened = true;
            return new Track(codec, stream);
        } finally {
            if (!opened) {
                avcodec_free_context(codec);
            }
        }
    }

    private void allocatePicture(AVFrame frame, int pixelFormat) throws MediaException {
        frame.width(width).height(height).format(pixelFormat);
        check(av_frame_get_buffer(frame, 0), "out of memory");
    }

    private void begin() throws MediaException {
        AVIOContext io = new AVIOContext(null);
        check(avio_open(io, part.toString(), AVIO_FLAG_WRITE), "cannot be created");
        format.pb(io);
        format.flags(format.flags() | AVFormatContext.AVFMT_FLAG_BITEXACT);
        AVDictionary options = new AVDictionary(null);
        try {
            av_dict_set(options, "movflags", "+faststart", 0);
            check(avformat_write_header(format, options), "cannot begin the file");
        } finally {
            av_dict_free(options);
        }
    }

    private void encodePending(Track track) throws MediaException {
        av_frame_unref(sound);
        sound.format(AV_SAMPLE_FMT_FLTP).nb_samples(pendingCount);
        sound.sample_rate(track.codec().sample_rate());
        av_channel_layout_default(sound.ch_layout(), 1);
        check(av_frame_get_buffer(sound, 0), "out of memory");
        try (BytePointer bytes = sound.data(0);
                FloatPointer values = new FloatPointer(bytes)) {
            values.put(pending, 0, pendingCount);
        }
        sound.pts(samples);
        samples += pendingCount;
        pendingCount = 0;
        encode(track, sound);
    }

    /** Encodes a frame, or with null what the encoder still holds, and writes what comes out. */
    private void encode(Track track, @Nullable AVFrame frame) throws MediaException {
        check(avcodec_send_frame(track.codec(), frame), "cannot encode");
        while (true) {
            int code = avcodec_receive_packet(track.codec(), packet);
            if (code == AVERROR_EAGAIN() || code == AVERROR_EOF()) {
                return;
            }
            check(code, "cannot encode");
            AVRational from = track.codec().time_base();
            av_packet_rescale_ts(packet, from, track.stream().time_base());
            packet.stream_index(track.stream().index());
            check(av_interleaved_write_frame(format, packet), "cannot write");
        }
    }

    private Track open(@Nullable Track track) {
        if (closed || track == null) {
            throw new IllegalStateException(file + ": the writer is closed");
        }
        return track;
    }

    private void check(int code, String what) throws MediaException {
        if (code < 0) {
            byte[] text = new byte[AV_ERROR_MAX_STRING_SIZE];
            av_strerror(code, text, text.length);
            int length = 0;
            while (length < text.length && text[length] != 0) {
                length++;
            }
            String reason = new String(text, 0, length, StandardCharsets.UTF_8);
            throw new MediaException(file + ": " + what + ": " + reason);
        }
    }

    private static MediaException failure(String message, IOException cause) {
        MediaException failure = new MediaException(message);
        failure.initCause(cause);
        return failure;
    }

    private static void checkLimits(
            int width, int height, int framesPerSecond, int sampleRateHz, int videoBitrate) {
        if (width < 16 || height < 16 || width > 4096 || height > 4096) {
            throw new IllegalArgumentException(
                    "picture of " + width + "x" + height + "; sides may be 16 to 4096");
        }
        if (width % 2 != 0 || height % 2 != 0) {
            throw new IllegalArgumentException(
                    "picture of " + width + "x" + height + "; yuv420p needs even sides");
        }
        if (framesPerSecond < 1 || framesPerSecond > 120) {
            throw new IllegalArgumentException(framesPerSecond + " frames a second; 1 to 120");
        }
        if (sampleRateHz != 0
                && sampleRateHz != 32_000
                && sampleRateHz != 44_100
                && sampleRateHz != 48_000) {
            throw new IllegalArgumentException(
                    sampleRateHz + " Hz; sound may be 32000, 44100 or 48000 Hz, or 0 for none");
        }
        if (videoBitrate < 1000) {
            throw new IllegalArgumentException(videoBitrate + " bits a second; at least 1000");
        }
    }
}
