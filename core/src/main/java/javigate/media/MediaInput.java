package javigate.media;

import static org.bytedeco.ffmpeg.global.avcodec.AVDISCARD_ALL;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avformat.AVSEEK_FLAG_BACKWARD;
import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_ATTACHED_PIC;
import static org.bytedeco.ffmpeg.global.avformat.av_find_best_stream;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_seek_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.AV_TIME_BASE;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.av_strerror;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;

/**
 * An open file, read packet by packet. Only local files are opened and only by formats that hold
 * video or sound themselves: playlists, which could name other files, are refused.
 */
final class MediaInput implements AutoCloseable {

    private static final String FORMATS =
            "aac,ac3,aiff,asf,av1,avi,caf,dv,flac,flv,gif,h264,hevc,ivf,m4v,matroska,webm,mov,mp4,"
                    + "mp3,mpeg,mpegts,mpegvideo,mxf,nut,obu,ogg,rm,vvc,w64,wav,yuv4mpegpipe";

    /** Containers whose index leads to the wanted key frame exactly. */
    private static final Set<String> EXACT_SEEK = Set.of("mov", "mp4", "matroska", "webm");

    static {
        av_log_set_level(AV_LOG_QUIET);
    }

    private final Path file;
    private final AVFormatContext context;
    private boolean damaged;

    private MediaInput(Path file, AVFormatContext context) {
        this.file = file;
        this.context = context;
    }

    /**
     * Opens a file and reads what its headers tell.
     *
     * @throws MediaException if it is missing, a folder, empty, or of no known format
     */
    static MediaInput open(Path file) throws MediaException {
        requireContent(file);
        AVFormatContext context = new AVFormatContext(null);
        AVDictionary options = new AVDictionary(null);
        av_dict_set(options, "protocol_whitelist", "file", 0);
        av_dict_set(options, "format_whitelist", FORMATS, 0);
        // The prefix keeps names such as "concat:a" from being taken for a protocol.
        int opened = avformat_open_input(context, "file:" + file.toAbsolutePath(), null, options);
        av_dict_free(options);
        if (opened < 0) {
            throw new MediaException(
                    "%s: not a video or of an unknown format (%s); convert it to mp4 or webm"
                            .formatted(file, error(opened)));
        }
        MediaInput input = new MediaInput(file, context);
        int found = avformat_find_stream_info(context, (AVDictionary) null);
        if (found < 0) {
            input.close();
            throw new MediaException(
                    "%s: its streams cannot be read (%s); the file is damaged"
                            .formatted(file, error(found)));
        }
        return input;
    }

    private static void requireContent(Path file) throws MediaException {
        if (!Files.exists(file)) {
            throw new MediaException(file + ": no such file; check the path");
        }
        if (!Files.isRegularFile(file)) {
            throw new MediaException(file + ": not a file but a folder or device; name a video");
        }
        try {
            if (Files.size(file) == 0) {
                throw new MediaException(file + ": the file is empty (0 bytes); copy it again");
            }
        } catch (MediaException e) {
            throw e;
        } catch (IOException e) {
            throw new MediaException(file + ": cannot be read (" + e.getMessage() + ")");
        }
        if (!Files.isReadable(file)) {
            throw new MediaException(file + ": no permission to read it; change its mode");
        }
    }

    /**
     * The best video stream that is not a cover picture.
     *
     * @throws MediaException if there is none
     */
    int videoStream() throws MediaException {
        int best = av_find_best_stream(context, AVMEDIA_TYPE_VIDEO, -1, -1, (AVCodec) null, 0);
        if (best >= 0 && (stream(best).disposition() & AV_DISPOSITION_ATTACHED_PIC) == 0) {
            return best;
        }
        int audio = audioStream(-1);
        String holds = "no sound either";
        if (audio >= 0) {
            holds = "only audio (" + codecName(audio) + seconds() + ")";
        }
        throw new MediaException(
                "%s: no video stream, %s; a clip needs at least one picture"
                        .formatted(file, holds));
    }

    /** The best audio stream to go with a video stream, negative when there is none. */
    int audioStream(int videoStream) {
        return av_find_best_stream(context, AVMEDIA_TYPE_AUDIO, -1, videoStream, (AVCodec) null, 0);
    }

    AVStream stream(int index) {
        return context.streams(index);
    }

    AVFormatContext context() {
        return context;
    }

    /** FFmpeg's short name of a stream's codec, for example {@code h264}. */
    String codecName(int stream) {
        return avcodec_get_name(stream(stream).codecpar().codec_id()).getString();
    }

    /** Whether {@link #seek} lands on the key frame asked for. */
    boolean seeksExactly() {
        for (String name : context.iformat().name().getString().split(",", -1)) {
            if (EXACT_SEEK.contains(name)) {
                return true;
            }
        }
        return false;
    }

    /** From here on reads packets of one stream only. */
    void readOnly(int stream) {
        for (int i = 0; i < context.nb_streams(); i++) {
            if (i != stream) {
                stream(i).discard(AVDISCARD_ALL);
            }
        }
    }

    /**
     * Reads the next packet of a stream.
     *
     * @return false at the end, also when the rest cannot be read ({@link #damaged})
     */
    boolean read(int stream, AVPacket packet) {
        while (true) {
            int result = av_read_frame(context, packet);
            if (result < 0) {
                damaged |= result != AVERROR_EOF;
                return false;
            }
            if (packet.stream_index() == stream) {
                return true;
            }
            av_packet_unref(packet);
        }
    }

    /** Goes to the last key frame at or before a time in the stream's units; false on failure. */
    boolean seek(int stream, long timestamp) {
        return av_seek_frame(context, stream, timestamp, AVSEEK_FLAG_BACKWARD) >= 0;
    }

    /** Whether reading ended with an error rather than at the end of the file. */
    boolean damaged() {
        return damaged;
    }

    Path file() {
        return file;
    }

    static String error(int code) {
        byte[] text = new byte[128];
        av_strerror(code, text, text.length);
        int end = 0;
        while (end < text.length && text[end] != 0) {
            end++;
        }
        return new String(text, 0, end, StandardCharsets.UTF_8);
    }

    private String seconds() {
        return context.duration() <= 0
                ? ""
                : String.format(
                        Locale.ROOT, ", %.1f s", context.duration() / (double) AV_TIME_BASE);
    }

    @Override
    public void close() {
        avformat_close_input(context);
    }
}
