package javigate.index;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.jspecify.annotations.Nullable;

/** Divides a scan among the processors: the calling thread and one helper for each other one. */
final class ScanThreads {
    /** Clips that a thread takes at a time: much memory for one look at a counter. */
    static final int LONGEST_RANGE = 11 * DotKernel.STREAMS;

    /**
     * Towards the end a thread takes fewer, so that none waits long for the others: a multiple of
     * this.
     */
    private static final int SHORTEST_RANGE = DotKernel.STREAMS;

    /** Of what is left, a thread takes one so manieth of its part. */
    private static final int RANGES = 4;

    /**
     * How long a thread that has nothing to do looks for work before it sleeps: waking one costs a
     * small library's search dear, and one request often scans several times.
     */
    private static final long SPIN_NANOS = 500_000;

    /** Threads that work at a time. */
    static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    private static final ThreadPoolExecutor HELPERS = helpers();

    /** What one thread does with its share. */
    interface Worker {
        /** Takes documents {@code from} to before {@code to}; ranges of a thread never go back. */
        void scan(LeafReaderContext leaf, int from, int to) throws IOException;
    }

    /** Makes the worker of a thread. */
    interface WorkerMaker<W extends Worker> {
        W make() throws IOException;
    }

    /** One of several pieces of work. */
    interface Piece {
        void run(int number) throws IOException;
    }

    private interface Share {
        void run(int thread, int number) throws IOException;
    }

    /**
     * A helper's part of the work.
     *
     * @param taken whether somebody has it: the helper once it begins, or the caller, who does not
     *     wait for what is still behind other searches in the queue
     */
    private record Helper(AtomicBoolean taken, CompletableFuture<Void> done) {
        Helper() {
            this(new AtomicBoolean(), new CompletableFuture<>());
        }

        void start(Runnable work) {
            done.completeAsync(
                    () -> {
                        if (taken.compareAndSet(false, true)) {
                            work.run();
                        }
                        return null;
                    },
                    HELPERS);
        }

        /**
         * Returns when the helper has done all that it will: one that has not begun never does
         * anything.
         *
         * @return why it failed
         */
        @Nullable Throwable await() {
            if (taken.compareAndSet(false, true)) {
                return null;
            }
            spinUntil(done::isDone);
            try {
                done.join();
                return null;
            } catch (CompletionException e) {
                return e.getCause();
            }
        }
    }

    private record Range(LeafReaderContext leaf, int from, int to) {}

    /** Looks for work a little while before it sleeps. */
    private static final class SpinningQueue extends LinkedBlockingQueue<Runnable> {
        @Override
        public @Nullable Runnable poll(long timeout, TimeUnit unit) throws InterruptedException {
            spinUntil(() -> !isEmpty());
            return super.poll(timeout, unit);
        }
    }

    private ScanThreads() {}

    private static ThreadPoolExecutor helpers() {
        int threads = Math.max(1, PROCESSORS - 1);
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(
                        threads,
                        threads,
                        10,
                        TimeUnit.SECONDS,
                        new SpinningQueue(),
                        Thread.ofPlatform().daemon().name("javigate-scan-", 0).factory());
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    @SuppressWarnings("ThreadPriorityCheck") // nothing relies on the order in which threads run
    private static void spinUntil(BooleanSupplier ready) {
        long end = System.nanoTime() + SPIN_NANOS;
        while (!ready.getAsBoolean() && System.nanoTime() - end < 0) {
            Thread.yield(); // to whoever wants the processor
        }
    }

    /**
     * Has every document visited by one of the workers.
     *
     * @return the workers that took part
     */
    static <W extends Worker> List<W> scan(IndexReader reader, WorkerMaker<W> maker)
            throws IOException {
        List<Range> ranges = ranges(reader);
        List<W> workers = new ArrayList<>();
        for (int t = 0; t < Math.min(PROCESSORS, ranges.size()); t++) {
            workers.add(maker.make());
        }
        divide(
                ranges.size(),
                workers.size(),
                (thread, number) -> {
                    Range range = ranges.get(number);
                    workers.get(thread).scan(range.leaf, range.from, range.to);
                });
        return workers;
    }

    /** Runs pieces 0 to before {@code count}; each thread takes its own in ascending order. */
    static void each(int count, Piece piece) throws IOException {
        divide(count, Math.min(PROCESSORS, count), (_, number) -> piece.run(number));
    }

    private static List<Range> ranges(IndexReader reader) {
        List<Range> ranges = new ArrayList<>();
        int left = reader.maxDoc();
        for (LeafReaderContext leaf : reader.leaves()) {
            int maxDoc = leaf.reader().maxDoc();
            for (int from = 0; from < maxDoc; ) {
                int length =
                        Math.clamp(left / (RANGES * PROCESSORS), SHORTEST_RANGE, LONGEST_RANGE);
                length -= length % SHORTEST_RANGE;
                int to = Math.min(maxDoc, from + length);
                ranges.add(new Range(leaf, from, to));
                left -= to - from;
                from = to;
            }
        }
        return ranges;
    }

    private static void divide(int count, int threads, Share share) throws IOException {
        AtomicInteger next = new AtomicInteger();
        List<Helper> helpers = new ArrayList<>();
        Throwable failed = null;
        try {
            for (int t = 1; t < threads; t++) {
                int thread = t;
                Helper helper = new Helper();
                helpers.add(helper);
                helper.start(() -> work(thread, count, next, share)); // there may be no thread left
            }
            work(0, count, next, share);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } finally {
            next.set(count); // after a failure the others stop at their next piece
            for (Helper helper : helpers) {
                // None may read on when the caller lets go of the snapshot.
                Throwable why = helper.await();
                failed = failed == null ? why : failed;
            }
        }
        switch (failed) { // as if the caller had done it
            case null -> {}
            case UncheckedIOException io -> throw io.getCause();
            case RuntimeException unchecked -> throw unchecked;
            case Error error -> throw error;
            default -> throw new IllegalStateException(failed);
        }
    }

    private static void work(int thread, int count, AtomicInteger next, Share share) {
        try {
            for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                share.run(thread, i);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
