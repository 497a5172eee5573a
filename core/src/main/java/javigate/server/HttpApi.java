package javigate.server;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.javalin.util.JavalinBindException;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javigate.index.ClipFilter;
import javigate.index.LibraryException;
import javigate.index.StoredClip;
import javigate.media.MediaException;
import javigate.search.Hit;
import javigate.search.SearchAnswer;
import javigate.search.SearchOptions;
import javigate.search.TextQuery;
import javigate.search.VideoLibrary;

/**
 * Serves a library over HTTP: a web page at {@code /}, what it uses below {@code /api}, and the
 * videos themselves. Only stored clips are ever read, by id; the client names no path and is told
 * none. Every error is JSON, {@code {"error": "..."}}.
 *
 * <pre>
 * GET /api/search?q=TEXT&amp;k=20&amp;sound=true&amp;videos=false&amp;words=false&amp;filter=CONDITION…
 * GET /api/videos
 * GET /api/status
 * GET /video/ID                 the file, with ranges
 * GET /thumb/ID?t=MILLISECONDS  a JPEG of the nearest embedded frame
 * </pre>
 */
public final class HttpApi implements AutoCloseable {

    /** Where {@code serve} listens unless told otherwise. */
    public static final int DEFAULT_PORT = 7700;

    /** Most hits of one search. */
    static final int MAX_HITS = 100;

    private static final int DEFAULT_HITS = 20;
    private static final int MAX_CONDITIONS = 20;

    private static final Pattern ID = Pattern.compile("[0-9a-f]{20}");

    /**
     * Where to listen and who may ask.
     *
     * @param host name or address to listen on
     * @param port 0 to 65535; 0 takes any free one
     * @param token every request must carry it; 16 to 200 letters, digits, {@code . _ ~ -}. When
     *     absent, one is made up if the host can be reached from other machines.
     */
    public record Options(String host, int port, Optional<String> token) {

        private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~-]{16,200}");

        /** This machine only, the usual port, no token. */
        public static final Options LOCAL =
                new Options("127.0.0.1", DEFAULT_PORT, Optional.empty());

        public Options {
            if (host.isBlank() || port < 0 || port > 65_535) {
                throw new IllegalArgumentException(
                        "host \"%s\", port %d; a host and a port from 0 to 65535 are needed"
                                .formatted(host, port));
            }
            if (token.isPresent() && !TOKEN.matcher(token.get()).matches()) {
                throw new IllegalArgumentException(
                        "a token of %d characters; it needs 16 to 200 letters, digits, . _ ~ or -"
                                .formatted(token.get().length()));
            }
        }
    }

    private final VideoLibrary library;
    private final Thumbnails thumbnails = new Thumbnails();
    private final PageFiles page = PageFiles.load();

    /** Slow clients and slow videos leave threads for the searches of others. */
    private final Semaphore videos = new Semaphore(ServerSettings.MAX_THREADS / 2);

    private final Semaphore stills = new Semaphore(ServerSettings.MAX_THREADS / 4);
    private final Gate gate;
    private final Javalin server;
    private final String url;

    private HttpApi(VideoLibrary library, Options options) throws IOException {
        this.library = library;
        Optional<String> madeUp =
                options.token().isPresent() || Gate.isLoopback(options.host())
                        ? Optional.empty()
                        : Optional.of(newToken());
        this.gate = new Gate(options.host(), options.token().or(() -> madeUp));
        this.server = Javalin.create(this::configure);
        try {
            server.start(options.host(), options.port());
        } catch (JavalinBindException e) {
            thumbnails.close();
            throw new IOException(
                    ("cannot listen on %s, port %d: no address of this machine, or the port is in use;"
                                    + " choose others with --host and --port")
                            .formatted(options.host(), options.port()),
                    e);
        }
        String name =
                Gate.isWildcard(options.host())
                        ? Gate.machineName()
                        : Gate.bracketed(options.host());
        this.url =
                "http://%s:%d/%s"
                        .formatted(name, server.port(), madeUp.map(t -> "?token=" + t).orElse(""));
    }

    /**
     * Serves until closed.
     *
     * @param library stays the caller's to close, after this
     * @throws IOException if the port is taken or the host is not this machine's
     */
    public static HttpApi start(VideoLibrary library, Options options) throws IOException {
        return new HttpApi(library, options);
    }

    /** The page's address; with the token where one was made up. */
    public String url() {
        return url;
    }

    @Override
    public void close() {
        server.stop();
        thumbnails.close();
    }

    private static String newToken() {
        byte[] bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private void configure(JavalinConfig config) {
        ServerSettings.apply(config);
        RoutesConfig routes = config.routes;
        routes.before(
                ctx -> {
                    ServerSettings.HEADERS.forEach(ctx::header);
                    ctx.header("Cache-Control", "no-store");
                    gate.check(ctx);
                });
        serve(routes, "/", this::page);
        page.names().forEach(name -> serve(routes, "/" + name, ctx -> page.send(ctx, name)));
        serve(routes, "/api/search", this::search);
        serve(routes, "/api/videos", this::videos);
        serve(routes, "/api/status", this::status);
        serve(routes, "/video/{id}", this::video);
        serve(routes, "/thumb/{id}", this::thumbnail);
    }

    /** GET, and HEAD, which is the same without what it is about. */
    private static void serve(RoutesConfig routes, String path, Handler handler) {
        routes.get(path, handler);
        routes.head(path, handler);
    }

    /** The page; a token leaves the address, where it would be seen and kept. */
    private void page(Context ctx) {
        if (ctx.queryParam("token") == null) {
            page.send(ctx, PageFiles.INDEX);
            return;
        }
        List<String> others = new ArrayList<>();
        ctx.queryParamMap()
                .forEach(
                        (name, values) ->
                                values.stream()
                                        .filter(_ -> !name.equals("token"))
                                        .forEach(
                                                v -> others.add(encoded(name) + '=' + encoded(v))));
        ctx.redirect(others.isEmpty() ? "/" : "/?" + String.join("&", others));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private void search(Context ctx) throws IOException {
        String query = ctx.queryParam("q");
        if (query == null || query.isBlank()) {
            throw new Refusal(400, "q is empty; say what is seen or heard");
        }
        long k = number(ctx, "k", DEFAULT_HITS, 1, MAX_HITS);
        boolean sound = flag(ctx, "sound", true);
        long start = System.nanoTime();
        library.refresh();
        SearchOptions options =
                SearchOptions.DEFAULT
                        .withK((int) k)
                        .withSound(sound)
                        .withVideos(flag(ctx, "videos", false))
                        .withWords(flag(ctx, "words", false))
                        .withFilter(filter(ctx));
        TextQuery text = textQuery(query);
        SearchAnswer answer = answer(text, options);
        Map<Path, Integer> videos = new HashMap<>();
        List<Answers.Found> hits = new ArrayList<>();
        for (Hit hit : answer.hits()) {
            videos.putIfAbsent(hit.file(), videos.size() + 1);
            hits.add(Answers.Found.of(hit, videos.getOrDefault(hit.file(), 0)));
        }
        long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        ctx.json(
                new Answers.Search(
                        query,
                        sound,
                        tookMs,
                        library.clipCount(),
                        answer.nothing().orElse(null),
                        library.unread(text.texts()),
                        hits));
    }

    private SearchAnswer answer(TextQuery query, SearchOptions options) throws IOException {
        try {
            return library.search(query, options);
        } catch (IllegalArgumentException e) {
            throw new Refusal(400, "q: " + e.getMessage());
        } catch (LibraryException e) {
            if (e.isOfOldClips()) {
                throw new Refusal(
                        409,
                        "an older javigate wrote some of the clips, without what filters need;"
                                + " whoever serves them must run `javigate compact` once");
            }
            throw e;
        }
    }

    private static TextQuery textQuery(String query) {
        try {
            return TextQuery.parse(query);
        } catch (IllegalArgumentException e) {
            throw new Refusal(400, "q: " + e.getMessage());
        }
    }

    private static ClipFilter filter(Context ctx) {
        List<String> conditions = ctx.queryParams("filter");
        if (conditions.size() > MAX_CONDITIONS) {
            throw new Refusal(
                    400,
                    "%d filters; at most %d are allowed"
                            .formatted(conditions.size(), MAX_CONDITIONS));
        }
        try {
            ClipFilter filter = ClipFilter.parse(conditions);
            if (filter.asksWhereVideosLie()) {
                // Asking for one folder after the other would tell.
                throw new Refusal(400, "videos cannot be filtered by folder or file here");
            }
            return filter;
        } catch (IllegalArgumentException e) {
            throw new Refusal(400, String.valueOf(e.getMessage()));
        }
    }

    private static boolean flag(Context ctx, String name, boolean otherwise) {
        return switch (ctx.queryParam(name)) {
            case null -> otherwise;
            case "true" -> true;
            case "false" -> false;
            default -> throw new Refusal(400, name + " must be true or false");
        };
    }

    private static long number(Context ctx, String name, long otherwise, long min, long max) {
        String text = ctx.queryParam(name);
        if (text == null) {
            return otherwise;
        }
        try {
            long value = Long.parseLong(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Answered below like a number outside the range.
        }
        throw new Refusal(400, "%s must be a whole number from %d to %d".formatted(name, min, max));
    }

    private void videos(Context ctx) throws IOException {
        library.refresh();
        ctx.json(new Answers.Videos(library.videos().stream().map(Answers.Video::of).toList()));
    }

    private void status(Context ctx) throws IOException {
        library.refresh();
        ctx.json(
                new Answers.Status(
                        library.model().name(),
                        library.videos().size(),
                        library.clipCount(),
                        library.hasWords()));
    }

    private void video(Context ctx) throws IOException {
        StoredClip clip = clip(ctx);
        if (ctx.method().equals(HandlerType.HEAD)) {
            VideoResponse.send(ctx, clip.file());
        } else {
            withOneOf(videos, ctx, () -> VideoResponse.send(ctx, clip.file()));
        }
    }

    private void thumbnail(Context ctx) throws IOException {
        StoredClip clip = clip(ctx);
        withOneOf(stills, ctx, () -> thumbnail(ctx, clip));
    }

    /** Runs what may take long, unless as much of its kind already does. */
    private static void withOneOf(Semaphore places, Context ctx, Work work) throws IOException {
        if (!places.tryAcquire()) {
            ctx.header("Retry-After", "1");
            throw new Refusal(503, "too many of these are under way; ask again");
        }
        try {
            work.run();
        } finally {
            places.release();
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private void thumbnail(Context ctx, StoredClip clip) throws IOException {
        long timeMs = number(ctx, "t", clip.startMs(), 0, Long.MAX_VALUE);
        VideoResponse.requireUnchanged(clip.file());
        try {
            byte[] jpeg = thumbnails.at(clip, timeMs);
            ctx.header("Cache-Control", "private, max-age=300");
            ctx.contentType("image/jpeg").result(jpeg);
        } catch (MediaException e) {
            ServerSettings.LOG.log(System.Logger.Level.WARNING, e.getMessage());
            throw new Refusal(404, "this frame cannot be decoded");
        }
    }

    private StoredClip clip(Context ctx) throws IOException {
        String id = ctx.pathParam("id");
        library.refresh(); // what was removed is not shown any more
        Optional<StoredClip> clip = ID.matcher(id).matches() ? library.clip(id) : Optional.empty();
        return clip.orElseThrow(() -> new Refusal(404, "no clip of this library has that id"));
    }
}
