package javigate.train;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import javigate.data.ClipCache;
import javigate.model.Preprocessing;
import javigate.tensor.Ops;
import org.bytedeco.pytorch.Tensor;

/** Tensors of batches of cached clips. B clips, F frames, S picture side, T × Q filterbank. */
final class Batches {

    /** Normalised pixels [B, F, 3, S, S] and which frames are real [B, F]. */
    record Pictures(Tensor pixels, Tensor mask) {}

    /**
     * What is seen of some clips.
     *
     * @param clips indices into the cache
     * @param chosen frames of each, in order of time
     * @param mirrored whether each is mirrored
     * @param frames F, to which all are padded
     */
    record Choice(int[] clips, int[][] chosen, boolean[] mirrored, int frames) {

        /** The same padded to more frames. */
        Choice padded(int most) {
            return new Choice(clips, chosen, mirrored, Math.max(frames, most));
        }

        /** The same of the clips {@code from} to {@code to}, the latter exclusive. */
        Choice part(int from, int to) {
            return new Choice(
                    Arrays.copyOfRange(clips, from, to),
                    Arrays.copyOfRange(chosen, from, to),
                    Arrays.copyOfRange(mirrored, from, to),
                    frames);
        }
    }

    private final ClipCache cache;
    private final Preprocessing preprocessing;
    private final float[][] levels;

    Batches(ClipCache cache, Preprocessing preprocessing) {
        this.cache = cache;
        this.preprocessing = preprocessing;
        this.levels = new float[3][256];
        for (int c = 0; c < 3; c++) {
            for (int v = 0; v < 256; v++) {
                levels[c][v] =
                        (float)
                                ((v / 255.0 - preprocessing.imageMean().get(c))
                                        / preprocessing.imageStd().get(c));
            }
        }
    }

    /**
     * Chooses frames and mirroring.
     *
     * @param clips indices into the cache
     * @param framesPerClip drawn per clip in order of time; 0 for all
     * @param flip whether half of the clips are mirrored
     */
    Choice choose(int[] clips, int framesPerClip, boolean flip, RandomGenerator random) {
        int[][] chosen = new int[clips.length][];
        boolean[] mirrored = new boolean[clips.length];
        int frames = 1;
        for (int i = 0; i < clips.length; i++) {
            chosen[i] = few(cache.frameCount(clips[i]), framesPerClip, random);
            mirrored[i] = flip && random.nextBoolean();
            frames = Math.max(frames, chosen[i].length);
        }
        return new Choice(clips, chosen, mirrored, frames);
    }

    /** All pictures of some clips, unmirrored. */
    Choice all(int[] clips) {
        int[][] all = allFrames(clips);
        int frames = Math.max(1, Arrays.stream(all).mapToInt(f -> f.length).max().orElse(1));
        return new Choice(clips, all, new boolean[clips.length], frames);
    }

    /** The same as tensors. */
    Pictures pictures(int[] clips) {
        return pictures(all(clips));
    }

    /** All pictures of some clips, padded to the most that any clip can have. */
    Pictures paddedPictures(int[] clips, boolean mirror) {
        boolean[] mirrored = new boolean[clips.length];
        Arrays.fill(mirrored, mirror);
        return pictures(new Choice(clips, allFrames(clips), mirrored, preprocessing.maxFrames()));
    }

    /** Which of the padded frames of some clips are real: [B, F]. */
    Tensor paddedMask(int[] clips) {
        int frames = preprocessing.maxFrames();
        float[] mask = new float[clips.length * frames];
        for (int i = 0; i < clips.length; i++) {
            Arrays.fill(mask, i * frames, i * frames + cache.frameCount(clips[i]), 1f);
        }
        return Ops.floats(mask, clips.length, frames);
    }

    /** Adds the pictures of a clip to a digest. */
    void addPictures(MessageDigest digest, int clip) {
        for (int f = 0; f < cache.frameCount(clip); f++) {
            digest.update(cache.picture(clip, f));
        }
    }

    /** Adds the filterbank of a clip to a digest. */
    void addFilterbank(MessageDigest digest, int clip) {
        float[] values = cache.filterbank(clip);
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length);
        bytes.asFloatBuffer().put(values);
        digest.update(bytes);
    }

    Preprocessing preprocessing() {
        return preprocessing;
    }

    private int[][] allFrames(int[] clips) {
        return Arrays.stream(clips).mapToObj(c -> upTo(cache.frameCount(c))).toArray(int[][]::new);
    }

    /** The chosen pictures. */
    Pictures pictures(Choice choice) {
        int[] clips = choice.clips();
        int[][] chosen = choice.chosen();
        boolean[] mirrored = choice.mirrored();
        int frames = choice.frames();
        int side = preprocessing.imageSize();
        int size = 3 * side * side;
        float[] pixels = new float[clips.length * frames * size];
        float[] mask = new float[clips.length * frames];
        for (int i = 0; i < clips.length; i++) {
            for (int f = 0; f < chosen[i].length; f++) {
                int row = i * frames + f;
                mask[row] = 1;
                put(cache.picture(clips[i], chosen[i][f]), mirrored[i], pixels, row * size);
            }
        }
        return new Pictures(
                Ops.floats(pixels, clips.length, frames, 3, side, side),
                Ops.floats(mask, clips.length, frames));
    }

    private static int[] upTo(int count) {
        int[] all = new int[count];
        Arrays.setAll(all, i -> i);
        return all;
    }

    private static int[] few(int count, int wanted, RandomGenerator random) {
        int[] all = upTo(count);
        if (wanted == 0 || wanted >= count) {
            return all;
        }
        shuffle(all, random);
        int[] few = Arrays.copyOf(all, wanted);
        Arrays.sort(few);
        return few;
    }

    private void put(byte[] picture, boolean mirrored, float[] pixels, int offset) {
        int side = preprocessing.imageSize();
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                int from = (y * side + (mirrored ? side - 1 - x : x)) * 3;
                int to = offset + y * side + x;
                for (int c = 0; c < 3; c++) {
                    pixels[to + c * side * side] = levels[c][picture[from + c] & 255];
                }
            }
        }
    }

    /** Filterbanks of some clips: [B, T, Q]. */
    Tensor filterbanks(int[] clips) {
        int size = preprocessing.timeFrames() * preprocessing.melBins();
        float[] values = new float[clips.length * size];
        for (int i = 0; i < clips.length; i++) {
            System.arraycopy(cache.filterbank(clips[i]), 0, values, i * size, size);
        }
        return Ops.floats(
                values, clips.length, preprocessing.timeFrames(), preprocessing.melBins());
    }

    /**
     * Token ids of some captions, as wide as the longest: what stands after the end token has no
     * effect ({@link javigate.model.clip.TextEncoder#encode}).
     *
     * @return [B, words]
     */
    static Tensor ids(List<int[]> captions) {
        int words = captions.stream().mapToInt(Batches::length).max().orElse(1);
        long[] values = new long[captions.size() * words];
        for (int i = 0; i < captions.size(); i++) {
            for (int w = 0; w < words; w++) {
                values[i * words + w] = captions.get(i)[w];
            }
        }
        return Ops.longs(values, captions.size(), words);
    }

    /** Tokens up to the end token, which is the highest id. */
    private static int length(int[] ids) {
        int end = 0;
        for (int i = 1; i < ids.length; i++) {
            if (ids[i] > ids[end]) {
                end = i;
            }
        }
        return end + 1;
    }

    /** Fisher and Yates. */
    static void shuffle(int[] values, RandomGenerator random) {
        for (int i = values.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swap = values[i];
            values[i] = values[j];
            values[j] = swap;
        }
    }
}
