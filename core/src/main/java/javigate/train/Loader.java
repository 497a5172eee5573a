package javigate.train;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Prepares the next inputs on a thread of its own while a step computes. It holds two pieces at
 * most: the one that was asked for last and the next.
 */
final class Loader implements AutoCloseable {

    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("loader").factory());
    private final Iterator<Supplier<List<Tensor>>> pieces;
    private @Nullable Future<List<Tensor>> ahead;
    private long waitedNanos;

    /**
     * @param pieces in the order they will be asked for; each makes tensors without graph
     */
    Loader(Iterator<Supplier<List<Tensor>>> pieces) {
        this.pieces = pieces;
        this.ahead = submitNext();
    }

    private @Nullable Future<List<Tensor>> submitNext() {
        return thread.submit(() -> pieces.hasNext() ? prepare(pieces.next()) : List.of());
    }

    /** The tensors outlive the thread's own scope; whatever else was made on the way does not. */
    private static List<Tensor> prepare(Supplier<List<Tensor>> piece) {
        try (var _ = new PointerScope()) {
            List<Tensor> tensors = piece.get();
            tensors.forEach(Tensor::retainReference);
            return tensors;
        }
    }

    /**
     * The next piece; its tensors belong to the caller's pointer scope.
     *
     * @throws IllegalStateException if there is none left
     */
    List<Tensor> next() {
        long start = System.nanoTime();
        Future<List<Tensor>> asked = ahead;
        ahead = null; // one that failed is not asked for again
        List<Tensor> tensors = await(asked);
        waitedNanos += System.nanoTime() - start;
        if (tensors.isEmpty()) {
            throw new IllegalStateException("more inputs asked for than there are");
        }
        ahead = submitNext();
        PointerScope scope = PointerScope.getInnerScope();
        tensors.forEach(
                tensor -> {
                    scope.attach(tensor);
                    boolean _ = tensor.releaseReference(); // now the scope's alone
                });
        return tensors;
    }

    private static List<Tensor> await(@Nullable Future<List<Tensor>> future) {
        if (future == null) {
            throw new IllegalStateException("the loader is closed");
        }
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while loading", e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }

    /** Time that {@link #next} has waited since the last call of this, ns. */
    long takeWaitedNanos() {
        long waited = waitedNanos;
        waitedNanos = 0;
        return waited;
    }

    /** Stops; what was prepared in vain is freed. */
    @Override
    public void close() {
        Future<List<Tensor>> asked = ahead;
        ahead = null;
        thread.shutdown();
        if (asked != null) {
            try {
                asked.get().forEach(Tensor::close);
            } catch (ExecutionException _) {
                // nobody needs what could not be prepared
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
