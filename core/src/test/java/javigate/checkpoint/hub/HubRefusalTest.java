package javigate.checkpoint.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.Headers;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hubs that say no, lie, or are not there. */
class HubRefusalTest {

    private static final String LIST = "GET /api/models/someone/some-model/revision/main";
    private static final String RESOLVE = "/someone/some-model/resolve/" + FakeHub.COMMIT + "/";

    @TempDir Path cache;
    private FakeHub hub;

    @BeforeEach
    void open() throws IOException {
        hub = new FakeHub();
    }

    @AfterEach
    void close() {
        hub.close();
    }

    /** The pull fails with one line, without the token, and nothing is written. */
    private String refusal(String... more) throws IOException {
        IOException e = assertThrows(IOException.class, () -> hub.pull(cache, more));
        String message = String.valueOf(e.getMessage());
        assertEquals(1, message.lines().count(), message);
        assertFalse(message.contains(FakeHub.TOKEN), message);
        assertTrue(message.startsWith("someone/some-model main: "), message);
        assertTrue(message.chars().noneMatch(Character::isISOControl), message);
        try (Stream<Path> written = Files.list(cache)) {
            assertEquals(List.of(), written.toList());
        }
        return message;
    }

    private void lists(String... siblings) throws IOException {
        byte[] listing = hub.listing(siblings);
        hub.answers.put(LIST, exchange -> FakeHub.send(exchange, listing));
    }

    @Test
    void pathsThatLeadElsewhereAreRefusedBeforeAnythingIsAskedFor() throws Exception {
        for (String bad :
                List.of(
                        "../config.json",
                        "a/../../config.json",
                        "a/..",
                        "/etc/passwd",
                        "a//b",
                        "a/",
                        "",
                        ".",
                        "./config.json",
                        "..\\config.json",
                        "a\\b",
                        "C:/config.json",
                        "c:config.json",
                        "con\u0000fig",
                        "a\nb",
                        "\u001b[31mred")) {
            lists("config.json", "model.safetensors", bad);
            hub.seen.clear();
            assertTrue(refusal().contains("nothing was written"), bad);
            assertEquals(1, hub.seen.size());
        }
    }

    @Test
    void soAreThoseOfAnIndexOfParts() throws Exception {
        hub.files.remove("model.safetensors");
        for (String bad : List.of("../../x", "/x", "a\\\\x", "C:x", "", "absent.safetensors")) {
            hub.files.put(
                    "model.safetensors.index.json",
                    FakeHub.text("{\"weight_map\": {\"a\": \"" + bad + "\"}}"));
            assertTrue(refusal().contains("is named") || bad.startsWith("absent"), bad);
        }
        for (String bad : List.of("{}", "[", "{\"weight_map\": {\"a\": {\"b\": 1}}}")) {
            hub.files.put("model.safetensors.index.json", FakeHub.text(bad));
            refusal();
        }
    }

    @Test
    void anEtagThatIsNoFilesNameIsRefused() throws Exception {
        for (String bad :
                List.of(
                        "\"../../x\"",
                        ".hidden",
                        "\"\"",
                        "a/b",
                        "a b",
                        "W/\"..\"",
                        "x".repeat(256))) {
            hub.answers.put(
                    "HEAD " + RESOLVE + "merges.txt",
                    exchange -> {
                        exchange.getResponseHeaders().set("X-Repo-Commit", FakeHub.COMMIT);
                        exchange.getResponseHeaders().set("ETag", bad);
                        exchange.getResponseHeaders().set("Content-Length", "10");
                        exchange.sendResponseHeaders(200, -1);
                    });
            assertTrue(refusal().contains("etag"), bad);
        }
    }

    @Test
    void aFileWithoutSizeOrOfAnotherCommitIsRefused() throws Exception {
        hub.answers.put(
                "HEAD " + RESOLVE + "model.safetensors",
                exchange -> {
                    exchange.getResponseHeaders().set("X-Repo-Commit", FakeHub.COMMIT);
                    exchange.getResponseHeaders().set("ETag", "x");
                    FakeHub.redirect(exchange, hub.storeAddress("model.safetensors"));
                });
        assertTrue(refusal().contains("size is not told"));
        hub.answers.put(
                "HEAD " + RESOLVE + "model.safetensors",
                exchange -> {
                    Headers headers = exchange.getResponseHeaders();
                    headers.set("X-Repo-Commit", "e".repeat(40));
                    headers.set("ETag", "x");
                    headers.set("Content-Length", "1");
                    exchange.sendResponseHeaders(200, -1);
                });
        assertTrue(refusal().contains("e".repeat(40)));
    }

    @Test
    void aListThatIsNoneIsRefused() throws Exception {
        String[] bad = {"<html>", "{}", "[]", "", "{\"sha\": \"../../x\", \"siblings\": []}"};
        for (String list : bad) {
            hub.answers.put(LIST, exchange -> FakeHub.send(exchange, FakeHub.text(list)));
            refusal();
        }
        lists("README.md");
        assertTrue(refusal().contains("model.safetensors"));
        hub.answers.put(
                LIST,
                exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    byte[] blanks = new byte[1 << 20];
                    java.util.Arrays.fill(blanks, (byte) ' ');
                    try {
                        for (int i = 0; i < 100; i++) {
                            exchange.getResponseBody().write(blanks);
                        }
                    } catch (IOException _) {
                        // cut off, as it should be
                    }
                });
        assertTrue(refusal().contains("is over"));
    }

    private void says(int status, String code) {
        hub.answers.put(
                LIST,
                exchange -> {
                    if (!code.isEmpty()) {
                        exchange.getResponseHeaders().set("X-Error-Code", code);
                    }
                    exchange.sendResponseHeaders(status, -1);
                });
    }

    @Test
    void eachNoHasItsLine() throws Exception {
        for (int status : List.of(401, 403)) {
            says(status, "GatedRepo");
            String message = refusal("HF_TOKEN", "");
            assertTrue(message.contains("accept its licence at " + hub.endpoint()), message);
            assertTrue(message.contains("HF_TOKEN is not set"), message);
            assertTrue(refusal().contains("HF_TOKEN is no help"));
        }
        says(401, "RepoNotFound");
        assertTrue(refusal().contains("no such model"));
        says(404, "");
        assertTrue(refusal().contains("no such model or revision"));
        says(500, "");
        assertTrue(refusal().contains("answered 500"));
        says(418, "");
        assertTrue(refusal().contains("answered 418"));
    }

    @Test
    void aGatedFileIsToldToo() throws Exception {
        hub.answers.put(
                "HEAD " + RESOLVE + "config.json",
                exchange -> {
                    exchange.getResponseHeaders().set("X-Error-Code", "GatedRepo");
                    exchange.sendResponseHeaders(403, -1);
                });
        assertTrue(refusal().contains("config.json: not open to everyone"));
    }

    private static String closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return "http://127.0.0.1:" + socket.getLocalPort();
        }
    }

    @Test
    void withoutANetworkTheCacheDoesIfItIsWhole() throws Exception {
        String nowhere = closedPort();
        assertTrue(refusal("HF_ENDPOINT", nowhere).contains("cannot be reached"));
        Path folder = hub.pull(cache);
        List<String> notes = new ArrayList<>();
        List<String> files = new ArrayList<>();
        HubModels.Listener listener =
                new HubModels.Listener() {
                    @Override
                    public void note(String line) {
                        notes.add(line);
                    }

                    @Override
                    public void done(String file, long bytes, boolean fetched) {
                        assertFalse(fetched);
                        files.add(file);
                    }
                };
        HubModels cutOff = new HubModels(hub.settings(cache, "HF_ENDPOINT", nowhere));
        assertEquals(folder, cutOff.pull(FakeHub.MODEL, "main", listener));
        assertEquals(
                List.of("config.json", "vocab.json", "merges.txt", "model.safetensors"), files);
        assertEquals(1, notes.size());
        assertTrue(notes.get(0).contains("the copy in the cache is used"), notes.toString());
        says(503, "");
        assertEquals(folder, hub.pull(cache));
        Files.delete(folder.resolve("model.safetensors"));
        assertThrows(
                HubUnreachableException.class, () -> cutOff.pull(FakeHub.MODEL, "main", listener));
    }

    @Test
    void offlineNothingIsAskedFor() throws Exception {
        assertTrue(refusal("HF_HUB_OFFLINE", "1").contains("HF_HUB_OFFLINE is set"));
        Path folder = hub.pull(cache);
        hub.seen.clear();
        assertEquals(folder, hub.pull(cache, "HF_HUB_OFFLINE", "1"));
        assertEquals(List.of(), hub.seen);
    }

    @Test
    void aServerThatDoesNotAnswerIsGivenUp() throws Exception {
        try (ServerSocket silent = new ServerSocket(0)) {
            String message =
                    refusal(
                            "HF_ENDPOINT",
                            "http://127.0.0.1:" + silent.getLocalPort(),
                            "HF_HUB_DOWNLOAD_TIMEOUT",
                            "1");
            assertTrue(message.contains("nothing came for 1 s"), message);
        }
    }
}
