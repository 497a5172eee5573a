package javigate.media;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_VP8;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_DATA_DISPLAYMATRIX;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_CORRUPT;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_DISCARD;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_KEY;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_side_data_get;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avformat.av_guess_frame_rate;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.av_display_rotation_get;

import java.nio.file.Path;
import java.util.Arrays;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.javacpp.IntPointer;

/**
 * When each picture of a video stream is shown, from its packets; nothing is decoded.
 *
 * @param stream number of the video stream
 * @param pts presentation times in order, in units of the stream, N
 * @param keyPts those of the key frames, in order
 * @param timesUs the same as {@code pts} in microseconds after the first picture, N
 * @param timed whether every packet has a presentation time; without, {@code pts} holds decoding
 *     times, good for counting only
 * @param seeksExactly whether the container leads to key frames exactly
 * @param announcedRate frames per second by the header, 0 when it says nothing
 * @param unreadable packets the header announces that are not there or flagged corrupt
 * @param info for people
 */
record PictureIndex(
        int stream,
        long[] pts,
        long[] keyPts,
        long[] timesUs,
        boolean timed,
        boolean seeksExactly,
        double announcedRate,
        long unreadable,
        VideoInfo info) {

    /** Microseconds from the zero of the container's clock to the first picture. */
    long originUs(AVRational timeBase) {
        return toUs(pts[0], timeBase);
    }

    /**
     * The last key frame at or before a time in units of the stream; the first if there is none.
     */
    long keyAtOrBefore(long time) {
        int at = Arrays.binarySearch(keyPts, time);
        int floor = at >= 0 ? at : -at - 2;
        return floor < 0 ? pts[0] : keyPts[floor];
    }

    static long toUs(long time, AVRational timeBase) {
        return Math.round(time * 1e6 * timeBase.num() / timeBase.den());
    }

    /**
     * Reads every packet of the best video stream.
     *
     * @throws MediaException if the file cannot be opened, has no video or not one picture
     */
    static PictureIndex scan(Path file) throws MediaException {
        try (MediaInput input = MediaInput.open(file)) {
            int stream = input.videoStream();
            AVCodecParameters parameters = input.stream(stream).codecpar();
            int width = parameters.width();
            int height = parameters.height();
            if (!PictureConverter.fits(width, height)) {
                throw new MediaException(
                        "%s: pictures of %dx%d pixels; 1 to %d per side and at most %d are read"
                                .formatted(
                                        file,
                                        width,
                                        height,
                                        PictureConverter.MAX_SIDE,
                                        PictureConverter.MAX_PIXELS));
            }
            int audio = input.audioStream(stream);
            String audioCodec = audio < 0 ? "" : input.codecName(audio);
            input.readOnly(stream);
            Packets packets = Packets.of(input, stream);
            if (packets.count == 0) {
                throw new MediaException(
                        "%s: its header promises %s video but it holds no picture; copy it again"
                                .formatted(file, input.codecName(stream)));
            }
            return of(input, stream, packets, audioCodec);
        }
    }

    private static PictureIndex of(
            MediaInput input, int stream, Packets packets, String audioCodec) {
        AVStream video = input.stream(stream);
        long[] pts = packets.sortedTimes();
        long[] timesUs = new long[pts.length];
        for (int i = 0; i < pts.length; i++) {
            timesUs[i] = Math.max(0, toUs(pts[i] - pts[0], video.time_base()));
        }
        AVRational guess = av_guess_frame_rate(input.context(), video, null);
        double announced = guess.den() > 0 ? guess.num() / (double) guess.den() : 0;
        long lastUs = timesUs[timesUs.length - 1];
        double meanUs = pts.length > 1 ? lastUs / (double) (pts.length - 1) : 0;
        double lastFor =
                packets.lastDuration > 0 ? toUs(packets.lastDuration, video.time_base()) : meanUs;
        double durationUs = Math.max(1000, lastUs + (lastFor > 0 ? lastFor : 40_000));
        int rotation = rotation(video.codecpar());
        boolean turned = rotation % 180 != 0;
        VideoInfo info =
                new VideoInfo(
                        Math.round(durationUs / 1000),
                        pts.length,
                        FrameSampling.constantRate(timesUs, announced)
                                .orElse(pts.length * 1e6 / durationUs),
                        turned ? video.codecpar().height() : video.codecpar().width(),
                        turned ? video.codecpar().width() : video.codecpar().height(),
                        rotation,
                        input.codecName(stream),
                        audioCodec);
        long missing = Math.max(0, video.nb_frames() - packets.read) + packets.corrupt;
        return new PictureIndex(
                stream,
                pts,
                packets.sortedKeys(),
                timesUs,
                packets.timed,
                input.seeksExactly(),
                announced,
                input.damaged() ? Math.max(1, missing) : missing,
                info);
    }

    /** Clockwise turn that makes the pictures upright, from the display matrix. */
    private static int rotation(AVCodecParameters parameters) {
        if (parameters.nb_coded_side_data() == 0) {
            return 0;
        }
        AVPacketSideData matrix =
                av_packet_side_data_get(
                        parameters.coded_side_data(),
                        parameters.nb_coded_side_data(),
                        AV_PKT_DATA_DISPLAYMATRIX);
        if (matrix == null || matrix.isNull() || matrix.size() < 36) {
            return 0;
        }
        double counterClockwise = av_display_rotation_get(new IntPointer(matrix.data()));
        if (Double.isNaN(counterClockwise)) {
            return 0;
        }
        // Only quarter turns: anything between has no upright rectangle.
        long quarters = Math.round(-counterClockwise / 90);
        boolean square = Math.abs(-counterClockwise - quarters * 90) < 1;
        return square ? (int) Math.floorMod(quarters * 90, 360L) : 0;
    }

    /** What one pass over the packets yields. */
    private static final class Packets {
        private long[] times = new long[1024];
        private long[] decodingTimes = new long[1024];
        private long[] keys = new long[64];
        private int count;
        private int keyCount;
        private long read;
        private long corrupt;
        private long lastTime = Long.MIN_VALUE;
        private long lastDuration;
        private boolean timed = true;

        static Packets of(MediaInput input, int stream) {
            Packets packets = new Packets();
            boolean vp8 = input.stream(stream).codecpar().codec_id() == AV_CODEC_ID_VP8;
            AVPacket packet = av_packet_alloc();
            while (input.read(stream, packet)) {
                packets.add(packet, vp8);
                av_packet_unref(packet);
            }
            av_packet_free(packet);
            return packets;
        }

        private void add(AVPacket packet, boolean vp8) {
            read++;
            if ((packet.flags() & AV_PKT_FLAG_CORRUPT) != 0) {
                corrupt++;
                return;
            }
            // VP8 stores pictures that are only referred to; bit 4 of the header says "shown".
            boolean hidden = vp8 && packet.size() > 0 && (packet.data().get() & 0x10) == 0;
            if ((packet.flags() & AV_PKT_FLAG_DISCARD) != 0 || hidden || packet.size() == 0) {
                return;
            }
            long time = packet.pts();
            timed &= time != AV_NOPTS_VALUE;
            if (count == times.length) {
                times = Arrays.copyOf(times, 2 * count);
                decodingTimes = Arrays.copyOf(decodingTimes, 2 * count);
            }
            times[count] = time;
            long previous = count > 0 ? decodingTimes[count - 1] : -1;
            decodingTimes[count] = packet.dts() == AV_NOPTS_VALUE ? previous + 1 : packet.dts();
            count++;
            if (time >= lastTime) {
                lastTime = time;
                lastDuration = packet.duration();
            }
            if ((packet.flags() & AV_PKT_FLAG_KEY) != 0) {
                if (keyCount == keys.length) {
                    keys = Arrays.copyOf(keys, 2 * keyCount);
                }
                keys[keyCount++] = time;
            }
        }

        long[] sortedTimes() {
            // Times of both kinds in one list could meet and hide a picture.
            return Arrays.stream(timed ? times : decodingTimes, 0, count)
                    .sorted()
                    .distinct()
                    .toArray();
        }

        long[] sortedKeys() {
            return Arrays.stream(keys, 0, keyCount).sorted().distinct().toArray();
        }
    }
}
