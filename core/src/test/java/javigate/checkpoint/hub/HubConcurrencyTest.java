package javigate.checkpoint.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pulls at the same time, in one process and in several, and one that is killed. */
class HubConcurrencyTest {

    private static final String FILE = "model.safetensors";
    private static final int HALF = 150_000;

    @TempDir Path cache;
    private FakeHub hub;
    private final CountDownLatch halfIsSent = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);

    @BeforeEach
    void open() throws IOException {
        hub = new FakeHub();
        hub.answers.put("GET /store/" + FILE, this::half);
    }

    @AfterEach
    void close() {
        goOn.countDown();
        hub.close();
    }

    /** Sends half of the file, waits, sends the rest. */
    private void half(HttpExchange exchange) throws IOException {
        byte[] content = hub.content(FILE);
        FakeHub.cut(exchange, content, HALF);
        halfIsSent.countDown();
        try {
            goOn.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        exchange.getResponseBody().write(content, HALF, content.length - HALF);
    }

    private void cacheIsWhole(Path folder) throws IOException {
        assertArrayEquals(hub.content(FILE), Files.readAllBytes(folder.resolve(FILE)));
        try (Stream<Path> blobs = Files.list(folder.resolve("../../blobs"))) {
            assertEquals(4, blobs.count());
        }
    }

    @Test
    void ofTwoThreadsOneFetchesAndOneWaits() throws Exception {
        CountDownLatch waits = new CountDownLatch(1);
        HubModels models = new HubModels(hub.settings(cache));
        HubModels.Listener listener =
                new HubModels.Listener() {
                    @Override
                    public void note(String line) {
                        waits.countDown();
                    }
                };
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Future<Path> first = threads.submit(() -> models.pull(FakeHub.MODEL, "main", listener));
            halfIsSent.await();
            Future<Path> second =
                    threads.submit(() -> models.pull(FakeHub.MODEL, "main", listener));
            assertTrue(waits.await(60, TimeUnit.SECONDS));
            goOn.countDown();
            assertEquals(first.get(), second.get());
            cacheIsWhole(first.get());
        }
        assertEquals(List.of("null"), hub.ranges());
    }

    @Test
    void ofTwoProcessesOneFetchesAndOneWaits() throws Exception {
        Process first = PullProcess.start(hub, cache);
        halfIsSent.await();
        Process second = PullProcess.start(hub, cache);
        try (BufferedReader ofFirst = first.inputReader();
                BufferedReader ofSecond = second.inputReader()) {
            PullProcess.readTo(ofSecond, "note another pull fetches " + FILE);
            goOn.countDown();
            String folder = PullProcess.readTo(ofFirst, "folder ");
            assertEquals(folder, PullProcess.readTo(ofSecond, "folder "));
            cacheIsWhole(Path.of(folder.substring("folder ".length())));
        }
        assertEquals(List.of("null"), hub.ranges());
    }

    @Test
    void aPullAfterOneThatWasKilledGoesOnWhereItWas() throws Exception {
        Process killed = PullProcess.start(hub, cache);
        try (BufferedReader lines = killed.inputReader()) {
            PullProcess.readTo(lines, "bytes " + HALF);
            killed.toHandle().destroyForcibly();
            assertTrue(killed.waitFor(60, TimeUnit.SECONDS));
        }
        hub.answers.clear();
        Process next = PullProcess.start(hub, cache);
        try (BufferedReader lines = next.inputReader()) {
            String folder = PullProcess.readTo(lines, "folder ");
            cacheIsWhole(Path.of(folder.substring("folder ".length())));
        }
        assertEquals(List.of("null", "bytes=" + HALF + "-"), hub.ranges());
    }
}
