package javigate.checkpoint.hub;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A hub with one model and, on another port, the store its large files are redirected to. Keeps
 * account of every request. Any answer can be replaced.
 */
final class FakeHub implements AutoCloseable {

    static final String MODEL = "someone/some-model";
    static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    static final String TOKEN = "hf_verySecretToken";
    static final String SIGNATURE = "signatureOfTheStore";

    /** A request as it arrived; {@code at} is "hub" or "store". */
    record Seen(
            String at,
            String method,
            String path,
            @Nullable String range,
            @Nullable String authorization) {}

    /** Answers a request in place of the usual answer. */
    interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    final List<Seen> seen = new CopyOnWriteArrayList<>();
    final Map<String, byte[]> files = new LinkedHashMap<>();
    String commit = COMMIT;

    /** By "METHOD path"; a path is of the hub, or {@code /store/FILE}. */
    final Map<String, Answer> answers = new ConcurrentHashMap<>();

    private final HttpServer hub;
    private final HttpServer store;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    FakeHub() throws IOException {
        hub = server("hub");
        store = server("store");
        files.put("README.md", text("not wanted"));
        files.put("config.json", text("{\"model_type\": \"clip\"}"));
        files.put("vocab.json", text("{}"));
        files.put("merges.txt", text("#version\n"));
        files.put("onnx/model.safetensors", text("not wanted either"));
        files.put("model.safetensors", random(300_000));
    }

    private HttpServer server(String at) throws IOException {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> handle(at, exchange));
        server.start();
        return server;
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] random(int bytes) {
        byte[] content = new byte[bytes];
        new Random(bytes).nextBytes(content);
        return content;
    }

    String endpoint() {
        return "http://127.0.0.1:" + hub.getAddress().getPort();
    }

    HubSettings settings(Path cache, String... more) {
        Map<String, String> env = new LinkedHashMap<>(environment(cache));
        for (int i = 0; i < more.length; i += 2) {
            env.put(more[i], more[i + 1]);
        }
        return HubSettings.fromEnvironment(env, cache);
    }

    Map<String, String> environment(Path cache) {
        return Map.of(
                "HF_ENDPOINT", endpoint(), "HF_HUB_CACHE", cache.toString(), "HF_TOKEN", TOKEN);
    }

    Path pull(Path cache, String... more) throws IOException {
        return new HubModels(settings(cache, more))
                .pull(MODEL, "main", new HubModels.Listener() {});
    }

    /** Name of a file's blob: SHA-256 of the files that are redirected, git's SHA-1 of the rest. */
    String etag(String file) {
        byte[] content = content(file);
        if (isLarge(file)) {
            return hash("SHA-256", content);
        }
        return hash("SHA-1", text("blob " + content.length + "\0"), content);
    }

    private static String hash(String algorithm, byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            Arrays.stream(parts).forEach(digest::update);
            return HexFormat.of().formatHex(digest.digest());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    byte[] content(String file) {
        byte[] content = files.get(file);
        if (content == null) {
            throw new IllegalArgumentException(file);
        }
        return content;
    }

    private static boolean isLarge(String file) {
        return file.endsWith(".safetensors") || file.endsWith(".bin");
    }

    /** The ranges that the store was asked for, "null" for the whole. */
    List<String> ranges() {
        return seen.stream()
                .filter(s -> s.at().equals("store"))
                .map(s -> String.valueOf(s.range()))
                .toList();
    }

    List<String> gets() {
        return seen.stream()
                .filter(s -> s.at().equals("hub") && s.method().equals("GET"))
                .map(s -> s.path().replaceFirst("^.*/resolve/[^/]*/", ""))
                .toList();
    }

    private void handle(String at, HttpExchange exchange) throws IOException {
        Headers asked = exchange.getRequestHeaders();
        String path = exchange.getRequestURI().getRawPath();
        String method = exchange.getRequestMethod();
        seen.add(
                new Seen(
                        at,
                        method,
                        path,
                        asked.getFirst("Range"),
                        asked.getFirst("Authorization")));
        try (exchange) {
            Answer answer = answers.get(method + " " + path);
            if (answer != null) {
                answer.to(exchange);
            } else {
                usual(exchange, method, URLDecoder.decode(path, StandardCharsets.UTF_8));
            }
        }
    }

    /** As the hub itself answers. */
    void usual(HttpExchange exchange, String method, String path) throws IOException {
        String resolve = "/" + MODEL + "/resolve/" + commit + "/";
        Headers headers = exchange.getResponseHeaders();
        if (path.startsWith("/store/")) {
            send(exchange, content(path.substring("/store/".length())));
        } else if (path.startsWith("/api/models/" + MODEL + "/revision/")) {
            send(exchange, listing(files.keySet().toArray(new String[0])));
        } else if (path.startsWith(resolve)
                && files.containsKey(path.substring(resolve.length()))) {
            String file = path.substring(resolve.length());
            byte[] content = content(file);
            headers.set("X-Repo-Commit", commit);
            headers.set("ETag", (file.endsWith(".txt") ? "W/" : "") + '"' + etag(file) + '"');
            if (isLarge(file)) {
                headers.set("ETag", "\"of-the-redirect\"");
                headers.set("X-Linked-Etag", '"' + etag(file) + '"');
                headers.set("X-Linked-Size", String.valueOf(content.length));
                redirect(exchange, storeAddress(file));
            } else if (method.equals("HEAD")) {
                headers.set("Content-Length", String.valueOf(content.length));
                exchange.sendResponseHeaders(200, -1);
            } else {
                send(exchange, content);
            }
        } else {
            exchange.sendResponseHeaders(404, -1);
        }
    }

    String storeAddress(String file) {
        return "http://127.0.0.1:%d/store/%s?Signature=%s"
                .formatted(store.getAddress().getPort(), file, SIGNATURE);
    }

    byte[] listing(String... siblings) throws IOException {
        return new ObjectMapper()
                .writeValueAsBytes(
                        Map.of(
                                "sha",
                                commit,
                                "siblings",
                                Arrays.stream(siblings).map(f -> Map.of("rfilename", f)).toList()));
    }

    static void redirect(HttpExchange exchange, String location) throws IOException {
        exchange.getResponseHeaders().set("Location", location);
        exchange.sendResponseHeaders(302, -1);
    }

    /** The content, or the range of it that is asked for. */
    static void send(HttpExchange exchange, byte[] content) throws IOException {
        int from = from(exchange);
        if (from >= content.length && from > 0) {
            exchange.sendResponseHeaders(416, -1);
            return;
        }
        start(exchange, content, from);
        exchange.getResponseBody().write(content, from, content.length - from);
    }

    /** The same, broken off once {@code bytes} of the whole are sent. */
    static void cut(HttpExchange exchange, byte[] content, int bytes) throws IOException {
        int from = from(exchange);
        start(exchange, content, from);
        exchange.getResponseBody().write(content, from, Math.max(0, bytes - from));
        exchange.getResponseBody().flush();
    }

    private static int from(HttpExchange exchange) {
        String range = exchange.getRequestHeaders().getFirst("Range");
        return range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
    }

    private static void start(HttpExchange exchange, byte[] content, int from) throws IOException {
        if (from > 0) {
            exchange.getResponseHeaders()
                    .set(
                            "Content-Range",
                            "bytes %d-%d/%d".formatted(from, content.length - 1, content.length));
        }
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, content.length - from);
    }

    @Override
    public void close() {
        hub.stop(0);
        store.stop(0);
        threads.shutdownNow();
    }
}
