package javigate.checkpoint.hub;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Speaks the hub's protocol about one model. Redirects are followed by hand. */
final class HubClient implements AutoCloseable {

    static final int MAX_JSON_BYTES = 16 << 20;

    private static final int MAX_REDIRECTS = 5;
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final Pattern ETAG = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,254}");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HubSettings settings;
    private final ModelName model;
    private final String revision;
    private final HubErrors errors;
    private final HttpClient http;

    HubClient(HubSettings settings, ModelName model, String revision) {
        this.settings = settings;
        this.model = model;
        this.revision = revision;
        this.errors = new HubErrors(settings, model, revision);
        this.http =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(settings.timeout())
                        .build();
    }

    /**
     * What the hub has.
     *
     * @param commit 40 hex digits
     * @param files every file of the repository, each path safe to resolve
     */
    record Listing(String commit, List<String> files) {}

    /** Asks for the commit that the revision stands for, and its files. */
    Listing list() throws IOException {
        URI uri =
                URI.create(
                        "%s/api/models/%s/revision/%s"
                                .formatted(
                                        settings.endpoint(), model, ModelName.encoded(revision)));
        JsonNode answer;
        try {
            answer = JSON.readTree(bytes(uri));
        } catch (JsonProcessingException e) {
            throw new IOException(about("the list of files is no JSON; is this a hub?"));
        }
        String commit = answer.path("sha").asText();
        if (!isCommit(commit)) {
            throw new IOException(
                    about("commit " + Messages.quoted(commit) + " is not 40 hex digits"));
        }
        List<String> files = new ArrayList<>();
        for (JsonNode sibling : answer.path("siblings")) {
            try {
                files.add(ModelFiles.requireSafe(sibling.path("rfilename").asText()));
            } catch (BadModelException e) {
                throw new IOException(about(String.valueOf(e.getMessage())), e);
            }
        }
        return new Listing(commit, files);
    }

    static boolean isCommit(String text) {
        return COMMIT.matcher(text).matches();
    }

    /** Size and blob name of a file; the redirect to where its content lies is not followed. */
    RemoteFile head(String commit, String file) throws IOException {
        URI at = address(commit, file);
        for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
            HttpResponse<Body> answer = send(request(at, 0).HEAD());
            answer.body().close();
            if (!isRedirect(answer)) {
                errors.requireSuccess(answer, file);
                return remoteFile(answer, commit, file);
            }
            URI target = target(answer.uri(), header(answer, "Location"));
            // As in Python: within the hub (a renamed model), not to where large files are kept.
            if (!settings.isEndpoint(target)) {
                return remoteFile(answer, commit, file);
            }
            at = target;
        }
        throw new IOException(about(file + ": more than " + MAX_REDIRECTS + " redirects"));
    }

    private RemoteFile remoteFile(HttpResponse<Body> answer, String commit, String file)
            throws IOException {
        String etag = header(answer, "X-Linked-Etag");
        if (etag.isEmpty()) {
            etag = header(answer, "ETag");
        }
        etag = etag.replaceFirst("^W/", "").replaceAll("^\"+|\"+$", "");
        if (!ETAG.matcher(etag).matches()) {
            throw new IOException(
                    about(file + ": etag " + Messages.quoted(etag) + " cannot name a file"));
        }
        String size = header(answer, "X-Linked-Size");
        if (size.isEmpty() && !isRedirect(answer)) {
            size = header(answer, "Content-Length");
        }
        if (!size.matches("\\d{1,15}")) {
            throw new IOException(about(file + ": its size is not told"));
        }
        String told = header(answer, "X-Repo-Commit");
        if (!told.equals(commit)) {
            throw new IOException(
                    about(file + ": is of commit " + Messages.quoted(told) + ", not " + commit));
        }
        return new RemoteFile(model, file, etag, Long.parseLong(size));
    }

    /**
     * Opens a file's content. The status is 200 (from the start), 206 (from {@code from} on) or 416
     * (there is nothing from there on).
     */
    HttpResponse<Body> open(String commit, String file, long from) throws IOException {
        return get(address(commit, file), from, file);
    }

    /** A small file's content. */
    byte[] bytes(String commit, String file) throws IOException {
        return bytes(address(commit, file));
    }

    private byte[] bytes(URI uri) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        HttpResponse<Body> answer = get(uri, 0, "");
        try (Body _ = answer.body()) {
            for (List<ByteBuffer> part = next(answer); part != null; part = next(answer)) {
                for (ByteBuffer buffer : part) {
                    byte[] bytes = new byte[buffer.remaining()];
                    buffer.get(bytes);
                    all.writeBytes(bytes);
                }
                if (all.size() > MAX_JSON_BYTES) {
                    throw new IOException(
                            about("a list of files or weights is over " + MAX_JSON_BYTES + " B"));
                }
            }
        }
        return all.toByteArray();
    }

    /** The next piece of an answer, null at its end. */
    @Nullable List<ByteBuffer> next(HttpResponse<Body> answer) throws HubUnreachableException {
        try {
            return answer.body().next();
        } catch (IOException e) {
            throw errors.unreachable(answer.uri(), e);
        }
    }

    private HttpResponse<Body> get(URI uri, long from, String file) throws IOException {
        URI at = uri;
        for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
            HttpResponse<Body> answer = send(request(at, from).GET());
            if (!isRedirect(answer)) {
                if (answer.statusCode() != 416 || from == 0) {
                    errors.requireSuccess(answer, file);
                }
                return answer;
            }
            answer.body().close();
            at = target(answer.uri(), header(answer, "Location"));
        }
        throw new IOException(about(file + ": more than " + MAX_REDIRECTS + " redirects"));
    }

    private HttpRequest.Builder request(URI uri, long from) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri)
                        .header("User-Agent", "javigate")
                        .header("Accept-Encoding", "identity");
        String token = settings.tokenFor(uri);
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        if (from > 0) {
            request.header("Range", "bytes=" + from + "-");
        }
        return request;
    }

    /** Waits for the head of an answer; a request's own timeout is about more in newer JDKs. */
    private HttpResponse<Body> send(HttpRequest.Builder builder) throws IOException {
        HttpRequest request = builder.build();
        CompletableFuture<HttpResponse<Body>> answer =
                http.sendAsync(request, _ -> new Body(settings.timeout()));
        try {
            return answer.get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw errors.unreachable(request.uri(), e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException _) {
            answer.cancel(true);
            throw errors.unreachable(request.uri(), new HttpTimeoutException("no answer"));
        } catch (InterruptedException _) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    private static boolean isRedirect(HttpResponse<?> answer) {
        return switch (answer.statusCode()) {
            case 301, 302, 303, 307, 308 -> true;
            default -> false;
        };
    }

    /** Where a redirect leads, if one may go there: http or https, and never back from https. */
    URI target(URI from, String location) throws IOException {
        URI target;
        try {
            target = from.resolve(location);
        } catch (IllegalArgumentException e) {
            throw new IOException(about("a redirect to no address"), e);
        }
        String scheme = String.valueOf(target.getScheme()).toLowerCase(Locale.ROOT);
        boolean secure = "https".equalsIgnoreCase(from.getScheme());
        if (target.getHost() == null
                || (!scheme.equals("https") && (secure || !scheme.equals("http")))) {
            throw new IOException(
                    about(
                            "a redirect from %s to %s is not followed"
                                    .formatted(
                                            Messages.host(from),
                                            Messages.quoted(Messages.host(target)))));
        }
        return target;
    }

    private URI address(String commit, String file) {
        String encoded =
                Arrays.stream(file.split("/", -1))
                        .map(ModelName::encoded)
                        .collect(Collectors.joining("/"));
        return URI.create(
                "%s/%s/resolve/%s/%s".formatted(settings.endpoint(), model, commit, encoded));
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("").strip();
    }

    private String about(String text) {
        return errors.about(text);
    }

    /** Drops what is under way. */
    @Override
    public void close() {
        http.shutdownNow();
    }
}
