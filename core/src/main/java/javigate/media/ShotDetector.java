package javigate.media;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds hard cuts in a stream of small pictures.
 *
 * <p>The change between two pictures is the mean absolute difference of their values in percent of
 * the largest, as in FFmpeg's scdet filter (vf_scdet.c, {@code mafd}), here of red, green and blue.
 * A picture begins a shot when
 *
 * <ol>
 *   <li>its change from the picture before is at least {@link #MIN_CHANGE} and {@link #MIN_RATIO}
 *       times the mean of the two changes before and the two after, so that motion, however fast,
 *       is none. This is PySceneDetect's AdaptiveDetector with its defaults: window 2, ratio 3, 15
 *       of 255. Pictures that repeat the one before ({@link #REPEATED}) are passed over, and
 *       changes more than {@link #NEAR_MS} away count as 0: how often a file repeats a picture that
 *       stands still says nothing.
 *   <li>at least {@link #MIN_SHARE} of the picture changes, so that nothing that moves or appears
 *       in a part of it is one. Pixels that are black in both pictures are no part of it.
 *   <li>nothing like it was seen within {@link ShotChanges#MIN_SHOT_MS} before, and nothing like
 *       the picture before it is seen within as long after, so that flashes are none. "Like" is a
 *       change under {@link #MIN_CHANGE}.
 * </ol>
 *
 * <p>Fades and dissolves are not found. Memory: the pictures of twice the shortest shot; those less
 * than {@link #MIN_STEP_MS} after another are passed over. The same pictures give the same cuts.
 */
final class ShotDetector {

    /** Percent. */
    static final double MIN_CHANGE = 100 * 15.0 / 255;

    static final double MIN_RATIO = 3;

    /** Of the pixels. */
    static final double MIN_SHARE = 0.5;

    /** Percent; below, only the encoding differs. */
    static final double REPEATED = 0.2;

    static final long NEAR_MS = 500;

    static final long MIN_STEP_MS = 15;

    /** By so much a pixel's sum of three values differs when it changed: 3 percent. */
    private static final int CHANGED = 3 * 12;

    /** Largest sum of the three values of a pixel in a black bar. */
    private static final int BLACK = 3 * 8;

    private static final int NEIGHBOURS = 2;

    private record Seen(long timeMs, byte[] picture, double change) {}

    private final List<Seen> window = new ArrayList<>();
    private int undecided;

    /**
     * Looks at the next picture.
     *
     * @param timeMs after those before; a picture that is not is passed over
     * @param picture values 0..255, as many as in those before; kept
     * @return when shots begin of which that is certain only now, ascending
     */
    List<Long> accept(long timeMs, byte[] picture) {
        Seen last = window.isEmpty() ? null : window.getLast();
        if (last != null && timeMs < last.timeMs() + MIN_STEP_MS) {
            return List.of();
        }
        window.add(new Seen(timeMs, picture, last == null ? 0 : change(last.picture(), picture)));
        return decide(timeMs - ShotChanges.MIN_SHOT_MS);
    }

    /** What is left when no more pictures come, as of {@link #accept}. */
    List<Long> finish() {
        return decide(Long.MAX_VALUE);
    }

    private List<Long> decide(long untilMs) {
        List<Long> cuts = new ArrayList<>();
        while (undecided < window.size() && window.get(undecided).timeMs() < untilMs) {
            if (beginsShot(undecided)) {
                cuts.add(window.get(undecided).timeMs());
            }
            undecided++;
        }
        int old = 0;
        while (old + NEIGHBOURS < undecided
                && window.get(old).timeMs() < untilMs - ShotChanges.MIN_SHOT_MS) {
            old++;
        }
        window.subList(0, old).clear();
        undecided -= old;
        return cuts;
    }

    private boolean beginsShot(int at) {
        double change = window.get(at).change();
        return change >= MIN_CHANGE
                && change >= MIN_RATIO * (changes(at, -1) + changes(at, 1)) / (2 * NEIGHBOURS)
                && share(window.get(at - 1).picture(), window.get(at).picture()) >= MIN_SHARE
                && !returns(at);
    }

    /** Sum of the changes next to a picture on one side. */
    private double changes(int at, int side) {
        double sum = 0;
        int count = 0;
        for (int i = at + side; i >= 0 && i < window.size() && count < NEIGHBOURS; i += side) {
            Seen other = window.get(i);
            if (Math.abs(other.timeMs() - window.get(at).timeMs()) > NEAR_MS) {
                break;
            }
            if (other.change() >= REPEATED) {
                sum += other.change();
                count++;
            }
        }
        return sum;
    }

    private boolean returns(int at) {
        Seen first = window.get(at);
        Seen before = window.get(at - 1);
        for (int i = 0; i < window.size(); i++) {
            Seen other = window.get(i);
            boolean within = Math.abs(other.timeMs() - first.timeMs()) <= ShotChanges.MIN_SHOT_MS;
            Seen unlike = i < at ? first : before;
            if (within
                    && i != at
                    && i != at - 1
                    && change(unlike.picture(), other.picture()) < MIN_CHANGE) {
                return true;
            }
        }
        return false;
    }

    /** Mean absolute difference, percent. */
    static double change(byte[] one, byte[] other) {
        long sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += Math.abs((one[i] & 0xff) - (other[i] & 0xff));
        }
        return 100.0 * sum / (255.0 * one.length);
    }

    /** How much of what is not black in both changes, 0 to 1. */
    static double share(byte[] one, byte[] other) {
        int changed = 0;
        int all = 0;
        for (int i = 0; i + 2 < one.length; i += 3) {
            int difference = 0;
            int sum = 0;
            int otherSum = 0;
            for (int c = i; c < i + 3; c++) {
                difference += Math.abs((one[c] & 0xff) - (other[c] & 0xff));
                sum += one[c] & 0xff;
                otherSum += other[c] & 0xff;
            }
            all += sum > BLACK || otherSum > BLACK ? 1 : 0;
            changed += difference >= CHANGED && (sum > BLACK || otherSum > BLACK) ? 1 : 0;
        }
        return changed / (double) Math.max(1, all);
    }
}
