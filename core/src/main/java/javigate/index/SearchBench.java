package javigate.index;

import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * A library of made-up clips, to be searched as any other, for {@code bench search}. The vectors
 * are as a video model's: clips crowd around topics, the frames of a clip around the clip, and
 * texts lie in a cone of their own, far from every video (the modality gap), a little nearer to the
 * clip they are made for.
 */
public final class SearchBench implements AutoCloseable {
    /** Frames of a clip. */
    public static final int FRAMES = 12;

    /** Width of a vector. */
    public static final int WIDTH = 512;

    /** Sharpness of the local score. */
    public static final double ALPHA = 100;

    private static final int CLIPS_PER_VIDEO = 2000;
    private static final int CLIPS_PER_TOPIC = 50;

    private static final double LOCAL_WEIGHT = 0.5;

    private final LuceneClipStore store;
    private final int clips;
    private final long seed;

    /**
     * Makes the library.
     *
     * @param folder new or empty
     * @param progress told of the clips written so far
     */
    public SearchBench(
            Path folder, VectorFormat format, int clips, long seed, Consumer<Integer> progress)
            throws IOException {
        this.clips = clips;
        this.seed = seed;
        LibraryModel model =
                new LibraryModel("made up", "bench" + seed, WIDTH, ALPHA, LOCAL_WEIGHT);
        store = LuceneClipStore.openToWrite(folder, model, format, null);
        try {
            for (int first = 0; first < clips; first += CLIPS_PER_VIDEO) {
                store.putVideo(video(first, Math.min(clips, first + CLIPS_PER_VIDEO)));
                progress.accept(Math.min(clips, first + CLIPS_PER_VIDEO));
            }
        } catch (IOException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /** The library. */
    public ClipStore store() {
        return store;
    }

    /**
     * Reads all vectors that a search would and sums their bytes, with as many threads.
     *
     * @return bytes read
     */
    public long readAll() throws IOException {
        return store.readAll(Sound.WITH);
    }

    /** A text near clip {@code clip}, of length 1. */
    public float[] query(int clip) {
        return query(seed, clip);
    }

    static float[] query(long seed, int clip) {
        RandomGenerator random = new SplittableRandom(seed ^ ~(long) clip);
        float[] textCone = direction(new SplittableRandom(~seed));
        return sum(textCone, 0.8, about(seed, clip), 0.45, direction(random), 0.4);
    }

    /** Writes the vectors of all clips as single-precision NumPy array [clips · F, D]. */
    public void writeNpy(DataOutput out) throws IOException {
        String shape = "(%d, %d)".formatted((long) clips * FRAMES, WIDTH);
        String header = "{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + ", }";
        header += " ".repeat(64 - (10 + header.length() + 1) % 64) + "\n";
        out.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
        out.write(header.length() & 0xff);
        out.write(header.length() >> 8);
        out.writeBytes(header);
        byte[] row = new byte[WIDTH * Float.BYTES];
        for (int clip = 0; clip < clips; clip++) {
            for (float[] frame : frames(clip)) {
                ByteBuffer.wrap(row).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(frame);
                out.write(row);
            }
        }
    }

    private List<StoredClip> video(int from, int to) {
        VideoFile file = new VideoFile(videoPath(from), 1, 1, "0".repeat(64));
        return IntStream.range(0, to - from)
                .parallel()
                .mapToObj(i -> segment(file, 30_000L * i, frames(from + i)))
                .toList();
    }

    private static StoredClip segment(VideoFile file, long startMs, float[][] frames) {
        long[] timesMs = new long[FRAMES];
        Arrays.fill(timesMs, startMs);
        return new StoredClip(
                file,
                startMs,
                startMs + 30_000,
                timesMs,
                new ClipVectors(frames, frames, new float[0], new float[0][]),
                "absent",
                List.of(),
                Description.NONE);
    }

    /** Path of the video whose first clip is {@code clip}. */
    static String videoPath(int clip) {
        return Path.of("made-up", Integer.toString(clip)).toAbsolutePath().toString();
    }

    private float[][] frames(int clip) {
        RandomGenerator random = new SplittableRandom(seed + 1 + clip);
        float[] about = about(seed, clip);
        float[] videoCone = direction(new SplittableRandom(seed));
        float[][] frames = new float[FRAMES][];
        for (int n = 0; n < FRAMES; n++) {
            frames[n] = sum(videoCone, 0.6, about, 0.7, direction(random), 0.4);
        }
        return frames;
    }

    /** What a clip shows: its topic and something of its own. */
    private static float[] about(long seed, int clip) {
        RandomGenerator topic = new SplittableRandom(seed * 31 + clip / CLIPS_PER_TOPIC);
        RandomGenerator own = new SplittableRandom(seed * 37 + clip);
        float[] none = new float[WIDTH];
        return sum(direction(topic), 0.7, direction(own), 0.7, none, 0);
    }

    private static float[] direction(RandomGenerator random) {
        float[] vector = new float[WIDTH];
        for (int i = 0; i < WIDTH; i++) {
            // Nearly Gaussian, and much cheaper.
            vector[i] =
                    random.nextFloat()
                            + random.nextFloat()
                            - random.nextFloat()
                            - random.nextFloat();
        }
        return LateInteractionScore.unit(vector);
    }

    private static float[] sum(
            float[] a, double ofA, float[] b, double ofB, float[] c, double ofC) {
        float[] sum = new float[WIDTH];
        for (int i = 0; i < WIDTH; i++) {
            sum[i] = (float) (ofA * a[i] + ofB * b[i] + ofC * c[i]);
        }
        return LateInteractionScore.unit(sum);
    }

    @Override
    public void close() throws IOException {
        store.close();
    }
}
