package javigate.server;

import static javigate.server.Asking.assertFailure;
import static javigate.server.Asking.client;
import static javigate.server.Asking.get;
import static javigate.server.Asking.header;
import static javigate.server.Asking.raw;
import static javigate.server.Asking.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javigate.search.TinyModel;
import javigate.search.VideoLibrary;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is answered at all, and what every answer carries; an empty library is enough for that. */
class GateTest {

    private static final String TOKEN = "a-token-of-this-test";

    @TempDir static Path folder;
    private static VideoLibrary library;
    private static HttpApi api;
    private static HttpApi guarded;

    @BeforeAll
    static void serve() throws Exception {
        library =
                VideoLibrary.open(
                        folder.resolve("library"), TinyModel.save(folder.resolve("model"), 2));
        api = HttpApi.start(library, new HttpApi.Options("127.0.0.1", 0, Optional.empty()));
        guarded = HttpApi.start(library, new HttpApi.Options("localhost", 0, Optional.of(TOKEN)));
    }

    @AfterAll
    static void stop() throws Exception {
        api.close();
        guarded.close();
        library.close();
    }

    @Test
    void everyAnswerIsGuardedByHeaders() throws Exception {
        for (String path : List.of("/", "/app.js", "/style.css", "/api/status", "/nothing")) {
            HttpResponse<String> response = get(api, path);
            assertTrue(
                    header(response, "Content-Security-Policy").startsWith("default-src 'self';"));
            assertEquals("nosniff", header(response, "X-Content-Type-Options"));
            assertEquals("no-referrer", header(response, "Referrer-Policy"));
            assertTrue(response.headers().firstValue("Access-Control-Allow-Origin").isEmpty());
            assertTrue(response.headers().firstValue("Server").isEmpty());
        }
        String html = get(api, "/").body();
        assertTrue(html.startsWith("<!doctype html>"), html);
        assertFalse(html.matches("(?s).*<script>.*|.*\\son\\w+=.*|.*style=.*|.*https?://.*"), html);
    }

    @Test
    void answersToItsOwnNameOnly() throws Exception {
        String line = "GET /api/status HTTP/1.1";
        for (String host : List.of("localhost", "127.0.0.1:1", "LOCALHOST:80", "[::1]")) {
            assertTrue(raw(api, line, "Host: " + host).startsWith("HTTP/1.1 200"), host);
        }
        for (String host : List.of("evil.example", "localhost.evil.example", "10.0.0.1", "")) {
            assertTrue(raw(api, line, "Host: " + host).startsWith("HTTP/1.1 40"), host);
        }
    }

    @Test
    void refusesOtherWebPages() throws Exception {
        for (String[] header :
                new String[][] {
                    {"Origin", "https://evil.example"},
                    {"Origin", "http://localhost:1"},
                    {"Origin", "null"},
                    {"Sec-Fetch-Site", "cross-site"},
                    {"Sec-Fetch-Site", "same-site"}
                }) {
            HttpRequest request = request(api, "/api/status").header(header[0], header[1]).build();
            assertFailure(403, client.send(request, BodyHandlers.ofString()));
        }
        HttpRequest own =
                request(api, "/api/status")
                        .header("Origin", api.url().substring(0, api.url().length() - 1))
                        .header("Sec-Fetch-Site", "same-origin")
                        .build();
        assertEquals(200, client.send(own, BodyHandlers.ofString()).statusCode());
    }

    @Test
    void wantsTheTokenWhereThereIsOne() throws Exception {
        for (String path : List.of("/", "/app.js", "/api/status", "/video/x", "/nothing")) {
            assertFailure(401, get(guarded, path));
        }
        assertFailure(401, get(guarded, "/?token=a-token-of-this-tesT"));
        HttpRequest bearer =
                request(guarded, "/api/status").header("Authorization", "Bearer " + TOKEN).build();
        assertEquals(200, client.send(bearer, BodyHandlers.ofString()).statusCode());
        HttpResponse<String> opened = get(guarded, "/?token=" + TOKEN);
        assertEquals(302, opened.statusCode());
        assertFalse(header(opened, "Location").contains(TOKEN));
        String search = "/?token=" + TOKEN + "&q=a+dog&filter=a%3E3&filter=b%3D%26&sound=false";
        assertEquals(
                "/?q=a+dog&filter=a%3E3&filter=b%3D%26&sound=false",
                header(get(guarded, search), "Location"));
        String cookie = header(opened, "Set-Cookie");
        assertTrue(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), cookie);
        HttpRequest later =
                request(guarded, "/app.js").header("Cookie", cookie.split(";", 2)[0]).build();
        assertEquals(200, client.send(later, BodyHandlers.ofString()).statusCode());
    }

    @Test
    void makesUpATokenForOtherMachines() throws Exception {
        HttpApi.Options everywhere = new HttpApi.Options("0.0.0.0", 0, Optional.empty());
        try (HttpApi open = HttpApi.start(library, everywhere)) {
            URI url = URI.create(open.url());
            assertTrue(url.getQuery().matches("token=[0-9a-f]{32}"), open.url());
            String head = "GET /api/status%s HTTP/1.1";
            String token = "?" + url.getQuery();
            assertTrue(raw(open, head.formatted(""), "Host: 10.0.0.1").startsWith("HTTP/1.1 401"));
            assertTrue(
                    raw(open, head.formatted(token), "Host: 10.0.0.1").startsWith("HTTP/1.1 200"));
            assertTrue(
                    raw(open, head.formatted(token), "Host: evil.example")
                            .startsWith("HTTP/1.1 403"));
        }
    }
}
