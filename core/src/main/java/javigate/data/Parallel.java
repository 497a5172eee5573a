package javigate.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Numbered pieces of work done by several threads. */
final class Parallel {

    /** One piece. */
    @FunctionalInterface
    interface Work {
        /**
         * @param thread from 0, for what a thread has of its own
         * @param piece from 0
         */
        void run(int thread, int piece) throws IOException;
    }

    private Parallel() {}

    /**
     * Does all pieces. After the first failure no other piece is begun; those under way end.
     *
     * @param threads at least 1
     * @throws IOException the first failure in order of threads, or that this thread was
     *     interrupted
     */
    static void run(int threads, int pieces, Work work) throws IOException {
        AtomicInteger next = new AtomicInteger();
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> running = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int thread = t;
                running.add(
                        pool.submit(
                                () -> {
                                    drain(next, pieces, thread, work);
                                    return null;
                                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
        } catch (InterruptedException e) {
            next.set(pieces);
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException cause -> throw cause;
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw new IOException(e.getCause());
            }
        }
    }

    private static void drain(AtomicInteger next, int pieces, int thread, Work work)
            throws IOException {
        boolean good = false;
        try {
            for (int i = next.getAndIncrement(); i < pieces; i = next.getAndIncrement()) {
                work.run(thread, i);
            }
            good = true;
        } finally {
            if (!good) {
                next.set(pieces);
            }
        }
    }
}
