package javigate.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;

/** Asks a server of the tests. */
final class Asking {

    static final ObjectMapper JSON = new ObjectMapper();

    /** Used by all tests; follows no redirects. */
    static final HttpClient client = HttpClient.newHttpClient();

    private Asking() {}

    static void assertFailure(int status, HttpResponse<String> response) throws Exception {
        assertEquals(status, response.statusCode(), response.body());
        assertFalse(JSON.readTree(response.body()).get("error").asText().isBlank());
    }

    static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    static HttpResponse<String> get(HttpApi server, String path) throws Exception {
        return client.send(request(server, path).build(), BodyHandlers.ofString());
    }

    static HttpRequest.Builder request(HttpApi server, String path) {
        return HttpRequest.newBuilder(URI.create(server.url()).resolve(path));
    }

    /** Sends what no HTTP library would. */
    static String raw(HttpApi server, String line, String header) throws Exception {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), URI.create(server.url()).getPort())) {
            socket.setSoTimeout(20_000);
            String request = line + "\r\n" + header + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}
