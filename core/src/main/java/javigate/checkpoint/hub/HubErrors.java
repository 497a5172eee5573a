package javigate.checkpoint.hub;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import javax.net.ssl.SSLException;

/** What went wrong with a request about a model, in one line. Neither token nor queries in it. */
record HubErrors(HubSettings settings, ModelName model, String revision) {

    String about(String text) {
        return model + " " + revision + ": " + text;
    }

    /** A request that got no answer, or not all of one. */
    HubUnreachableException unreachable(URI uri, Throwable cause) {
        String host = Messages.host(uri);
        String seconds = settings.timeout().toSeconds() + " s";
        String reason =
                switch (cause) {
                    case HttpConnectTimeoutException _ -> "no connection within " + seconds;
                    case HttpTimeoutException _ -> "nothing came for " + seconds;
                    case ConnectException c when isUnresolved(c) ->
                            "unknown host; is there a network? HF_ENDPOINT names another hub";
                    case ConnectException _ -> "cannot be reached (connection refused)";
                    case SSLException ssl -> "TLS fails: " + shown(ssl);
                    default -> "the connection broke: " + shown(cause);
                };
        return new HubUnreachableException(about(host + ": " + reason), cause);
    }

    private static boolean isUnresolved(Throwable e) {
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return true;
            }
        }
        return false;
    }

    /** A message may hold what the server sent. */
    private static String shown(Throwable e) {
        return Messages.quoted(String.valueOf(e.getMessage()));
    }

    /**
     * Passes an answer with content.
     *
     * @param file what was asked for; empty for the list of files
     * @throws HubUnreachableException where trying later may help
     * @throws IOException for every other answer
     */
    void requireSuccess(HttpResponse<Body> answer, String file) throws IOException {
        int status = answer.statusCode();
        if (status == 200 || status == 206) {
            return;
        }
        answer.body().close();
        String host = Messages.host(answer.uri());
        if (status == 429 || status >= 500) {
            throw new HubUnreachableException(
                    about("%s answered %d; try again later".formatted(host, status)));
        }
        String what = file.isEmpty() ? "" : file + ": ";
        if (!settings.isEndpoint(answer.uri())) {
            throw new IOException(about("%s%s answered %d".formatted(what, host, status)));
        }
        String token = settings.token() == null ? "HF_TOKEN is not set" : "HF_TOKEN is no help";
        String code = answer.headers().firstValue("X-Error-Code").orElse("");
        throw new IOException(
                about(
                        what
                                + switch (status) {
                                    case 401, 403 ->
                                            code.equals("RepoNotFound")
                                                    ? "no such model at %s, or a private one (%s)"
                                                            .formatted(host, token)
                                                    : notAllowed(status, token);
                                    case 404 ->
                                            file.isEmpty()
                                                    ? "no such model or revision at " + host
                                                    : "no such file at " + host;
                                    default -> host + " answered " + status;
                                }));
    }

    private String notAllowed(int status, String token) {
        return "not open to everyone (%d; %s): accept its licence at %s/%s and set HF_TOKEN"
                .formatted(status, token, settings.endpoint(), model);
    }
}
