package javigate.eval;

import java.util.Arrays;

/**
 * Scores of every caption with every video. T captions, V videos.
 *
 * @param scores [T][V], finite
 * @param owner the video that each caption belongs to, [T], 0 to V − 1; every video has a caption
 */
public record ScoreMatrix(double[][] scores, int[] owner) {

    public ScoreMatrix {
        requireFinite(scores);
        requireOwners(owner, scores.length, scores[0].length);
        boolean[] has = new boolean[scores[0].length];
        for (int video : owner) {
            has[video] = true;
        }
        for (int v = 0; v < has.length; v++) {
            if (!has[v]) {
                throw new IllegalArgumentException(
                        "video %d of %d has no caption; leave it out".formatted(v, has.length));
            }
        }
    }

    /**
     * One caption per video, the pairs on the diagonal.
     *
     * @param scores [N][N], finite
     * @throws IllegalArgumentException if it is not square
     */
    public static ScoreMatrix square(double[][] scores) {
        return new ScoreMatrix(scores, diagonal(scores.length));
    }

    /** Number of videos V. */
    public int videos() {
        return scores[0].length;
    }

    /** The captions of each video, [V][], in order. */
    public int[][] captions() {
        int[] counts = new int[videos()];
        for (int video : owner) {
            counts[video]++;
        }
        int[][] result = new int[videos()][];
        Arrays.setAll(result, v -> new int[counts[v]]);
        for (int t = owner.length - 1; t >= 0; t--) {
            result[owner[t]][--counts[owner[t]]] = t;
        }
        return result;
    }

    /**
     * Scores of every video with every video's captions: the maximum over the captions of a video,
     * as the official code has it (tensor_video_to_text_sim). With one caption per video it is the
     * transposed matrix.
     *
     * @return [V][V], queries in rows, their pairs on the diagonal
     */
    public double[][] videoToText() {
        double[][] result = new double[videos()][videos()];
        for (double[] row : result) {
            Arrays.fill(row, Double.NEGATIVE_INFINITY);
        }
        for (int t = 0; t < owner.length; t++) {
            for (int v = 0; v < videos(); v++) {
                result[v][owner[t]] = Math.max(result[v][owner[t]], scores[t][v]);
            }
        }
        return result;
    }

    /** 0 to n − 1. */
    static int[] diagonal(int n) {
        int[] own = new int[n];
        Arrays.setAll(own, i -> i);
        return own;
    }

    /** Rows become columns. */
    public static double[][] transpose(double[][] matrix) {
        requireRectangle(matrix);
        double[][] result = new double[matrix[0].length][matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            for (int j = 0; j < matrix[i].length; j++) {
                result[j][i] = matrix[i][j];
            }
        }
        return result;
    }

    /**
     * @throws IllegalArgumentException if the matrix is empty or ragged, or a score is NaN or
     *     infinite, naming its place
     */
    static void requireFinite(double[][] scores) {
        requireRectangle(scores);
        for (int i = 0; i < scores.length; i++) {
            for (int j = 0; j < scores[i].length; j++) {
                if (!Double.isFinite(scores[i][j])) {
                    throw new IllegalArgumentException(
                            ("the score in row %d (query), column %d (candidate), from 0, is %s; a"
                                            + " rank needs finite scores: look for damaged weights"
                                            + " or a clip that embeds to zeros")
                                    .formatted(i, j, scores[i][j]));
                }
            }
        }
    }

    private static void requireRectangle(double[][] matrix) {
        if (matrix.length == 0 || matrix[0].length == 0) {
            throw new IllegalArgumentException("an empty score matrix; it needs a caption");
        }
        for (int i = 0; i < matrix.length; i++) {
            if (matrix[i].length != matrix[0].length) {
                throw new IllegalArgumentException(
                        "row %d of the score matrix has %d scores, row 0 has %d"
                                .formatted(i, matrix[i].length, matrix[0].length));
            }
        }
    }

    /**
     * @throws IllegalArgumentException unless there is an owner, 0 to columns − 1, for each row
     */
    static void requireOwners(int[] owner, int rows, int columns) {
        if (owner.length != rows) {
            throw new IllegalArgumentException(
                    "%d rows of scores and %d owners; they must be as many"
                            .formatted(rows, owner.length));
        }
        for (int i = 0; i < rows; i++) {
            if (owner[i] < 0 || owner[i] >= columns) {
                throw new IllegalArgumentException(
                        "the owner of row %d is %d; there are columns 0 to %d"
                                .formatted(i, owner[i], columns - 1));
            }
        }
    }
}
