package javigate.server;

import static java.util.Objects.requireNonNull;
import static javigate.server.Asking.JSON;
import static javigate.server.Asking.assertFailure;
import static javigate.server.Asking.client;
import static javigate.server.Asking.get;
import static javigate.server.Asking.header;
import static javigate.server.Asking.raw;
import static javigate.server.Asking.request;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URL;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javigate.checkpoint.Checkpoint;
import javigate.index.LibraryModel;
import javigate.search.AddReport;
import javigate.search.TextQuery;
import javigate.search.TinyModel;
import javigate.search.VideoLibrary;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpApiTest {

    @TempDir static Path folder;
    private static Checkpoint model;
    private static VideoLibrary library;
    private static HttpApi api;

    @BeforeAll
    static void serve() throws Exception {
        model = TinyModel.save(folder.resolve("model"), 1);
        Path videos = Files.createDirectory(folder.resolve("videos"));
        TinyModel.clip(videos.resolve("tone & <b>.mp4"), 3, 440);
        TinyModel.clip(videos.resolve("mute.mp4"), 2, 0);
        TinyModel.clip(videos.resolve("changing.mp4"), 1, 0);
        library = VideoLibrary.open(folder.resolve("library"), model);
        AddReport report = library.add(List.of(videos), outcome -> {});
        assertEquals(3, report.indexed(), report.toString());
        api = HttpApi.start(library, new HttpApi.Options("127.0.0.1", 0, Optional.empty()));
    }

    @AfterAll
    static void stop() throws Exception {
        api.close();
        library.close();
    }

    @Test
    void searchExplainsEveryHit() throws Exception {
        HttpResponse<String> response = get(api, "/api/search?q=a+red+square&k=2");
        assertEquals(200, response.statusCode(), response.body());
        assertTrue(header(response, "Content-Type").startsWith("application/json"));
        JsonNode answer = JSON.readTree(response.body());
        assertEquals("a red square", answer.get("query").asText());
        assertEquals(3, answer.get("clips").asLong());
        assertEquals(2, answer.get("hits").size());
        JsonNode hit = answer.get("hits").get(0);
        assertEquals(1, hit.get("rank").asInt());
        assertTrue(hit.get("id").asText().matches("[0-9a-f]{20}"));
        assertFalse(hit.get("file").asText().contains("/"));
        double shares = 0;
        for (JsonNode frame : hit.get("frames")) {
            shares += frame.get("share").asDouble();
        }
        assertEquals(hit.get("score").asDouble(), shares, 1e-6);
        assertEquals(
                hit.get("score").asDouble() - hit.get("scoreWithoutSound").asDouble(),
                hit.get("soundAdded").asDouble(),
                1e-12);
        assertEquals(4, hit.get("gates").size());
        for (String field : List.of("startMs", "endMs", "bestMs", "rankWithoutSound", "notes")) {
            assertTrue(hit.has(field), field);
        }
    }

    @Test
    void withoutSoundNothingIsAdded() throws Exception {
        String body = get(api, "/api/search?q=bell&sound=false").body();
        for (JsonNode hit : JSON.readTree(body).get("hits")) {
            assertEquals(0, hit.get("soundAdded").asDouble());
            assertEquals(hit.get("rank").asLong(), hit.get("rankWithoutSound").asLong());
        }
    }

    @Test
    void listsVideosAndStatus() throws Exception {
        JsonNode videos = JSON.readTree(get(api, "/api/videos").body()).get("videos");
        assertEquals(3, videos.size());
        assertEquals("changing.mp4", videos.get(0).get("name").asText());
        assertEquals(1000, videos.get(0).get("durationMs").asLong());
        JsonNode status = JSON.readTree(get(api, "/api/status").body());
        assertEquals(
                "{\"model\":\"tiny\",\"videos\":3,\"clips\":3,\"words\":false}", status.toString());
    }

    @Test
    void refusesBadParametersInJson() throws Exception {
        String tooLong = "x".repeat(TextQuery.MAX_CHARACTERS + 1);
        String longest = "語".repeat(TextQuery.MAX_CHARACTERS);
        for (String query :
                List.of(
                        "",
                        "?q=",
                        "?q=%20%0a",
                        "?q=" + tooLong,
                        "?q=a&k=0",
                        "?q=a&k=101",
                        "?q=a&k=ten",
                        "?q=a&k=99999999999999999999",
                        "?q=a&sound=maybe")) {
            assertFailure(400, get(api, "/api/search" + query));
        }
        String encoded = URLEncoder.encode(longest, StandardCharsets.UTF_8);
        assertEquals(200, get(api, "/api/search?q=" + encoded).statusCode());
    }

    @Test
    void sendsRangesOfTheFile() throws Exception {
        byte[] file = Files.readAllBytes(folder.resolve("videos").resolve("mute.mp4"));
        String path = "/video/" + id("mute.mp4");
        HttpResponse<byte[]> whole = range(path, null);
        assertEquals(200, whole.statusCode());
        assertEquals("video/mp4", header(whole, "Content-Type"));
        assertEquals("bytes", header(whole, "Accept-Ranges"));
        assertArrayEquals(file, whole.body());
        int n = file.length;
        assertPart(file, 0, 100, range(path, "bytes=0-99"));
        assertPart(file, 500, 600, range(path, "Bytes=500-599"));
        assertPart(file, 500, n, range(path, "bytes=500-"));
        assertPart(file, n - 7, n, range(path, "bytes=-7"));
        assertPart(file, 0, n, range(path, "bytes=-" + (n + 5)));
        assertPart(file, n - 1, n, range(path, "bytes=" + (n - 1) + "-" + (n + 1000)));
        for (String outside : List.of("bytes=" + n + "-", "bytes=" + (n + 5) + "-1", "bytes=-0")) {
            HttpResponse<byte[]> response = range(path, outside);
            assertEquals(416, response.statusCode(), outside);
            assertEquals("bytes */" + n, header(response, "Content-Range"));
        }
        for (String ignored : List.of("bytes=5-2", "bytes=0-1,4-5", "lines=1-2", "bytes=-")) {
            assertEquals(200, range(path, ignored).statusCode(), ignored);
        }
        HttpRequest stale =
                request(api, path).header("Range", "bytes=0-9").header("If-Range", "\"x\"").build();
        assertEquals(200, client.send(stale, BodyHandlers.ofByteArray()).statusCode());
        String etag = header(whole, "ETag");
        for (String tags : List.of(etag, "\"x\", W/" + etag, "*")) {
            HttpRequest known = request(api, path).header("If-None-Match", tags).build();
            HttpResponse<byte[]> unchanged = client.send(known, BodyHandlers.ofByteArray());
            assertEquals(304, unchanged.statusCode(), tags);
            assertEquals(0, unchanged.body().length);
        }
        HttpRequest older = request(api, path).header("If-None-Match", "\"x\"").build();
        assertEquals(200, client.send(older, BodyHandlers.ofByteArray()).statusCode());
        HttpRequest head = request(api, path).header("Range", "bytes=0-9").HEAD().build();
        HttpResponse<byte[]> headers = client.send(head, BodyHandlers.ofByteArray());
        assertEquals(200, headers.statusCode());
        assertEquals(String.valueOf(n), header(headers, "Content-Length"));
    }

    @Test
    void headSaysWhatGetWould() throws Exception {
        for (String path :
                List.of("/", "/app.js", "/api/status", "/api/search", "/video/x", "/nothing")) {
            HttpResponse<byte[]> get =
                    client.send(request(api, path).build(), BodyHandlers.ofByteArray());
            HttpResponse<byte[]> head =
                    client.send(request(api, path).HEAD().build(), BodyHandlers.ofByteArray());
            assertEquals(get.statusCode(), head.statusCode(), path);
            assertEquals(header(get, "Content-Type"), header(head, "Content-Type"), path);
            assertEquals(0, head.body().length);
        }
    }

    /** As many as read nothing of what they asked for; a search is answered all the same. */
    @Test
    void slowClientsLeaveRoomForOthers() throws Exception {
        Path video = TinyModel.clip(folder.resolve("large.mp4"), 1, 0);
        int bytes = 64 << 20; // more than sockets hold
        try (RandomAccessFile file = new RandomAccessFile(video.toFile(), "rw")) {
            file.seek(file.length());
            file.writeInt(bytes);
            file.writeBytes("free"); // a box that readers of mp4 skip
            file.setLength(file.length() - 8 + bytes);
        }
        List<Socket> slow = new ArrayList<>();
        try (VideoLibrary own = VideoLibrary.open(folder.resolve("large"), model);
                HttpApi serving =
                        HttpApi.start(own, new HttpApi.Options("127.0.0.1", 0, Optional.empty()))) {
            assertEquals(1, own.add(List.of(video), outcome -> {}).indexed());
            String found = get(serving, "/api/search?q=a").body();
            String path = "/video/" + JSON.readTree(found).get("hits").get(0).get("id").asText();
            int port = URI.create(serving.url()).getPort();
            try {
                for (int i = 0; i < ServerSettings.MAX_THREADS / 2; i++) {
                    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                    slow.add(socket);
                    String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
                    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                    assertEquals('H', socket.getInputStream().read()); // it is being sent
                }
                HttpResponse<String> refused = get(serving, path);
                assertFailure(503, refused);
                assertEquals("1", header(refused, "Retry-After"));
                assertEquals(200, get(serving, "/api/search?q=a").statusCode());
            } finally {
                for (Socket socket : slow) {
                    socket.close();
                }
            }
            HttpRequest part = request(serving, path).header("Range", "bytes=0-9").build();
            int status = 503;
            for (int turn = 0; turn < 100 && status == 503; turn++) {
                Thread.sleep(50);
                status = client.send(part, BodyHandlers.ofByteArray()).statusCode();
            }
            assertEquals(206, status);
        }
    }

    @Test
    void whatAnotherProcessRemovesIsNotServedAnyMore() throws Exception {
        Path own = folder.resolve("own");
        Path video = TinyModel.clip(folder.resolve("secret.mp4"), 1, 0);
        try (VideoLibrary writer = VideoLibrary.open(own, model)) {
            writer.add(List.of(video), outcome -> {});
            try (VideoLibrary reader = VideoLibrary.openToRead(own, model);
                    HttpApi serving =
                            HttpApi.start(
                                    reader,
                                    new HttpApi.Options("127.0.0.1", 0, Optional.empty()))) {
                String body = get(serving, "/api/search?q=a").body();
                String id = JSON.readTree(body).get("hits").get(0).get("id").asText();
                assertEquals(200, get(serving, "/thumb/" + id).statusCode());
                writer.remove(video);
                assertFailure(404, get(serving, "/video/" + id));
                assertFailure(404, get(serving, "/thumb/" + id));
            }
        }
    }

    @Test
    void servesOnlyStoredClips() throws Exception {
        for (String path :
                List.of(
                        "/video/" + "0".repeat(20),
                        "/video/x",
                        "/thumb/" + "f".repeat(20) + "?t=0",
                        "/nothing",
                        "/javigate/page/app.js")) {
            assertFailure(404, get(api, path));
        }
        for (String path :
                List.of(
                        "/video/../../etc/passwd",
                        "/video/..%2f..%2fetc%2fpasswd",
                        "/video/%2e%2e/%2e%2e/etc/passwd",
                        "/video/..;/etc/passwd",
                        "/../../../../etc/passwd",
                        "//etc/passwd",
                        "/video/%00",
                        "/%2e%2e%5cpom.xml")) {
            String answer = raw(api, "GET " + path + " HTTP/1.1", "Host: localhost");
            assertTrue(answer.matches("(?s)HTTP/1.1 40[0-9] .*"), path + ": " + answer);
            assertFalse(answer.contains("root:"), answer);
            assertTrue(answer.contains("{\"error\":"), path + ": " + answer);
            assertTrue(answer.contains("nosniff"), path + ": " + answer);
        }
        String post = raw(api, "POST /api/search?q=a HTTP/1.1", "Host: localhost");
        assertTrue(post.startsWith("HTTP/1.1 405"), post);
        assertTrue(post.contains("Allow: GET, HEAD"), post);
    }

    @Test
    void refusesAFileThatChangedOnDisk() throws Exception {
        String id = id("changing.mp4");
        assertEquals(200, range("/video/" + id, null).statusCode());
        Path file = folder.resolve("videos").resolve("changing.mp4");
        FileTime before = Files.getLastModifiedTime(file);
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));
        assertFailure(404, get(api, "/video/" + id));
        assertFailure(404, get(api, "/thumb/" + id + "?t=0"));
        Files.setLastModifiedTime(file, before);
        assertEquals(200, range("/video/" + id, null).statusCode());
    }

    @Test
    void thumbnailsShowTheNearestFrame() throws Exception {
        String id = id("mute.mp4");
        BufferedImage first = picture(id, 0);
        assertEquals(64, first.getWidth());
        assertEquals(48, first.getHeight());
        BufferedImage last = picture(id, 1_000_000);
        int brighter = (last.getRGB(30, 20) & 0xff) - (first.getRGB(30, 20) & 0xff);
        assertTrue(brighter > 100, "brighter by " + brighter);
        assertFailure(400, get(api, "/thumb/" + id + "?t=-1"));
        assertEquals(10, Thumbnails.nearest(new long[] {0, 10, 20}, 14));
        assertEquals(20, Thumbnails.nearest(new long[] {0, 10, 20}, Long.MAX_VALUE));
    }

    @Test
    void noAnswerTellsAPath() throws Exception {
        String secret = folder.toString();
        for (String path :
                List.of(
                        "/api/search?q=bell",
                        "/api/videos",
                        "/api/status",
                        "/video/" + "0".repeat(20),
                        "/api/search?q=",
                        "/nothing")) {
            assertFalse(get(api, path).body().contains(secret), path);
        }
    }

    @Test
    void aQueryThatCancelsItselfOutIsRefusedWithItsReason() throws Exception {
        String query = URLEncoder.encode("\"rain\"^0.5 -rain", StandardCharsets.UTF_8);
        HttpResponse<String> answer = get(api, "/api/search?q=" + query);
        assertFailure(400, answer);
        assertTrue(answer.body().contains("cancel each other out"), answer.body());
    }

    @Test
    void aLibraryOfAnOlderFormatSaysWhyItCannotFilter() throws Exception {
        Path old = Files.createDirectories(folder.resolve("old"));
        Path clips = Files.createDirectory(old.resolve("clips"));
        URL stored = HttpApiTest.class.getResource("/javigate/index/library-format-3/clips");
        try (Stream<Path> files = Files.list(Path.of(requireNonNull(stored).toURI()))) {
            for (Path file : files.toList()) {
                Files.copy(file, clips.resolve(String.valueOf(file.getFileName())));
            }
        }
        nameModel(clips, library.model());
        try (VideoLibrary opened = VideoLibrary.openToRead(old, model);
                HttpApi older =
                        HttpApi.start(
                                opened, new HttpApi.Options("127.0.0.1", 0, Optional.empty()))) {
            HttpResponse<String> answer =
                    get(older, "/api/search?q=bell&filter=duration%3C60&filter=tag%3Dx");
            assertFailure(409, answer);
            assertTrue(answer.body().contains("javigate compact"), answer.body());
            assertFalse(answer.body().contains(folder.toString()), answer.body());
        }
    }

    /** Has a library say that its vectors are of another model. */
    private static void nameModel(Path clips, LibraryModel model) throws IOException {
        String header = "javigate.library";
        try (Directory directory = FSDirectory.open(clips);
                IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig())) {
            Map<String, String> data = new HashMap<>();
            writer.getLiveCommitData().forEach(entry -> data.put(entry.getKey(), entry.getValue()));
            ObjectNode json = (ObjectNode) JSON.readTree(data.get(header));
            json.set("model", JSON.valueToTree(model));
            data.put(header, json.toString());
            writer.setLiveCommitData(data.entrySet());
            writer.commit();
        }
    }

    @Test
    void saysWhatIsWrongWithOptions() {
        int port = URI.create(api.url()).getPort();
        IOException taken =
                assertThrows(
                        IOException.class,
                        () ->
                                HttpApi.start(
                                        library,
                                        new HttpApi.Options("127.0.0.1", port, Optional.empty())));
        assertTrue(String.valueOf(taken.getMessage()).contains("--port"));
        assertThrows(
                IllegalArgumentException.class,
                () -> new HttpApi.Options("127.0.0.1", 70_000, Optional.empty()));
        assertThrows(
                IllegalArgumentException.class,
                () -> new HttpApi.Options("127.0.0.1", 0, Optional.of("short")));
    }

    private static String id(String file) throws Exception {
        String body = get(api, "/api/search?q=bell&k=100").body();
        for (JsonNode hit : JSON.readTree(body).get("hits")) {
            if (hit.get("file").asText().equals(file)) {
                return hit.get("id").asText();
            }
        }
        throw new AssertionError(file + " is not in " + body);
    }

    private static BufferedImage picture(String id, long timeMs) throws Exception {
        HttpRequest request = request(api, "/thumb/" + id + "?t=" + timeMs).build();
        HttpResponse<byte[]> response = client.send(request, BodyHandlers.ofByteArray());
        assertEquals(200, response.statusCode());
        assertEquals("image/jpeg", header(response, "Content-Type"));
        return ImageIO.read(new ByteArrayInputStream(response.body()));
    }

    private static void assertPart(byte[] file, int from, int to, HttpResponse<byte[]> response) {
        assertEquals(206, response.statusCode());
        assertEquals(
                "bytes %d-%d/%d".formatted(from, to - 1, file.length),
                header(response, "Content-Range"));
        assertArrayEquals(Arrays.copyOfRange(file, from, to), response.body());
    }

    private static HttpResponse<byte[]> range(String path, @Nullable String range)
            throws Exception {
        HttpRequest.Builder request = request(api, path);
        if (range != null) {
            request.header("Range", range);
        }
        return client.send(request.build(), BodyHandlers.ofByteArray());
    }

    @Test
    void filtersGroupsAndRefusesConditionsThatAreNone() throws Exception {
        JsonNode brief =
                JSON.readTree(
                        get(api, "/api/search?q=bell&videos=true&filter=duration%3C60").body());
        assertEquals(3, brief.get("hits").size());
        for (int i = 0; i < 3; i++) {
            assertEquals(i + 1, brief.get("hits").get(i).get("video").asInt());
        }
        JsonNode none =
                JSON.readTree(
                        get(api, "/api/search?q=bell&filter=tag%3Dx&filter=duration%3C60").body());
        assertEquals(0, none.get("hits").size());
        JsonNode words = JSON.readTree(get(api, "/api/search?q=bell&words=true").body());
        assertEquals(0, words.get("hits").get(0).get("fused").get("rankByWords").asInt());
        for (String wrong :
                List.of(
                        "&filter=holiday",
                        "&filter=folder%3D/tmp",
                        "&filter=video%3D/tmp/mute.mp4",
                        "&words=maybe",
                        "&videos=2",
                        "&filter=duration%3D1".repeat(21))) {
            assertFailure(400, get(api, "/api/search?q=bell" + wrong));
        }
        assertFailure(400, get(api, "/api/search?q=-bell"));
    }
}
