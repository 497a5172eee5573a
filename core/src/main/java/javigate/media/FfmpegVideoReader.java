package javigate.media;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/**
 * Reads videos with FFmpeg in this process.
 *
 * <p>Pictures are chosen by {@link FrameSampling#choose} from the packets' times before anything is
 * decoded; each is exactly the picture a decoding of the whole file shows at that time. They are
 * converted as OpenCV does (the reference reads through it) and turned upright by the file's
 * rotation. Times count from the first picture. Pictures that cannot be decoded are replaced by the
 * last one before them, and {@link Clip#notes} says how many.
 *
 * <p>The sound is that of the best track between the same times, mixed down to mono: the reference
 * takes the first channel only, which loses what is on the other. Its mean is not subtracted here
 * but by {@link Fbank}.
 *
 * <p>Memory holds the pictures of one clip and its sound, never a video. A fault in a decoder ends
 * the process: read files you do not trust with {@link WorkerVideoReader}. Safe for use by many
 * threads.
 */
public final class FfmpegVideoReader implements VideoReader {

    /** Most bytes of pictures in one clip. */
    static final long MAX_CLIP_BYTES = 1L << 30;

    private record Scanned(Path file, long size, FileTime changed, PictureIndex index) {}

    /** The file last scanned: parts of one video are read one after the other. */
    private @Nullable Scanned last;

    /** Version and licence of the FFmpeg in use, which is loaded for it. */
    public static String ffmpegVersion() {
        return avutil.av_version_info().getString() + ", " + avutil.avutil_license().getString();
    }

    @Override
    public VideoInfo probe(Path file) throws MediaException {
        return index(file).info();
    }

    @Override
    public Clip read(Path file, ClipRequest request) throws MediaException {
        PictureIndex index = index(file);
        VideoInfo info = index.info();
        if (request.startMs() >= info.durationMs()) {
            throw new MediaException(
                    "%s: the part starts at %d ms but the video ends at %d ms; start earlier"
                            .formatted(file, request.startMs(), info.durationMs()));
        }
        int[] wanted = FrameSampling.choose(index.timesUs(), index.announcedRate(), request);
        long bytes = 3L * info.width() * info.height() * wanted.length;
        if (bytes > MAX_CLIP_BYTES) {
            throw new MediaException(
                    "%s: %d pictures of %dx%d take %d bytes, over the limit of %d; ask for fewer"
                            .formatted(
                                    file,
                                    wanted.length,
                                    info.width(),
                                    info.height(),
                                    bytes,
                                    MAX_CLIP_BYTES));
        }
        FramePicker.Picked picked = FramePicker.pick(file, index, wanted);
        List<VideoFrame> frames = frames(index, picked, request);
        if (frames.isEmpty()) {
            throw new MediaException(
                    "%s: none of the %d wanted pictures can be decoded (%s); the file is damaged"
                            .formatted(file, wanted.length, info.videoCodec()));
        }
        SoundReader.Sound sound = SoundReader.read(file, index, request);
        List<String> notes = notes(index, picked, wanted.length);
        notes.addAll(sound.notes());
        long endMs = Math.min(request.endMs(), info.durationMs());
        return new Clip(file, request.startMs(), endMs, frames, sound.audio(), notes);
    }

    @Override
    public Audio readSound(Path file, long startMs, long endMs) throws MediaException {
        return SoundReader.readAlone(file, startMs, endMs).audio();
    }

    @Override
    public ShotChanges shotChanges(Path file) throws MediaException {
        List<Long> cuts = new ArrayList<>();
        try (ShotScan scan = scanShots(file, 0)) {
            boolean more = true;
            while (more) {
                ShotScan.Part part = scan.next();
                cuts.addAll(part.cutsMs());
                more = part.more();
            }
        }
        return new ShotChanges(cuts, List.of());
    }

    /** See {@link ShotScan#open}. */
    ShotScan scanShots(Path file, long fromMs) throws MediaException {
        return ShotScan.open(file, index(file), fromMs);
    }

    private static List<VideoFrame> frames(
            PictureIndex index, FramePicker.Picked picked, ClipRequest request) {
        List<VideoFrame> inside = new ArrayList<>();
        List<VideoFrame> before = new ArrayList<>();
        for (Map.Entry<Integer, RgbImage> entry : picked.pictures().entrySet()) {
            long timeMs = index.timesUs()[entry.getKey()] / 1000;
            VideoFrame frame = new VideoFrame(timeMs, entry.getValue());
            if (timeMs >= request.startMs()) {
                inside.add(frame);
            } else {
                before.add(frame);
            }
        }
        if (inside.isEmpty() && !before.isEmpty()) {
            return List.of(before.getLast());
        }
        return inside;
    }

    private static List<String> notes(PictureIndex index, FramePicker.Picked picked, int wanted) {
        List<String> notes = new ArrayList<>();
        if (index.unreadable() > 0) {
            long all = Math.max(index.unreadable() + index.pts().length, index.pts().length);
            notes.add(
                    "%d of %d frames of the file cannot be read"
                            .formatted(index.unreadable(), all));
        }
        if (picked.lost() > 0) {
            notes.add(
                    "%d of %d frames lost in decoding; the last one before stands in"
                            .formatted(picked.lost(), wanted));
        }
        if (picked.damaged() > 0) {
            notes.add("%d of %d frames may be damaged".formatted(picked.damaged(), wanted));
        }
        return notes;
    }

    private PictureIndex index(Path file) throws MediaException {
        BasicFileAttributes now;
        try {
            now = Files.readAttributes(file, BasicFileAttributes.class);
        } catch (IOException e) {
            // Missing or unreadable: opening it says which.
            return PictureIndex.scan(file);
        }
        synchronized (this) {
            if (last != null
                    && last.file.equals(file)
                    && last.size == now.size()
                    && last.changed.equals(now.lastModifiedTime())) {
                return last.index;
            }
        }
        PictureIndex index = PictureIndex.scan(file);
        synchronized (this) {
            last = new Scanned(file, now.size(), now.lastModifiedTime(), index);
        }
        return index;
    }

    /** Forgets the file last read; there is nothing else to release. */
    @Override
    public synchronized void close() {
        last = null;
    }
}
