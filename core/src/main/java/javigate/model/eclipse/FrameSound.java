package javigate.model.eclipse;

import javigate.model.ast.AstConfig;
import javigate.tensor.Ops;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The sound around each frame: the mean of AST's tokens over the window about the frame's time. It
 * stands in for ECLIPSE's own feature, a ResNet's of the 10 s around the frame.
 *
 * <p>Times are positions on the filterbank's time axis, in rows: milliseconds from the clip's
 * beginning divided by the shift from row to row. Column c of AST's patches covers the rows from c
 * · stride to c · stride + patch; its time is the middle, c · stride + patch / 2. A column belongs
 * to a frame when its middle lies within half a window of the frame's position, both ends included.
 * Where the window holds no middle, the column with the nearest one does (of two, the earlier).
 *
 * <p>B clips, F frames, C columns, R rows of patches along frequency, W width.
 */
public final class FrameSound {

    /** Length of the window about a frame. */
    public static final double WINDOW_MS = 10_000;

    private FrameSound() {}

    /**
     * How much of each column each frame hears: all columns of its window alike.
     *
     * @param positions of the frames on the filterbank's time axis, rows, finite: [B][F], all clips
     *     of one F; what stands for padded frames does not matter
     * @param windows length of each clip's window, rows, not negative: {@link #WINDOW_MS} divided
     *     by the clip's shift from row to row, [B]
     * @return [B, F, C]; each frame's weights sum to 1
     * @throws IllegalArgumentException if a position or a window is not such a number
     */
    public static Tensor weights(double[][] positions, double[] windows, AstConfig ast) {
        int frames = positions[0].length;
        int columns = ast.timePatches();
        float[] values = new float[positions.length * frames * columns];
        for (int b = 0; b < positions.length; b++) {
            for (int f = 0; f < frames; f++) {
                float[] row = weights(positions[b][f], windows[b], ast);
                System.arraycopy(row, 0, values, (b * frames + f) * columns, columns);
            }
        }
        return Ops.floats(values, positions.length, frames, columns);
    }

    private static float[] weights(double position, double window, AstConfig ast) {
        if (!Double.isFinite(position) || !(window >= 0)) {
            throw new IllegalArgumentException(
                    "a frame at row %s with a window of %s rows; both must be numbers, the window not negative"
                            .formatted(position, window));
        }
        float[] weights = new float[ast.timePatches()];
        int inside = 0;
        int nearest = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int c = 0; c < weights.length; c++) {
            double middle = c * (double) ast.strideTime() + ast.patchSize() / 2.0;
            double away = Math.abs(middle - position);
            if (away <= window / 2) {
                weights[c] = 1;
                inside++;
            }
            if (away < least) {
                least = away;
                nearest = c;
            }
        }
        if (inside == 0) {
            weights[nearest] = 1;
            return weights;
        }
        float share = 1f / inside;
        for (int c = 0; c < weights.length; c++) {
            weights[c] *= share;
        }
        return weights;
    }

    /**
     * Each frame's sound.
     *
     * @param patches AST's patch tokens, frequency-major (index = r · C + c): [B, R · C, W]
     * @param weights [B, F, C], of {@link #weights(double[][], double[], AstConfig)}
     * @return [B, F, W]
     */
    public static Tensor of(Tensor patches, Tensor weights) {
        long columns = weights.size(2);
        Tensor grid =
                patches.view(
                        patches.size(0),
                        patches.size(1) / columns,
                        columns,
                        patches.size(2)); // [B, R, C, W]
        return torch.matmul(weights, Ops.mean(grid, 1));
    }
}
