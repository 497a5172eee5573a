package javigate.index;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Random clips and a small model for tests of stores. */
public final class Samples {
    public static final int WIDTH = 24;
    public static final LibraryModel MODEL = new LibraryModel("tiny", "f00d", WIDTH, 100, 0.5);

    private Samples() {}

    public static String path(String name) {
        return Path.of("videos", name).toAbsolutePath().toString();
    }

    public static float[] vector(RandomGenerator random, int width) {
        float[] vector = new float[width];
        // Any length: scores depend on directions only.
        float scale = (float) Math.exp(4 * random.nextGaussian());
        for (int i = 0; i < width; i++) {
            vector[i] = scale * (float) random.nextGaussian();
        }
        return vector;
    }

    public static float[][] vectors(RandomGenerator random, int count, int width) {
        float[][] vectors = new float[count][];
        for (int n = 0; n < count; n++) {
            vectors[n] = vector(random, width);
        }
        return vectors;
    }

    public static VideoFile file(RandomGenerator random, String name) {
        byte[] sha256 = new byte[32];
        random.nextBytes(sha256);
        return new VideoFile(
                path(name),
                random.nextLong(1L << 40),
                random.nextLong(1L << 41),
                HexFormat.of().formatHex(sha256));
    }

    public static ClipVectors clipVectors(RandomGenerator random, int frames, int width) {
        float[][] gates = new float[random.nextInt(5)][2];
        for (float[] layer : gates) {
            layer[0] = (float) Math.tanh(random.nextGaussian());
            layer[1] = (float) Math.tanh(random.nextGaussian());
        }
        return new ClipVectors(
                vectors(random, frames, width),
                vectors(random, frames, width),
                gates.length == 0 ? new float[0] : vector(random, width),
                gates);
    }

    public static StoredClip clip(VideoFile file, long startMs, ClipVectors vectors) {
        long[] timesMs = new long[vectors.frameCount()];
        for (int n = 0; n < timesMs.length; n++) {
            timesMs[n] = startMs + 100L * n;
        }
        return new StoredClip(
                file,
                startMs,
                startMs + 30_000,
                timesMs,
                vectors,
                "waveform",
                List.of("two frames\nwere lost"),
                new Description(
                        Map.of("tag", List.of("Ünïcode \"quoted\"", "second")),
                        List.of(
                                new TextLine(
                                        TextLine.Kind.CAPTION,
                                        startMs,
                                        startMs + 5,
                                        "a bell rings")),
                        "c0de"));
    }

    public static List<StoredClip> video(
            RandomGenerator random, String name, int segments, int width) {
        VideoFile file = file(random, name);
        List<StoredClip> clips = new ArrayList<>();
        for (int i = 0; i < segments; i++) {
            ClipVectors vectors = clipVectors(random, 1 + random.nextInt(32), width);
            clips.add(clip(file, 30_000L * i, vectors));
        }
        return clips;
    }
}
