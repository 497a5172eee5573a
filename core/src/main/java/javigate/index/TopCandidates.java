package javigate.index;

import java.util.Arrays;
import java.util.PriorityQueue;

/**
 * Clips that may be among the best k: all whose score's upper bound reaches the k-th best lower
 * bound seen so far, or a score that k are known to have. What is left out is provably not among
 * the best k.
 */
final class TopCandidates {
    private static final int FIRST_CAPACITY = 256;

    private final int k;
    private final PriorityQueue<Double> bestLows = new PriorityQueue<>();
    private double threshold;
    private double[] highs = new double[FIRST_CAPACITY];
    private long[] places = new long[FIRST_CAPACITY];
    private int count;

    TopCandidates(int k) {
        this(k, Double.NEGATIVE_INFINITY);
    }

    /**
     * @param floor a score that k clips are known to have
     */
    TopCandidates(int k, double floor) {
        this.k = k;
        this.threshold = floor;
    }

    /** How many are wanted. */
    int k() {
        return k;
    }

    /** A clip whose upper bound is lower cannot be among the best. */
    double threshold() {
        return threshold;
    }

    /** Takes a clip with the bounds of its score, unless it cannot be among the best. */
    void offer(double low, double high, int leaf, int document) {
        if (high >= threshold) {
            add(high, ((long) leaf << Integer.SIZE) | document);
            offerLow(low);
        }
    }

    /** Takes all that another part of the library left. */
    void addAll(TopCandidates other) {
        other.bestLows.forEach(this::offerLow);
        for (int i = 0; i < other.count; i++) {
            if (other.highs[i] >= threshold) {
                add(other.highs[i], other.places[i]);
            }
        }
    }

    /** The candidates' places in index order: leaf in the upper half, document in the lower. */
    long[] places() {
        prune();
        long[] sorted = Arrays.copyOf(places, count);
        Arrays.sort(sorted);
        return sorted;
    }

    private void offerLow(double low) {
        if (bestLows.size() == k) {
            if (low <= threshold) {
                return;
            }
            bestLows.poll();
        }
        bestLows.add(low);
        if (bestLows.size() == k) {
            threshold = Math.max(threshold, bestLows.element());
        }
    }

    private void add(double high, long place) {
        if (count == places.length) {
            prune();
            if (count > places.length / 2) {
                highs = Arrays.copyOf(highs, 2 * count);
                places = Arrays.copyOf(places, 2 * count);
            }
        }
        highs[count] = high;
        places[count] = place;
        count++;
    }

    private void prune() {
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (highs[i] >= threshold) {
                highs[kept] = highs[i];
                places[kept] = places[i];
                kept++;
            }
        }
        count = kept;
    }
}
