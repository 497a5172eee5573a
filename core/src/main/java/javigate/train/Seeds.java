package javigate.train;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Randomness by place instead of by history: the draws of a step follow from seed, epoch and step
 * alone. So a run that is taken up again draws what it would have drawn, and so does every process
 * of one run.
 */
final class Seeds {

    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private Seeds() {}

    /** For the initialisation of weights. */
    static RandomGenerator start(long seed) {
        return generator(seed);
    }

    /** For the order of the samples in an epoch, from 1. */
    static RandomGenerator order(long seed, int epoch) {
        return generator(mix(seed, epoch));
    }

    /** For what is drawn for a step, from 0 in its epoch. */
    static RandomGenerator step(long seed, int epoch, long step) {
        return generator(mix(mix(seed, epoch), step + 1));
    }

    /** Of libtorch's own generator in a step, from 0 in its epoch: dropout. */
    static long dropout(long seed, int epoch, long step) {
        return mix(mix(mix(seed, epoch), step + 1), 1);
    }

    private static RandomGenerator generator(long seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    /**
     * Two numbers to one, close pairs far apart (the finaliser of SplitMix64, Steele et al., 2014).
     */
    private static long mix(long a, long b) {
        long z = a + GOLDEN * b;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
