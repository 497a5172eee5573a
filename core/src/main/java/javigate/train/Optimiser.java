package javigate.train;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javigate.tensor.Ops;
import javigate.tensor.Weights;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Moves parameters along their gradients: clips by the global norm, then updates each by the rule
 * at its group's rate. The schedule counts the updates of each parameter by itself; a parameter
 * without gradient is passed over: no decay, no moments, no count.
 */
public final class Optimiser implements AutoCloseable {

    private static final String MEAN = ".m";
    private static final String SQUARE = ".v";
    private static final String STEPS = ".step";

    private static final class Slot {
        final Tensor parameter;
        final double rate;
        final double decay;
        @Nullable Moments moments;

        Slot(Tensor parameter, double rate, double decay) {
            this.parameter = parameter;
            this.rate = rate;
            this.decay = decay;
        }

        long steps() {
            return moments == null ? 0 : moments.steps();
        }

        void replace(Moments newer) {
            if (moments != null) {
                moments.close();
            }
            moments = newer;
        }
    }

    private final Map<String, Slot> slots = new LinkedHashMap<>();
    private final UpdateRule rule;
    private final WarmupCosine schedule;
    private final double maxGradientNorm;
    private final TensorVector all;

    /**
     * Makes those parameters require gradients that the groups do not freeze.
     *
     * @param parameters by name; changed in place by each step
     * @param maxGradientNorm the gradients of all parameters together are clipped to this norm,
     *     above 0
     * @throws IllegalArgumentException if the groups freeze every one
     */
    public Optimiser(
            Map<String, Tensor> parameters,
            ParameterGroups groups,
            UpdateRule rule,
            WarmupCosine schedule,
            double maxGradientNorm) {
        this.rule = rule;
        this.schedule = schedule;
        this.maxGradientNorm = maxGradientNorm;
        parameters.forEach(
                (name, tensor) -> {
                    double rate = groups.rate(name);
                    if (rate > 0) {
                        tensor.requires_grad_(true);
                        double decay = groups.decay(name, tensor.dim());
                        slots.put(name, new Slot(tensor, rate, decay));
                    }
                });
        if (slots.isEmpty()) {
            throw new IllegalArgumentException(
                    "none of the %d parameters has a learning rate above 0"
                            .formatted(parameters.size()));
        }
        this.all =
                new TensorVector(
                        slots.values().stream().map(s -> s.parameter).toArray(Tensor[]::new));
    }

    /** The parameters that train, by name. */
    Map<String, Tensor> trained() {
        Map<String, Tensor> trained = new LinkedHashMap<>();
        slots.forEach((name, slot) -> trained.put(name, slot.parameter));
        return trained;
    }

    /** Values of the parameters that have moved. */
    long movedValues() {
        return slots.values().stream()
                .filter(slot -> slot.moments != null)
                .mapToLong(slot -> slot.parameter.numel())
                .sum();
    }

    /** Factor of the learning rates at the coming step: 0 to 1. */
    public double factor() {
        return schedule.factor(slots.values().stream().mapToLong(Slot::steps).max().orElse(0));
    }

    /**
     * Clips the gradients, takes a step, and drops them.
     *
     * @return the global norm of the gradients before they were clipped
     * @throws IllegalArgumentException if that is no finite number; nothing has moved then
     */
    public double step() {
        try (var _ = new PointerScope();
                var _ = new NoGradGuard()) {
            double norm = torch.clip_grad_norm_(all, maxGradientNorm);
            if (!Double.isFinite(norm)) {
                throw new IllegalArgumentException(
                        "the gradients' norm is "
                                + norm
                                + "; a lower learning rate usually mends that; the weights are as"
                                + " they were");
            }
            for (Slot slot : slots.values()) {
                Tensor gradient = slot.parameter.grad();
                if (!gradient.defined()) {
                    continue;
                }
                if (slot.moments == null) {
                    slot.moments = Moments.zeros(slot.parameter);
                }
                rule.update(
                        slot.parameter,
                        gradient,
                        slot.moments,
                        slot.rate * schedule.factor(slot.steps()),
                        slot.decay);
                slot.parameter.mutable_grad().reset();
            }
            return norm;
        }
    }

    /**
     * What it remembers, for {@link #load}: per parameter that has moved NAME.m and NAME.v, of its
     * shape, and NAME.step, an int64 without dimensions. The moments are its own tensors, which the
     * next step changes.
     */
    public Weights state() {
        Weights state = new Weights();
        slots.forEach(
                (name, slot) -> {
                    if (slot.moments != null) {
                        state.put(name + MEAN, slot.moments.mean());
                        state.put(name + SQUARE, slot.moments.square());
                        state.put(name + STEPS, Ops.longs(new long[] {slot.steps()}));
                    }
                });
        return state;
    }

    /**
     * Goes on from a {@link #state}; the tensors are copied. Parameters without one start afresh.
     *
     * @throws IllegalArgumentException if it holds something of a parameter that is not trained
     *     here, of another shape, or incomplete
     */
    public void load(Weights state) {
        Map<String, Moments> loaded = new LinkedHashMap<>();
        try (var _ = new PointerScope()) {
            slots.forEach(
                    (name, slot) -> {
                        if (state.has(name + STEPS)) {
                            loaded.put(
                                    name,
                                    new Moments(
                                            copy(state, name + MEAN, slot.parameter),
                                            copy(state, name + SQUARE, slot.parameter),
                                            state.longs(name + STEPS)[0]));
                        }
                    });
        }
        Set<String> unknown = new TreeSet<>(state.names());
        loaded.keySet()
                .forEach(
                        name ->
                                unknown.removeAll(
                                        Set.of(name + MEAN, name + SQUARE, name + STEPS)));
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(
                    "optimiser state %s belongs to no parameter that is trained here; it is of"
                                    .formatted(unknown.iterator().next())
                            + " another configuration");
        }
        slots.forEach(
                (name, slot) -> {
                    Moments moments = loaded.get(name);
                    if (moments != null) {
                        slot.replace(moments);
                    }
                });
    }

    private static Tensor copy(Weights state, String name, Tensor parameter) {
        Tensor tensor = state.get(name);
        if (!Arrays.equals(Ops.shape(tensor), Ops.shape(parameter))) {
            throw new IllegalArgumentException(
                    "optimiser state %s has shape %s, its parameter %s; it is another model's"
                            .formatted(
                                    name,
                                    Arrays.toString(Ops.shape(tensor)),
                                    Arrays.toString(Ops.shape(parameter))));
        }
        return tensor.to(parameter.device(), parameter.scalar_type()).clone();
    }

    @Override
    public void close() {
        all.close();
        for (Slot slot : slots.values()) {
            if (slot.moments != null) {
                slot.moments.close();
                slot.moments = null;
            }
        }
    }
}
