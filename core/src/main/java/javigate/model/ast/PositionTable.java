package javigate.model.ast;

import java.util.Arrays;
import javigate.tensor.Ops;
import org.bytedeco.pytorch.Tensor;

/** AST's positions for a filterbank of another length, as its authors' code makes them. */
public final class PositionTable {

    private PositionTable() {}

    /**
     * Positions for {@code to}: along time the middle is cut out of a longer table, a shorter one
     * is interpolated linearly (half-pixel centres); class and distillation keep theirs.
     *
     * @param table [1, 2 + frequency patches · time patches, W] of {@code from}
     * @param to as {@code from} but for its time frames
     * @return the same for {@code to}
     * @throws IllegalArgumentException if more than the time frames differ, or the table is of
     *     another shape
     */
    public static Tensor fit(Tensor table, AstConfig from, AstConfig to) {
        if (!from.withTimeFrames(to.timeFrames()).equals(to)) {
            throw new IllegalArgumentException(
                    "AST of %s; positions are fitted along time only, not to %s"
                            .formatted(from, to));
        }
        long[] wantedShape = {1, from.patches() + 2L, from.width()};
        if (!Arrays.equals(Ops.shape(table), wantedShape)) {
            throw new IllegalArgumentException(
                    "AST: positions of shape %s; the configuration wants %s"
                            .formatted(
                                    Arrays.toString(Ops.shape(table)),
                                    Arrays.toString(wantedShape)));
        }
        int width = from.width();
        int rows = from.frequencyPatches();
        int columns = from.timePatches();
        int wanted = to.timePatches();
        Tensor grid =
                table.narrow(1, 2, (long) rows * columns).view(rows, columns, width); // [f, t, W]
        Tensor fitted =
                wanted <= columns
                        ? grid.narrow(1, columns / 2 - wanted / 2, wanted)
                        : interpolate(grid, wanted);
        return Ops.cat(1, table.narrow(1, 0, 2), fitted.reshape(1, (long) rows * wanted, width));
    }

    /** Linear along the second dimension, sampling at (i + ½) · columns / wanted − ½: [f, T, W]. */
    private static Tensor interpolate(Tensor grid, int wanted) {
        int columns = (int) grid.size(1);
        long[] left = new long[wanted];
        long[] right = new long[wanted];
        float[] share = new float[wanted];
        for (int i = 0; i < wanted; i++) {
            double at = Math.max(0, (i + 0.5) * columns / wanted - 0.5);
            left[i] = (long) at;
            right[i] = Math.min(left[i] + 1, columns - 1L);
            share[i] = (float) (at - left[i]);
        }
        Tensor weight = Ops.floats(share, 1, wanted, 1);
        Tensor before = grid.index_select(1, Ops.longs(left, wanted));
        Tensor after = grid.index_select(1, Ops.longs(right, wanted));
        return before.add(after.sub(before).mul(weight));
    }
}
