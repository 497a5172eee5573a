package javigate.data;

import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Random choices that are the same on every machine: only 64-bit words are taken from the generator
 * (L64X128MixRandom), all else is integer arithmetic stated here.
 */
final class Draws {

    private final RandomGenerator generator;

    /** Choices that depend on all keys and on nothing else. */
    Draws(long... keys) {
        generator = RandomGeneratorFactory.of("L64X128MixRandom").create(mix(keys));
    }

    /** A well spread word for these keys (the finaliser of SplitMix64, chained). */
    static long mix(long... keys) {
        long state = 0x9E3779B97F4A7C15L;
        for (long key : keys) {
            state = (state ^ key) + 0x9E3779B97F4A7C15L;
            state = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
            state = (state ^ (state >>> 27)) * 0x94D049BB133111EBL;
            state ^= state >>> 31;
        }
        return state;
    }

    long word() {
        return generator.nextLong();
    }

    /** An integer in 0..count−1. */
    int below(int count) {
        return (int) (((generator.nextLong() >>> 32) * count) >>> 32);
    }

    /** An integer in low..high, both included. */
    int between(int low, int high) {
        return low + below(high - low + 1);
    }

    /** A real in [0, 1). */
    double unit() {
        return (generator.nextLong() >>> 11) * 0x1p-53;
    }

    /** A real in [low, high). */
    double between(double low, double high) {
        return low + (high - low) * unit();
    }

    /** True in this many of a hundred draws. */
    boolean percent(int chance) {
        return below(100) < chance;
    }

    <T> T of(T[] choices) {
        return choices[below(choices.length)];
    }

    <T> T of(List<T> choices) {
        return choices.get(below(choices.size()));
    }

    /** Fisher and Yates. */
    void shuffle(List<?> list) {
        for (int i = list.size() - 1; i > 0; i--) {
            Collections.swap(list, i, below(i + 1));
        }
    }
}
