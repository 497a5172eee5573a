package javigate.media;

import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;

/**
 * Decodes the sound of a part of a file. Sample i of the result is heard {@code startMs + i/16} ms
 * after the first picture is seen; gaps in the track are zeros, the result ends with the track.
 */
final class SoundReader {

    /** Longest sound of one clip: an hour, 230 MB. */
    static final int MAX_SAMPLES = 3600 * Audio.SAMPLE_RATE_HZ;

    /** A jump of the track's clock above this is a gap; below, rounding of the container. */
    private static final long MAX_DRIFT_SAMPLES = Audio.SAMPLE_RATE_HZ / 20;

    /** Decoding starts this much early, because codecs need some packets to settle. */
    private static final long PRE_ROLL_US = 500_000;

    /**
     * A clip's sound.
     *
     * @param notes what was lost
     */
    record Sound(Audio audio, List<String> notes) {}

    private final Path file;
    private final ClipRequest request;
    private final int limit;
    private float[] samples = new float[Audio.SAMPLE_RATE_HZ];
    private int begin = Integer.MAX_VALUE;
    private int end;
    private long position;
    private int errors;
    private boolean reachedLimit;

    private SoundReader(Path file, ClipRequest request) {
        this.file = file;
        this.request = request;
        long lengthMs = Math.min(request.endMs() - request.startMs(), Integer.MAX_VALUE);
        this.limit = (int) Math.min(lengthMs * Audio.SAMPLE_RATE_HZ / 1000, MAX_SAMPLES);
    }

    /**
     * Decodes the best audio track between the request's times.
     *
     * @throws MediaException if the file cannot be opened; a track that cannot be decoded is {@link
     *     Audio.Absent}
     */
    static Sound read(Path file, PictureIndex index, ClipRequest request) throws MediaException {
        if (index.info().audioCodec().isEmpty()) {
            return new Sound(new Audio.Absent("no audio track"), List.of());
        }
        long fromUs = request.startMs() * 1000 - PRE_ROLL_US;
        boolean seek = index.seeksExactly() && index.timed() && fromUs > 0;
        SoundReader reader = new SoundReader(file, request);
        String fault = reader.decode(index, seek);
        if (seek && reader.begin > 0) {
            // The jump may have landed too late; only the way from the start can tell.
            reader = new SoundReader(file, request);
            fault = reader.decode(index, false);
        }
        return reader.result(fault);
    }

    /**
     * Decodes a file of sound alone, such as a WAV; its clock is its own.
     *
     * @throws MediaException if the file cannot be opened or holds no sound
     */
    static Sound readAlone(Path file, long startMs, long endMs) throws MediaException {
        SoundReader reader = new SoundReader(file, new ClipRequest(startMs, endMs, 1, 1));
        try (MediaInput input = MediaInput.open(file)) {
            int stream = input.audioStream(-1);
            if (stream < 0) {
                throw new MediaException(file + ": no audio stream; a sound file needs one");
            }
            try (StreamDecoder decoder = StreamDecoder.open(input, stream);
                    MonoResampler resampler = new MonoResampler()) {
                AVRational base = input.stream(stream).time_base();
                return reader.result(reader.decode(decoder, resampler, base, 0));
            }
        }
    }

    /** Fills {@link #samples}; returns why it could not, empty when all went well. */
    private String decode(PictureIndex index, boolean seek) throws MediaException {
        try (MediaInput input = MediaInput.open(file)) {
            AVRational videoBase = input.stream(index.stream()).time_base();
            int stream = input.audioStream(index.stream());
            try (StreamDecoder decoder = StreamDecoder.open(input, stream);
                    MonoResampler resampler = new MonoResampler()) {
                if (seek) {
                    double fromUs = request.startMs() * 1e3 - PRE_ROLL_US;
                    long units = Math.round(fromUs * videoBase.den() / videoBase.num() / 1e6);
                    decoder.seek(index.stream(), index.keyAtOrBefore(index.pts()[0] + units));
                }
                AVRational base = input.stream(stream).time_base();
                return decode(decoder, resampler, base, index.originUs(videoBase));
            } catch (MediaException e) {
                return "the audio track cannot be decoded (" + input.codecName(stream) + ")";
            }
        }
    }

    private String decode(
            StreamDecoder decoder, MonoResampler resampler, AVRational base, long originUs) {
        while (decoder.next()) {
            AVFrame frame = decoder.frame();
            long heardAt = position + resampler.delay();
            if (frame.best_effort_timestamp() != AV_NOPTS_VALUE) {
                long timeUs = PictureIndex.toUs(frame.best_effort_timestamp(), base) - originUs;
                heardAt =
                        Math.round((timeUs - request.startMs() * 1e3) * Audio.SAMPLE_RATE_HZ / 1e6);
            }
            if (heardAt >= limit) {
                reachedLimit = true;
                break;
            }
            boolean jump = Math.abs(heardAt - position - resampler.delay()) > MAX_DRIFT_SAMPLES;
            if (jump || !resampler.accepts(frame)) {
                write(resampler.finish());
                position = heardAt;
                if (!resampler.start(frame)) {
                    return frame.ch_layout().nb_channels()
                            + " channels of sound in an unknown order cannot be mixed";
                }
            }
            write(resampler.convert(frame));
        }
        write(resampler.finish());
        errors = decoder.errors();
        return "";
    }

    /** Puts samples at {@link #position} and moves it on; what is outside the part is dropped. */
    private void write(float[] chunk) {
        int from = Math.clamp(-position, 0, chunk.length);
        int to = Math.clamp(limit - position, 0, chunk.length);
        if (from < to) {
            int at = (int) (position + from);
            int until = at + to - from;
            if (until > samples.length) {
                samples = Arrays.copyOf(samples, Math.max(until, Math.min(limit, until * 3 / 2)));
            }
            System.arraycopy(chunk, from, samples, at, to - from);
            begin = Math.min(begin, at);
            end = Math.max(end, until);
        }
        position += chunk.length;
    }

    private Sound result(String fault) {
        List<String> notes = new ArrayList<>();
        int length = Math.max(0, end - Math.min(begin, end));
        if (errors > 0) {
            notes.add(errors + " packets of sound could not be decoded");
        }
        if (reachedLimit && limit == MAX_SAMPLES) {
            notes.add("the sound after the first hour of the part is left out");
        }
        if (length < Audio.MIN_SAMPLES) {
            String reason =
                    !fault.isEmpty()
                            ? fault
                            : length == 0
                                    ? "the audio track holds no sound in this part"
                                    : String.format(
                                            Locale.ROOT,
                                            "%.1f ms of sound, under one 25 ms window",
                                            length * 1000.0 / Audio.SAMPLE_RATE_HZ);
            return new Sound(new Audio.Absent(reason), notes);
        }
        if (!fault.isEmpty()) {
            notes.add("the sound breaks off: " + fault);
        }
        int broken = 0;
        boolean silent = true;
        float[] sound = Arrays.copyOf(samples, end);
        for (int i = 0; i < end; i++) {
            if (!Float.isFinite(sound[i])) {
                sound[i] = 0;
                broken++;
            }
            silent &= sound[i] == 0;
        }
        if (broken > 0) {
            notes.add(broken + " samples of sound were no numbers and are taken as 0");
        }
        return new Sound(silent ? new Audio.Silent(end) : new Audio.Waveform(sound), notes);
    }
}
