package javigate.model;

import java.util.Arrays;
import java.util.List;
import javigate.tensor.Ops;
import org.bytedeco.pytorch.Tensor;

/**
 * The pictures of several clips as tensors. B clips, F frames of the longest or more, S picture
 * side.
 *
 * @param pixels [B, F, 3, S, S]; padding is zeros, as in the official codes
 * @param mask [B, F]; 1 for real frames, 0 for padding
 */
public record ClipBatch(Tensor pixels, Tensor mask) {

    /**
     * Pads clips of pictures of side {@code side} to the longest, and to at least {@code least}
     * frames; at least one clip.
     */
    public static ClipBatch of(List<ClipInput> clips, int side, int least) {
        int longest = clips.stream().mapToInt(c -> c.pixels().length).max().orElseThrow();
        int frames = Math.max(longest, least);
        int size = 3 * side * side;
        float[] pixels = new float[clips.size() * frames * size];
        float[] mask = new float[clips.size() * frames];
        for (int i = 0; i < clips.size(); i++) {
            float[][] own = clips.get(i).pixels();
            for (int f = 0; f < own.length; f++) {
                System.arraycopy(own[f], 0, pixels, (i * frames + f) * size, size);
            }
            Arrays.fill(mask, i * frames, i * frames + own.length, 1f);
        }
        return new ClipBatch(
                Ops.floats(pixels, clips.size(), frames, 3, side, side),
                Ops.floats(mask, clips.size(), frames));
    }
}
