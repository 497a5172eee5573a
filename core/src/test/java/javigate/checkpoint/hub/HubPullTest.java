package javigate.checkpoint.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pulls from a real server; the cache is compared with the layout that the hub documents. */
class HubPullTest {

    private static final String FOLDER = "models--someone--some-model/";
    private static final String SNAPSHOT = FOLDER + "snapshots/" + FakeHub.COMMIT + "/";

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

    @Test
    void theCacheIsLaidOutAsDocumented() throws Exception {
        Path folder = hub.pull(cache);
        assertEquals(cache.resolve(SNAPSHOT.substring(0, SNAPSHOT.length() - 1)), folder);
        Map<String, String> expected = new TreeMap<>();
        expected.put(FOLDER + "refs/main", FakeHub.COMMIT);
        for (String file :
                List.of("config.json", "vocab.json", "merges.txt", "model.safetensors")) {
            String etag = hub.etag(file);
            expected.put(SNAPSHOT + file, "-> ../../blobs/" + etag);
            expected.put(FOLDER + "blobs/" + etag, hub.content(file).length + " bytes");
            expected.put(".locks/" + FOLDER + etag + ".lock", "0 bytes");
            assertArrayEquals(hub.content(file), Files.readAllBytes(folder.resolve(file)));
        }
        assertEquals(expected, tree());
    }

    /** Every file below the cache: where it links to, a ref's content, else its size. */
    private Map<String, String> tree() throws IOException {
        Map<String, String> tree = new TreeMap<>();
        try (Stream<Path> all = Files.walk(cache)) {
            for (Path path : all.toList()) {
                String name = cache.relativize(path).toString();
                if (Files.isSymbolicLink(path)) {
                    tree.put(name, "-> " + Files.readSymbolicLink(path));
                } else if (name.contains("/refs/") && Files.isRegularFile(path)) {
                    tree.put(name, Files.readString(path));
                } else if (Files.isRegularFile(path)) {
                    tree.put(name, Files.size(path) + " bytes");
                }
            }
        }
        return tree;
    }

    @Test
    void theTokenGoesToTheHubAndNotToTheStore() throws Exception {
        hub.pull(cache);
        for (FakeHub.Seen request : hub.seen) {
            assertEquals(
                    request.at().equals("hub") ? "Bearer " + FakeHub.TOKEN : null,
                    request.authorization(),
                    request.toString());
        }
        assertEquals(List.of("null"), hub.ranges());
    }

    @Test
    void aSecondPullAsksForTheListOnly() throws Exception {
        hub.pull(cache);
        Map<String, String> before = tree();
        hub.seen.clear();
        hub.pull(cache);
        assertEquals(1, hub.seen.size());
        assertEquals("/api/models/someone/some-model/revision/main", hub.seen.get(0).path());
        assertEquals(before, tree());
    }

    @Test
    void aBlobThatIsThereIsLinkedNotFetched() throws Exception {
        Path blob = cache.resolve(FOLDER + "blobs").resolve(hub.etag("model.safetensors"));
        Files.createDirectories(blob.resolveSibling(""));
        Files.write(blob, hub.content("model.safetensors"));
        Path folder = hub.pull(cache);
        assertEquals(List.of(), hub.ranges());
        assertTrue(Files.isSameFile(blob, folder.resolve("model.safetensors")));
    }

    @Test
    void aNewCommitSharesTheBlobsThatDidNotChange() throws Exception {
        hub.pull(cache);
        hub.seen.clear();
        hub.commit = "f".repeat(40);
        hub.files.put("config.json", FakeHub.text("{\"changed\": true}"));
        Path folder = hub.pull(cache);
        assertEquals(
                List.of("/api/models/someone/some-model/revision/main", "config.json"), hub.gets());
        assertEquals(List.of(), hub.ranges());
        assertEquals("f".repeat(40), Files.readString(cache.resolve(FOLDER + "refs/main")));
        assertEquals("{\"changed\": true}", Files.readString(folder.resolve("config.json")));
        HubModels models = new HubModels(hub.settings(cache));
        assertEquals(Optional.of(folder), models.cached(FakeHub.MODEL, "main"));
        assertTrue(models.cached(FakeHub.MODEL, FakeHub.COMMIT).isPresent());
        List<CachedModel> list = models.list();
        assertEquals(
                List.of(FakeHub.COMMIT, hub.commit),
                list.stream().map(CachedModel::commit).toList());
        assertEquals(FakeHub.MODEL, list.get(1).name());
        assertEquals(folder, list.get(1).folder());
        assertEquals(300_000 + 17 + 2 + 9, list.get(1).bytes());
    }

    @Test
    void weightsInPartsAndInFoldersAreFetchedWhole() throws Exception {
        hub.files.remove("model.safetensors");
        hub.files.put("model-1.safetensors", FakeHub.random(1000));
        hub.files.put("deep/er/model 2.safetensors", FakeHub.random(2000));
        hub.files.put("other.safetensors", FakeHub.random(3000));
        hub.files.put(
                "model.safetensors.index.json",
                FakeHub.text(
                        """
                        {"weight_map": {"a": "model-1.safetensors",
                          "b": "deep/er/model 2.safetensors", "c": "model-1.safetensors"}}"""));
        // The store's addresses are not encoded for blanks; this one comes from the hub itself.
        hub.answers.put(
                "GET /someone/some-model/resolve/"
                        + FakeHub.COMMIT
                        + "/deep/er/model%202.safetensors",
                exchange -> FakeHub.send(exchange, hub.content("deep/er/model 2.safetensors")));
        hub.answers.put(
                "HEAD /someone/some-model/resolve/"
                        + FakeHub.COMMIT
                        + "/deep/er/model%202.safetensors",
                exchange -> {
                    var headers = exchange.getResponseHeaders();
                    headers.set("X-Repo-Commit", FakeHub.COMMIT);
                    headers.set("ETag", hub.etag("deep/er/model 2.safetensors"));
                    headers.set("Content-Length", "2000");
                    exchange.sendResponseHeaders(200, -1);
                });
        Path folder = hub.pull(cache);
        assertEquals(
                "../../../../blobs/" + hub.etag("deep/er/model 2.safetensors"),
                Files.readSymbolicLink(folder.resolve("deep/er/model 2.safetensors")).toString());
        assertEquals(2000, Files.size(folder.resolve("deep/er/model 2.safetensors")));
        assertEquals(1000, Files.size(folder.resolve("model-1.safetensors")));
        assertFalse(Files.exists(folder.resolve("other.safetensors")));
        HubModels models = new HubModels(hub.settings(cache));
        assertTrue(models.cached(FakeHub.MODEL, "main").isPresent());
        Files.delete(folder.resolve("model-1.safetensors"));
        assertTrue(models.cached(FakeHub.MODEL, "main").isEmpty());
    }

    @Test
    void whereLinksCannotBeMadeTheFilesAreInTheSnapshot() throws Exception {
        Path folder = hub.pull(cache, "HF_HUB_DISABLE_SYMLINKS", "1");
        for (String file : List.of("config.json", "model.safetensors")) {
            assertTrue(Files.isRegularFile(folder.resolve(file), LinkOption.NOFOLLOW_LINKS));
            assertArrayEquals(hub.content(file), Files.readAllBytes(folder.resolve(file)));
            assertFalse(Files.exists(cache.resolve(FOLDER + "blobs").resolve(hub.etag(file))));
        }
        hub.seen.clear();
        hub.pull(cache, "HF_HUB_DISABLE_SYMLINKS", "1");
        assertEquals(1, hub.seen.size());
    }

    @Test
    void aBlobThatOthersMayUseIsCopiedWhereLinksCannotBeMade() throws Exception {
        Path blob = cache.resolve(FOLDER + "blobs").resolve(hub.etag("model.safetensors"));
        Files.createDirectories(blob.resolveSibling(""));
        Files.write(blob, hub.content("model.safetensors"));
        Path folder = hub.pull(cache, "HF_HUB_DISABLE_SYMLINKS", "1");
        assertTrue(Files.exists(blob));
        assertEquals(300_000, Files.size(folder.resolve("model.safetensors")));
        try (Stream<Path> blobs = Files.list(blob.resolveSibling(""))) {
            assertEquals(List.of(blob), blobs.toList());
        }
    }

    @Test
    void aLinkToNowhereIsMended() throws Exception {
        Path folder = hub.pull(cache);
        Files.delete(folder.resolve("model.safetensors").toRealPath());
        assertTrue(new HubModels(hub.settings(cache)).cached(FakeHub.MODEL, "main").isEmpty());
        hub.pull(cache);
        assertEquals(300_000, Files.size(folder.resolve("model.safetensors")));
    }

    @Test
    void aRenamedModelIsFollowedWithinTheHub() throws Exception {
        String renamed = "/someone/renamed/resolve/" + FakeHub.COMMIT + "/config.json";
        String config = "/" + FakeHub.MODEL + "/resolve/" + FakeHub.COMMIT + "/config.json";
        hub.answers.put("HEAD " + config, exchange -> FakeHub.redirect(exchange, renamed));
        hub.answers.put("GET " + config, exchange -> FakeHub.redirect(exchange, renamed));
        hub.answers.put("HEAD " + renamed, exchange -> hub.usual(exchange, "HEAD", config));
        hub.answers.put("GET " + renamed, exchange -> hub.usual(exchange, "GET", config));
        Path folder = hub.pull(cache);
        assertArrayEquals(
                hub.content("config.json"), Files.readAllBytes(folder.resolve("config.json")));
        assertTrue(
                hub.seen.stream()
                        .filter(s -> s.path().equals(renamed))
                        .allMatch(s -> ("Bearer " + FakeHub.TOKEN).equals(s.authorization())));
    }

    @Test
    void aPullRequestIsARevision() throws Exception {
        HubModels models = new HubModels(hub.settings(cache));
        models.pull(FakeHub.MODEL, "refs/pr/1", new HubModels.Listener() {});
        assertEquals(
                "/api/models/someone/some-model/revision/refs%2Fpr%2F1", hub.seen.get(0).path());
        assertEquals(FakeHub.COMMIT, Files.readString(cache.resolve(FOLDER + "refs/refs/pr/1")));
        assertTrue(models.cached(FakeHub.MODEL, "refs/pr/1").isPresent());
        assertTrue(models.cached(FakeHub.MODEL, "main").isEmpty());
    }

    @Test
    void aCommitNeedsNoRef() throws Exception {
        HubModels models = new HubModels(hub.settings(cache));
        models.pull(FakeHub.MODEL, FakeHub.COMMIT, new HubModels.Listener() {});
        assertFalse(Files.exists(cache.resolve(FOLDER + "refs")));
    }
}
