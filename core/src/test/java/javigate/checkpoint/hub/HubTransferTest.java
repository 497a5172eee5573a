package javigate.checkpoint.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections that break, stall, or carry something else than was announced. */
class HubTransferTest {

    private static final String FILE = "model.safetensors";
    private static final String IN_STORE = "GET /store/" + FILE;

    @TempDir Path cache;
    private FakeHub hub;
    private byte[] content = {};

    @BeforeEach
    void open() throws IOException {
        hub = new FakeHub();
        content = hub.content(FILE);
    }

    @AfterEach
    void close() {
        hub.close();
    }

    /** Answers one request after the other; the last answer stays. */
    private void answers(FakeHub.Answer... inTurn) {
        AtomicInteger count = new AtomicInteger();
        hub.answers.put(
                IN_STORE,
                exchange ->
                        inTurn[Math.min(count.getAndIncrement(), inTurn.length - 1)].to(exchange));
    }

    private void usual(HttpExchange exchange) throws IOException {
        FakeHub.send(exchange, content);
    }

    private Path blob() {
        return cache.resolve("models--someone--some-model/blobs").resolve(hub.etag(FILE));
    }

    private Path partial() {
        return blob().resolveSibling(hub.etag(FILE) + ".javigate.incomplete");
    }

    private void leave(byte[] partial) throws IOException {
        Files.createDirectories(partial().resolveSibling(""));
        Files.write(partial(), partial);
    }

    private void pullIsGood() throws IOException {
        Path folder = hub.pull(cache);
        assertArrayEquals(content, Files.readAllBytes(folder.resolve(FILE)));
        assertFalse(Files.exists(partial()));
    }

    /** The pull fails with one line, without secrets, and leaves no blob and no partial file. */
    private String pullIsRefused() {
        IOException e = assertThrows(IOException.class, () -> hub.pull(cache));
        String message = String.valueOf(e.getMessage());
        assertFalse(e instanceof HubUnreachableException, message);
        assertEquals(1, message.lines().count());
        assertFalse(message.contains(FakeHub.TOKEN) || message.contains(FakeHub.SIGNATURE));
        assertFalse(Files.exists(partial()));
        assertFalse(Files.exists(blob()));
        assertTrue(message.startsWith("someone/some-model"), message);
        return message;
    }

    @Test
    void aBrokenConnectionIsTakenUpWhereItBroke() throws Exception {
        answers(
                exchange -> FakeHub.cut(exchange, content, 100_000),
                exchange -> FakeHub.cut(exchange, content, 200_000),
                this::usual);
        List<Long> told = new ArrayList<>();
        new HubModels(hub.settings(cache))
                .pull(
                        FakeHub.MODEL,
                        "main",
                        new HubModels.Listener() {
                            @Override
                            public void progress(String file, long bytes, long totalBytes) {
                                if (file.equals(FILE)) {
                                    told.add(bytes);
                                    assertEquals(content.length, totalBytes);
                                }
                            }
                        });
        assertArrayEquals(content, Files.readAllBytes(blob()));
        assertEquals(3, hub.ranges().size());
        assertEquals("null", hub.ranges().get(0));
        for (String range : hub.ranges().subList(1, 3)) {
            long from = Long.parseLong(range.replaceAll("\\D", ""));
            assertTrue(from > 0 && told.contains(from), range + " of " + told);
        }
        assertEquals(told.stream().sorted().toList(), told);
    }

    @Test
    void whereItKeepsBreakingTheSameCommandGoesOnLater() throws Exception {
        answers(exchange -> FakeHub.cut(exchange, content, 100_000));
        IOException e = assertThrows(HubUnreachableException.class, () -> hub.pull(cache));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.contains("the same command goes on"), message);
        assertFalse(message.contains(FakeHub.SIGNATURE), message);
        long kept = Files.size(partial());
        assertTrue(kept > 0 && kept <= 100_000);
        assertFalse(Files.exists(cache.resolve("models--someone--some-model/refs/main")));
        hub.answers.clear();
        hub.seen.clear();
        pullIsGood();
        assertEquals(List.of("bytes=" + kept + "-"), hub.ranges());
        assertEquals(
                List.of("/store/" + FILE),
                hub.seen.stream()
                        .filter(s -> s.at().equals("store"))
                        .map(FakeHub.Seen::path)
                        .toList());
    }

    @Test
    void aServerThatIgnoresTheRangeSendsAllAgain() throws Exception {
        leave(FakeHub.random(7));
        answers(
                exchange -> {
                    exchange.sendResponseHeaders(200, content.length);
                    exchange.getResponseBody().write(content);
                });
        pullIsGood();
        assertEquals(List.of("bytes=7-"), hub.ranges());
    }

    @Test
    void aRangeThatCannotBeIsAskedForOnce() throws Exception {
        leave(Arrays.copyOf(content, 1000));
        answers(exchange -> exchange.sendResponseHeaders(416, -1), this::usual);
        pullIsGood();
        assertEquals(List.of("bytes=1000-", "null"), hub.ranges());
    }

    @Test
    void aPartialFileThatIsWholeOrTooLongIsNotAddedTo() throws Exception {
        leave(content);
        pullIsGood();
        assertEquals(List.of(), hub.ranges());
        Files.delete(blob());
        leave(Arrays.copyOf(content, content.length + 1));
        pullIsGood();
        assertEquals(List.of("null"), hub.ranges());
    }

    @Test
    void aPartialFileOfSomethingElseIsRemovedAndTheNextPullIsGood() throws Exception {
        leave(new byte[1000]);
        assertTrue(pullIsRefused().contains("SHA-256"));
        pullIsGood();
        assertEquals(List.of("bytes=1000-", "null"), hub.ranges());
    }

    @Test
    void aRangeOtherThanAskedForIsRefused() throws Exception {
        for (String range :
                List.of(
                        "bytes 0-299999/300000",
                        "bytes 1000-299999/300001",
                        "bytes 1000-300000/*",
                        "bytes 1000-",
                        "")) {
            leave(Arrays.copyOf(content, 1000));
            answers(
                    exchange -> {
                        exchange.getResponseHeaders().set("Content-Range", range);
                        exchange.sendResponseHeaders(206, 0);
                    });
            assertTrue(pullIsRefused().contains("from byte 1000"), range);
        }
    }

    @Test
    void contentThatDoesNotHaveItsHashIsRefused() throws Exception {
        byte[] other = content.clone();
        other[150_000] ^= 1;
        answers(exchange -> FakeHub.send(exchange, other));
        assertTrue(pullIsRefused().contains(hub.etag(FILE)));
        hub.answers.clear();
        pullIsGood();
    }

    @Test
    void gitsHashOfASmallFileIsHeldToo() throws Exception {
        byte[] other = hub.content("config.json").clone();
        other[3] ^= 1;
        hub.answers.put(
                "GET /someone/some-model/resolve/" + FakeHub.COMMIT + "/config.json",
                exchange -> FakeHub.send(exchange, other));
        assertTrue(pullIsRefused().contains("config.json: what came has the SHA-1"));
    }

    @Test
    void anotherKindOfEtagNamesTheBlobAndPromisesNothing() throws Exception {
        hub.answers.put(
                "HEAD /someone/some-model/resolve/" + FakeHub.COMMIT + "/" + FILE,
                exchange -> {
                    exchange.getResponseHeaders().set("X-Repo-Commit", FakeHub.COMMIT);
                    exchange.getResponseHeaders().set("X-Linked-Etag", "\"some.other-tag_1\"");
                    exchange.getResponseHeaders().set("X-Linked-Size", "300000");
                    FakeHub.redirect(exchange, hub.storeAddress(FILE));
                });
        Path folder = hub.pull(cache);
        assertEquals(
                "../../blobs/some.other-tag_1",
                Files.readSymbolicLink(folder.resolve(FILE)).toString());
    }

    @Test
    void aLengthOtherThanAnnouncedIsRefusedAtOnce() throws Exception {
        for (int length : List.of(content.length - 1, content.length + 1)) {
            answers(exchange -> FakeHub.send(exchange, Arrays.copyOf(content, length)));
            assertTrue(pullIsRefused().contains(length + " bytes come, announced were 300000"));
        }
    }

    @Test
    void moreThanAnnouncedIsCutOff() throws Exception {
        CountDownLatch broken = new CountDownLatch(1);
        answers(
                exchange -> {
                    exchange.sendResponseHeaders(200, 0); // in chunks, no length told
                    try {
                        for (int i = 0; i < 10_000; i++) {
                            exchange.getResponseBody().write(content);
                        }
                    } catch (IOException _) {
                        broken.countDown();
                    }
                });
        assertTrue(pullIsRefused().contains("more came than the 300000 bytes announced"));
        broken.await();
    }

    @Test
    void lessThanAnnouncedIsABrokenConnection() throws Exception {
        answers(
                exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    exchange.getResponseBody().write(content, 0, 1000);
                },
                this::usual);
        pullIsGood();
        assertEquals(List.of("null", "bytes=1000-"), hub.ranges());
    }

    @Test
    void aStalledConnectionIsDropped() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        answers(
                exchange -> {
                    FakeHub.cut(exchange, content, 5000);
                    try {
                        end.await();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                },
                this::usual);
        hub.pull(cache, "HF_HUB_DOWNLOAD_TIMEOUT", "1");
        end.countDown();
        assertEquals(List.of("null", "bytes=5000-"), hub.ranges());
        assertArrayEquals(content, Files.readAllBytes(blob()));
    }

    @Test
    void aBusyStoreIsAskedAgain() throws Exception {
        answers(exchange -> exchange.sendResponseHeaders(503, -1), this::usual);
        pullIsGood();
    }

    @Test
    void redirectsHaveAnEnd() throws Exception {
        answers(exchange -> FakeHub.redirect(exchange, "/store/" + FILE));
        assertTrue(pullIsRefused().contains("more than 5 redirects"));
        assertEquals(5, hub.ranges().size());
    }

    @Test
    void aRedirectNeverLeadsBackFromHttpsNorElsewhere() throws Exception {
        try (HubClient client =
                new HubClient(hub.settings(cache), ModelName.parse(FakeHub.MODEL), "main")) {
            java.net.URI https = java.net.URI.create("https://hub.example/a/b");
            assertEquals("https://hub.example/c", client.target(https, "/c").toString());
            assertEquals(
                    "https://cdn.example/c",
                    client.target(https, "https://cdn.example/c").toString());
            for (String bad :
                    List.of(
                            "http://hub.example/a/b",
                            "ftp://x/y",
                            "file:///etc/passwd",
                            "h t",
                            "https:x")) {
                assertThrows(IOException.class, () -> client.target(https, bad), bad);
            }
        }
    }
}
