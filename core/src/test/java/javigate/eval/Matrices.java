package javigate.eval;

import java.util.Random;

/** Score matrices for tests. */
final class Matrices {

    private Matrices() {}

    /** Scores that never tie. */
    static double[][] random(int rows, int columns, Random random) {
        double[][] scores = new double[rows][columns];
        for (double[] row : scores) {
            for (int j = 0; j < columns; j++) {
                row[j] = random.nextGaussian();
            }
        }
        return scores;
    }

    /** Scores of few values, so that most tie. */
    static double[][] tied(int rows, int columns, Random random) {
        double[][] scores = new double[rows][columns];
        for (double[] row : scores) {
            for (int j = 0; j < columns; j++) {
                row[j] = random.nextInt(4);
            }
        }
        return scores;
    }

    /** Captions of videos in any order, each video with at least one. */
    static int[] owners(int captions, int videos, Random random) {
        int[] owner = new int[captions];
        for (int t = 0; t < captions; t++) {
            owner[t] = t < videos ? t : random.nextInt(videos);
        }
        for (int t = captions - 1; t > 0; t--) {
            int other = random.nextInt(t + 1);
            int swapped = owner[t];
            owner[t] = owner[other];
            owner[other] = swapped;
        }
        return owner;
    }

    /** 0 to n − 1 in another order. */
    static int[] permutation(int n, Random random) {
        return owners(n, n, random);
    }
}
