package javigate.tensor;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import java.util.random.RandomGenerator;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The named parameters a model is built from. A layer asks for each by name, shape and
 * initialisation; it gets the checkpoint's tensor where there is one, a new one where the caller
 * passed a source of randomness, and an error otherwise. So names, shapes and initialisation stand
 * in one place, the layer's constructor.
 */
public final class Parameters {

    private final Weights given;
    private final Map<String, Tensor> taken;
    private final String prefix;
    private final @Nullable RandomGenerator random;
    private final LongConsumer drawn;

    private Parameters(
            Weights given,
            Map<String, Tensor> taken,
            String prefix,
            @Nullable RandomGenerator random,
            LongConsumer drawn) {
        this.given = given;
        this.taken = taken;
        this.prefix = prefix;
        this.random = random;
        this.drawn = drawn;
    }

    /** Exactly the tensors of a checkpoint; a missing one is an error. */
    public static Parameters of(Weights given) {
        return new Parameters(given, new LinkedHashMap<>(), "", null, _ -> {});
    }

    /** The given tensors first; what is missing is initialised from {@code random}. */
    public static Parameters initialised(Weights given, RandomGenerator random) {
        return initialised(given, random, _ -> {});
    }

    /**
     * As {@link #initialised(Weights, RandomGenerator)}.
     *
     * @param drawn told of the number of values each new parameter has, for a progress bar
     */
    public static Parameters initialised(
            Weights given, RandomGenerator random, LongConsumer drawn) {
        return new Parameters(given, new LinkedHashMap<>(), "", random, drawn);
    }

    /** The same parameters seen from below {@code child}: names are relative to it. */
    public Parameters at(String child) {
        return new Parameters(given, taken, prefix + child + ".", random, drawn);
    }

    /**
     * The parameter of this name.
     *
     * @throws IllegalArgumentException if it is missing or of another shape
     */
    public Tensor get(String name, Init init, long... shape) {
        String full = prefix + name;
        Tensor tensor = given.has(full) ? given.get(full) : null;
        if (tensor == null) {
            if (random == null) {
                throw new IllegalArgumentException(
                        "weight %s %s is missing".formatted(full, Arrays.toString(shape)));
            }
            tensor = Ops.floats(init.values(shape, random), shape);
            tensor.retainReference();
            drawn.accept(tensor.numel());
        } else if (!Arrays.equals(Ops.shape(tensor), shape)) {
            throw new IllegalArgumentException(
                    "weight %s has shape %s; the configuration wants %s"
                            .formatted(
                                    full,
                                    Arrays.toString(Ops.shape(tensor)),
                                    Arrays.toString(shape)));
        }
        if (!tensor.is_floating_point()) {
            throw new IllegalArgumentException(
                    "weight %s holds %s; a floating-point type is wanted"
                            .formatted(full, DataTypes.name(tensor.scalar_type().intern())));
        }
        taken.put(full, tensor);
        return tensor;
    }

    /** All parameters asked for so far, by full name in the order of asking. */
    public Map<String, Tensor> taken() {
        return java.util.Collections.unmodifiableMap(taken);
    }

    /**
     * Checks that the model asked for every given tensor.
     *
     * @throws IllegalArgumentException naming those it did not
     */
    public void requireAllTaken() {
        TreeSet<String> unknown = new TreeSet<>(given.names());
        unknown.removeAll(taken.keySet());
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(
                    unknown.size() + " unknown weights: " + String.join(", ", unknown));
        }
    }
}
