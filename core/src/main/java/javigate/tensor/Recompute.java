package javigate.tensor;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Activation checkpointing (Chen et al., 2016, <i>Training Deep Nets with Sublinear Memory
 * Cost</i>): while one is open on a thread, transformer blocks keep only their input and output.
 * After the gradients of what came of the outputs are known, {@link #unwind} computes each block
 * again, last first, to carry them through. The gradients are the same; each block is computed
 * twice.
 */
public final class Recompute implements AutoCloseable {

    private static final ThreadLocal<@Nullable Recompute> OPEN = new ThreadLocal<>();

    /** A block that was computed without a graph. */
    private record Segment(
            UnaryOperator<Tensor> block, Tensor input, Tensor output, boolean bf16) {}

    private final Deque<Segment> segments = new ArrayDeque<>();

    private Recompute() {}

    /**
     * Begins on this thread.
     *
     * @throws IllegalStateException if one is open already
     */
    public static Recompute open() {
        if (OPEN.get() != null) {
            throw new IllegalStateException("blocks are being recomputed already");
        }
        Recompute recompute = new Recompute();
        OPEN.set(recompute);
        return recompute;
    }

    /**
     * A block's output. Where one is open, and a gradient could be asked for, it is a leaf without
     * a past.
     *
     * @param block one tensor to another; the same again when it is asked again
     */
    public static Tensor through(UnaryOperator<Tensor> block, Tensor input) {
        Recompute recompute = OPEN.get();
        if (recompute == null || !GradMode.is_enabled()) {
            return block.apply(input);
        }
        PointerScope outer = PointerScope.getInnerScope();
        Tensor output;
        try (var _ = new PointerScope();
                var _ = new NoGradGuard()) {
            output = block.apply(input).detach();
            outer.attach(output); // outlives the inner scope
        }
        Tensor _ = output.requires_grad_(true);
        boolean bf16 = torch.is_autocast_enabled(Engine.device().type());
        recompute.segments.push(new Segment(block, input, output, bf16));
        return output;
    }

    /** Carries the gradients of the outputs on to the inputs and the blocks' parameters. */
    public void unwind() {
        OPEN.remove(); // blocks now keep their graphs
        while (!segments.isEmpty()) {
            Segment segment = segments.pop();
            if (segment.output().grad().defined()) {
                try (var _ = new PointerScope()) {
                    carryThrough(segment);
                }
            }
        }
    }

    private static void carryThrough(Segment segment) {
        Tensor input = segment.input().detach().requires_grad_(true);
        Tensor output;
        try (Autocast _ = segment.bf16() ? Autocast.bf16() : null) {
            output = segment.block().apply(input);
        }
        backward(output, segment.output().grad());
        if (segment.input().requires_grad()) {
            backward(segment.input(), input.grad());
        }
    }

    private static void backward(Tensor root, Tensor gradient) {
        torch.backward(
                new TensorVector(root),
                new TensorVector(gradient),
                new BoolOptional(),
                false,
                new TensorVector());
    }

    @Override
    public void close() {
        OPEN.remove();
    }
}
