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
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;

/** Divides a scan among the processors: the calling thread and one helper for each other one. */
final class ScanThreads {
    /** Clips that a thread takes at a time: much memory for one look at a counter. */
    private static final int RANGE = 64;

    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();
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

    private record Range(LeafReaderContext leaf, int from, int to) {}

    private ScanThreads() {}

    private static ThreadPoolExecutor helpers() {
        int threads = Math.max(1, PROCESSORS - 1);
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(
                        threads,
                        threads,
                        10,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        Thread.ofPlatform().daemon().name("javigate-scan-", 0).factory());
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /**
     * Has every document visited by one of the workers.
     *
     * @return the workers that took part
     */
    static <W extends Worker> List<W> scan(IndexReader reader, WorkerMaker<W> maker)
            throws IOException {
        List<Range> ranges = new ArrayList<>();
        for (LeafReaderContext leaf : reader.leaves()) {
            int maxDoc = leaf.reader().maxDoc();
            for (int from = 0; from < maxDoc; from += RANGE) {
                ranges.add(new Range(leaf, from, Math.min(maxDoc, from + RANGE)));
            }
        }
        AtomicInteger next = new AtomicInteger();
        List<W> workers = new ArrayList<>();
        List<CompletableFuture<Void>> helpers = new ArrayList<>();
        for (int t = 0; t < Math.min(PROCESSORS, ranges.size()); t++) {
            W worker = maker.make();
            workers.add(worker);
            if (t > 0) {
                helpers.add(CompletableFuture.runAsync(() -> work(worker, ranges, next), HELPERS));
            }
        }
        CompletableFuture<Void> helped =
                CompletableFuture.allOf(helpers.toArray(CompletableFuture[]::new));
        try {
            if (!workers.isEmpty()) {
                work(workers.getFirst(), ranges, next);
            }
            helped.join();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (CompletionException e) {
            if (e.getCause() instanceof UncheckedIOException io) {
                throw io.getCause();
            }
            throw e;
        } finally {
            next.set(ranges.size()); // after a failure the others stop at their next range
            // None may read on when the caller lets go of the snapshot.
            helped.handle((_, _) -> true).join();
        }
        return workers;
    }

    private static void work(Worker worker, List<Range> ranges, AtomicInteger next) {
        try {
            for (int i = next.getAndIncrement(); i < ranges.size(); i = next.getAndIncrement()) {
                Range range = ranges.get(i);
                worker.scan(range.leaf, range.from, range.to);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
