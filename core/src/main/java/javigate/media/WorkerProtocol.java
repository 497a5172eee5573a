package javigate.media;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@link WorkerVideoReader} and {@link DecodeWorker} say to each other over the worker's
 * standard input and output. Everything of variable size carries its length first, and whoever
 * reads checks it against a limit before believing it: the worker may be in the hands of the file
 * it decodes.
 */
final class WorkerProtocol {

    /** First word of a worker: it has its decoders loaded and takes requests. */
    static final int READY = 0x4a564730;

    /** An answer follows. */
    static final int OK = 0;

    /** A message follows: the file cannot be used. */
    static final int REFUSED = 1;

    private static final int MAX_TEXT_BYTES = 1 << 16;
    private static final int MAX_NOTES = 64;
    private static final int MAX_CUTS = 1 << 17;
    private static final int CHUNK_FLOATS = 1 << 14;

    private WorkerProtocol() {}

    /** What is asked of a worker. */
    sealed interface Request {

        /** Headers and packets. */
        record Probe(Path file) implements Request {}

        /** Pictures and sound. */
        record Read(Path file, ClipRequest part) implements Request {}

        /** The sound of a sound file. */
        record Sound(Path file, long startMs, long endMs) implements Request {}

        /** Shot changes from a time on; the answer comes in parts. */
        record Shots(Path file, long fromMs) implements Request {}
    }

    static void writeRequest(DataOutputStream out, Request request) throws IOException {
        switch (request) {
            case Request.Probe probe -> {
                out.writeByte(0);
                writeText(out, probe.file().toString());
            }
            case Request.Read read -> {
                out.writeByte(1);
                writeText(out, read.file().toString());
                out.writeLong(read.part().startMs());
                out.writeLong(read.part().endMs());
                out.writeDouble(read.part().framesPerSecond());
                out.writeInt(read.part().maxFrames());
            }
            case Request.Sound sound -> {
                out.writeByte(2);
                writeText(out, sound.file().toString());
                out.writeLong(sound.startMs());
                out.writeLong(sound.endMs());
            }
            case Request.Shots shots -> {
                out.writeByte(3);
                writeText(out, shots.file().toString());
                out.writeLong(shots.fromMs());
            }
        }
        out.flush();
    }

    /** Reads a request; {@link java.io.EOFException} when there will be no more. */
    static Request readRequest(DataInputStream in) throws IOException {
        int kind = in.readByte();
        Path file = Path.of(readText(in));
        if (kind == 0) {
            return new Request.Probe(file);
        }
        if (kind == 2) {
            return new Request.Sound(file, in.readLong(), in.readLong());
        }
        if (kind == 3) {
            return new Request.Shots(file, in.readLong());
        }
        return new Request.Read(
                file, new ClipRequest(in.readLong(), in.readLong(), in.readDouble(), in.readInt()));
    }

    static void writeInfo(DataOutputStream out, VideoInfo info) throws IOException {
        out.writeLong(info.durationMs());
        out.writeLong(info.frameCount());
        out.writeDouble(info.framesPerSecond());
        out.writeInt(info.width());
        out.writeInt(info.height());
        out.writeInt(info.rotationDegrees());
        writeText(out, info.videoCodec());
        writeText(out, info.audioCodec());
    }

    static VideoInfo readInfo(DataInputStream in) throws IOException {
        return new VideoInfo(
                in.readLong(),
                in.readLong(),
                in.readDouble(),
                in.readInt(),
                in.readInt(),
                in.readInt(),
                readText(in),
                readText(in));
    }

    static void writeClip(DataOutputStream out, Clip clip) throws IOException {
        out.writeLong(clip.endMs());
        out.writeInt(clip.frames().size());
        for (VideoFrame frame : clip.frames()) {
            out.writeLong(frame.timestampMs());
            out.writeInt(frame.image().width());
            out.writeInt(frame.image().height());
            out.write(frame.image().rgb());
        }
        writeAudio(out, clip.audio());
        List<String> notes = clip.notes().subList(0, Math.min(MAX_NOTES, clip.notes().size()));
        out.writeInt(notes.size());
        for (String note : notes) {
            writeText(out, note);
        }
    }

    static void writeAudio(DataOutputStream out, Audio audio) throws IOException {
        switch (audio) {
            case Audio.Absent absent -> {
                out.writeByte(0);
                writeText(out, absent.reason());
            }
            case Audio.Silent silent -> {
                out.writeByte(1);
                out.writeInt(silent.sampleCount());
            }
            case Audio.Waveform wave -> {
                out.writeByte(2);
                out.writeInt(wave.samples().length);
                writeFloats(out, wave.samples());
            }
        }
    }

    /** Reads the clip that answers a request; an {@link IOException} when it cannot be one. */
    static Clip readClip(DataInputStream in, Request.Read request) throws IOException {
        long startMs = request.part().startMs();
        long endMs = in.readLong();
        int count = bounded(in.readInt(), 1, request.part().maxFrames(), "pictures");
        List<VideoFrame> frames = new ArrayList<>();
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            long timestampMs = in.readLong();
            int width = in.readInt();
            int height = in.readInt();
            bytes += 3L * width * height;
            if (!PictureConverter.fits(width, height)
                    || bytes > FfmpegVideoReader.MAX_CLIP_BYTES
                    || timestampMs < 0) {
                throw new IOException("picture of " + width + "x" + height + " at " + timestampMs);
            }
            byte[] rgb = new byte[3 * width * height];
            in.readFully(rgb);
            frames.add(new VideoFrame(timestampMs, new RgbImage(width, height, rgb)));
        }
        Audio audio = readAudio(in);
        int noteCount = bounded(in.readInt(), 0, MAX_NOTES, "notes");
        List<String> notes = new ArrayList<>();
        for (int i = 0; i < noteCount; i++) {
            notes.add(readText(in));
        }
        return new Clip(request.file(), startMs, endMs, frames, audio, notes);
    }

    static Audio readAudio(DataInputStream in) throws IOException {
        int kind = in.readByte();
        if (kind == 0) {
            return new Audio.Absent(readText(in));
        }
        int samples = bounded(in.readInt(), Audio.MIN_SAMPLES, SoundReader.MAX_SAMPLES, "samples");
        return kind == 1 ? new Audio.Silent(samples) : new Audio.Waveform(readFloats(in, samples));
    }

    static void writePart(DataOutputStream out, ShotScan.Part part) throws IOException {
        out.writeLong(part.untilMs());
        out.writeInt(part.cutsMs().size());
        for (long cut : part.cutsMs()) {
            out.writeLong(cut);
        }
        out.writeBoolean(part.more());
    }

    /**
     * Reads the next part of the shot changes.
     *
     * @param fromMs where the part before ended
     * @param known the cuts of the parts before
     */
    static ShotScan.Part readPart(DataInputStream in, long fromMs, List<Long> known)
            throws IOException {
        long untilMs = in.readLong();
        int count = bounded(in.readInt(), 0, MAX_CUTS - known.size(), "shot changes");
        List<Long> cuts = new ArrayList<>();
        long last = known.isEmpty() ? 0 : known.getLast();
        for (int i = 0; i < count; i++) {
            long cut = in.readLong();
            if (cut <= last || cut > untilMs) {
                throw new IOException("shot change at " + cut + " after " + last);
            }
            cuts.add(cut);
            last = cut;
        }
        boolean more = in.readBoolean();
        if (untilMs < 0 || (more && untilMs - ShotScan.PART_MS < fromMs)) {
            throw new IOException("shots until " + untilMs + " after " + fromMs);
        }
        return new ShotScan.Part(untilMs, cuts, more);
    }

    static void writeText(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, MAX_TEXT_BYTES);
        out.writeInt(length);
        out.write(bytes, 0, length);
    }

    static String readText(DataInputStream in) throws IOException {
        byte[] bytes = new byte[bounded(in.readInt(), 0, MAX_TEXT_BYTES, "bytes of text")];
        in.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static void writeFloats(DataOutputStream out, float[] values) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_FLOATS * Float.BYTES);
        for (int at = 0; at < values.length; at += CHUNK_FLOATS) {
            int count = Math.min(CHUNK_FLOATS, values.length - at);
            chunk.asFloatBuffer().put(values, at, count);
            out.write(chunk.array(), 0, count * Float.BYTES);
        }
    }

    private static float[] readFloats(DataInputStream in, int length) throws IOException {
        float[] values = new float[length];
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_FLOATS * Float.BYTES);
        for (int at = 0; at < length; at += CHUNK_FLOATS) {
            int count = Math.min(CHUNK_FLOATS, length - at);
            in.readFully(chunk.array(), 0, count * Float.BYTES);
            chunk.asFloatBuffer().get(values, at, count);
        }
        return values;
    }

    private static int bounded(int value, int min, int max, String what) throws IOException {
        if (value < min || value > max) {
            throw new IOException(value + " " + what + ", not " + min + " to " + max);
        }
        return value;
    }
}
