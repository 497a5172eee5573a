package javigate.data;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import java.util.function.IntConsumer;
import javigate.data.ClipSpec.Kind;
import javigate.data.ClipSpec.Split;
import javigate.media.Mp4Writer;

/**
 * SightSound, the benchmark that anyone can make: short mp4 files with real sound in which it is
 * known whether the sound tells something. A clip shows one to three coloured shapes that move, and
 * is of one of four kinds:
 *
 * <ul>
 *   <li>informative, 50 %: one of twelve sounds, whose source is not in the picture and which
 *       captions name;
 *   <li>irrelevant, 30 %: loud music, a crowd or noise that no caption mentions;
 *   <li>silent, 10 %: a track of zeros;
 *   <li>absent, 10 %: no audio track.
 * </ul>
 *
 * <p>Which split may use a combination of attributes (main shape, colour, motion, background,
 * sound) is a fixed hash of the combination and independent of the seed: about 70 % belong to
 * train, 10 % to val, 20 % to test. So test clips made with any seed share no combination with
 * train clips made with any other. Same seed and sizes give bit-identical metadata and captions on
 * every machine; pictures and samples are drawn with exact arithmetic too, but the encoders' output
 * may differ between processors.
 *
 * <p>The folder is laid out as MSR-VTT's: {@code videos/ID.mp4}, {@code data.json}, {@code
 * train.csv}, {@code val.csv} and {@code test.csv} ({@link Manifest} reads them), and besides
 * {@code kinds.csv} with all attributes of each clip and {@code sightsound.json} with seed, sizes,
 * hash and the ceilings of R@1. It is no substitute for real videos.
 */
public final class SightSound {

    /** Rises whenever the same seed would give other clips. */
    public static final int VERSION = 1;

    /** 2,000 train, 200 val, 500 test. */
    public static final Sizes FULL = new Sizes(2000, 200, 500);

    /** 120 train and 40 test clips, for a demonstration. */
    public static final Sizes MINI = new Sizes(120, 0, 40);

    /** Seed, sizes and hash of the metadata. */
    static final String SUMMARY = "sightsound.json";

    /** Most clips of a split. */
    public static final int MAX_CLIPS = 99_999;

    /**
     * Clips per split.
     *
     * @param train 0 to 99,999
     * @param val 0 to 99,999
     * @param test 0 to 99,999; not all three 0
     */
    public record Sizes(int train, int val, int test) {
        public Sizes {
            int largest = Math.max(train, Math.max(val, test));
            if (Math.min(train, Math.min(val, test)) < 0 || largest > MAX_CLIPS || largest == 0) {
                throw new IllegalArgumentException(
                        "%d/%d/%d clips; each split may have 0 to 99999, one of them some"
                                .formatted(train, val, test));
            }
        }

        /** The same val and test, whose clips depend on the seed alone, with other train clips. */
        public Sizes withTrain(int clips) {
            return new Sizes(clips, val, test);
        }

        /** Clips in all. */
        public int total() {
            return train + val + test;
        }
    }

    /**
     * What was made.
     *
     * @param written clips encoded now
     * @param kept complete clips found from an earlier run
     * @param metadataSha256 hash of all metadata files, equal on every machine
     * @param ceilingR1 text-to-video R@1 of the test split, in percent, that a reader of the
     *     metadata would reach: "all", per kind ("informative", …), and by what captions name
     *     ("caption_sight", "caption_sound", "caption_both"); empty without test clips
     */
    public record Made(
            int written, int kept, String metadataSha256, Map<String, Double> ceilingR1) {}

    private SightSound() {}

    /**
     * Makes the benchmark, on as many threads as there are processors. Clips that are complete from
     * an earlier, interrupted run with the same seed and sizes are kept.
     *
     * @param folder where to; created if missing
     * @param progress told of clips done and clips in all, on the calling thread
     * @throws IOException if the folder cannot be written, or holds a SightSound of another seed,
     *     size or version
     */
    public static Made generate(
            Path folder, Sizes sizes, long seed, BiConsumer<Integer, Integer> progress)
            throws IOException {
        SightSoundMetadata metadata = new SightSoundMetadata(seed, sizes);
        Path videos = Files.createDirectories(folder.resolve("videos"));
        claim(folder, metadata.summaryJson());
        for (Map.Entry<String, byte[]> file : metadata.files().entrySet()) {
            writeWhole(folder.resolve(file.getKey()), file.getValue());
        }
        List<ClipSpec> missing = new ArrayList<>();
        for (SightSoundMetadata.Entry entry : metadata.entries()) {
            if (!Files.exists(video(videos, entry.clip()))) {
                missing.add(entry.clip());
            }
        }
        int kept = sizes.total() - missing.size();
        progress.accept(kept, sizes.total());
        encodeAll(videos, missing, done -> progress.accept(kept + done, sizes.total()));
        return new Made(missing.size(), kept, metadata.sha256(), metadata.ceilingR1(Split.TEST));
    }

    /** Puts the summary into the folder, or finds that the same is there already. */
    private static void claim(Path folder, byte[] summary) throws IOException {
        Path file = folder.resolve(SUMMARY);
        if (Files.exists(file) && !Arrays.equals(Files.readAllBytes(file), summary)) {
            throw new IOException(
                    file
                            + ": the folder holds a SightSound of another seed, size or version;"
                            + " choose another folder or delete this one");
        }
        writeWhole(file, summary);
    }

    private static void encodeAll(Path videos, List<ClipSpec> clips, IntConsumer done)
            throws IOException {
        int threads = Runtime.getRuntime().availableProcessors();
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            ExecutorCompletionService<ClipSpec> work = new ExecutorCompletionService<>(pool);
            for (ClipSpec clip : clips) {
                var _ =
                        work.submit(
                                () -> {
                                    encode(video(videos, clip), clip);
                                    return clip;
                                });
            }
            try {
                for (int i = 1; i <= clips.size(); i++) {
                    ClipSpec _ = work.take().get();
                    done.accept(i);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while writing " + videos);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof IOException io) {
                    throw io;
                }
                throw new IllegalStateException("a clip could not be made", e.getCause());
            } finally {
                pool.shutdownNow();
            }
        }
    }

    /** Draws and sounds one clip into a file. */
    static void encode(Path file, ClipSpec clip) throws IOException {
        ClipPainter painter = new ClipPainter(clip.sight());
        int frames = painter.frameCount();
        float[] sound = SoundSynth.track(clip.heard(), clip.sight().durationMs());
        int rate = clip.heard().kind() == Kind.ABSENT ? 0 : Tones.SAMPLE_RATE_HZ;
        try (Mp4Writer writer =
                new Mp4Writer(
                        file,
                        ClipPainter.WIDTH,
                        ClipPainter.HEIGHT,
                        clip.sight().framesPerSecond(),
                        rate,
                        clip.sight().videoBitrate())) {
            for (int i = 0; i < frames; i++) {
                writer.write(painter.frame(i));
                if (rate > 0) {
                    int from = (int) ((long) sound.length * i / frames);
                    int to = (int) ((long) sound.length * (i + 1) / frames);
                    writer.writeAudio(Arrays.copyOfRange(sound, from, to));
                }
            }
            writer.finish();
        }
    }

    private static Path video(Path videos, ClipSpec clip) {
        return videos.resolve(clip.videoId() + ".mp4");
    }

    private static void writeWhole(Path file, byte[] content) throws IOException {
        Path part = file.resolveSibling("." + file.getFileName() + ".part");
        Files.write(part, content);
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    }
}
