package javigate.server;

import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/** Limits and headers of the server, and how it says that something went wrong. */
final class ServerSettings {

    /** Reasons that clients are not told. */
    static final System.Logger LOG = System.getLogger(HttpApi.class.getName());

    /** The longest query, each character as nine of a URL, and what else browsers send. */
    private static final int REQUEST_HEADER_BYTES = 32 * 1024;

    /** Requests at a time; a paused video holds one until Jetty's idle timeout. */
    static final int MAX_THREADS = 64;

    /** Of every answer. */
    static final Map<String, String> HEADERS =
            Map.of(
                    "Content-Security-Policy",
                    "default-src 'self'; base-uri 'none'; form-action 'self'; object-src 'none';"
                            + " frame-ancestors 'none'",
                    "X-Content-Type-Options",
                    "nosniff",
                    "Referrer-Policy",
                    "no-referrer",
                    "Cross-Origin-Resource-Policy",
                    "same-origin",
                    "Cross-Origin-Opener-Policy",
                    "same-origin");

    private ServerSettings() {}

    /** Sets what does not depend on the library. */
    static void apply(JavalinConfig config) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.http.compressionStrategy = CompressionStrategy.NONE; // videos are compressed
        config.http.prefer405over404 = true;
        config.router.javaLangErrorHandler(
                (response, error) -> {
                    LOG.log(System.Logger.Level.ERROR, "a request failed", error);
                    response.setStatus(500);
                });
        config.jetty.threadPool = new QueuedThreadPool(MAX_THREADS);
        config.jetty.modifyHttpConfiguration(
                http -> {
                    http.setRequestHeaderSize(REQUEST_HEADER_BYTES);
                    http.setSendServerVersion(false);
                });
        // For requests so malformed that they reach no route.
        config.jetty.modifyServer(
                jetty ->
                        jetty.setErrorHandler(
                                (request, response, callback) -> {
                                    HEADERS.forEach(
                                            (name, value) ->
                                                    response.getHeaders()
                                                            .put(new HttpField(name, value)));
                                    response.getHeaders()
                                            .put(HttpHeader.CONTENT_TYPE, "application/json");
                                    byte[] body =
                                            "{\"error\":\"not a request this server understands\"}"
                                                    .getBytes(StandardCharsets.UTF_8);
                                    response.write(true, ByteBuffer.wrap(body), callback);
                                    return true;
                                }));
        failures(config.routes);
    }

    /** Every failure is a line of JSON; only {@link Refusal}s say more than their kind. */
    private static void failures(RoutesConfig routes) {
        routes.exception(Refusal.class, (e, ctx) -> fail(ctx, e.status(), e.getMessage()));
        routes.exception(
                HttpResponseException.class,
                (e, ctx) -> {
                    if (e.getStatus() == 405) {
                        ctx.header("Allow", "GET, HEAD");
                    }
                    fail(
                            ctx,
                            e.getStatus(),
                            switch (e.getStatus()) {
                                case 404 -> "nothing is served under this address";
                                case 405 -> "this server only answers GET and HEAD";
                                default -> "not a request this server understands";
                            });
                });
        routes.exception(
                Exception.class,
                (e, ctx) -> {
                    LOG.log(
                            System.Logger.Level.ERROR,
                            ctx.method() + " " + ctx.path() + " failed",
                            e);
                    if (!ctx.res().isCommitted()) {
                        fail(ctx, 500, "the server failed; it printed the reason where it runs");
                    }
                });
    }

    private static void fail(Context ctx, int status, @Nullable String error) {
        ctx.res().resetBuffer();
        ctx.status(status).json(new Answers.Failure(String.valueOf(error)));
    }
}
