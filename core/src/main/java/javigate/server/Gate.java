package javigate.server;

import io.javalin.http.Context;
import io.javalin.http.Cookie;
import io.javalin.http.SameSite;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides who may ask: no other web page through a browser of this machine, and where there is a
 * token, nobody without it.
 */
final class Gate {

    private static final Pattern IP_LITERAL =
            Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-f:.]+(%[0-9a-z]+)?]");

    private final Set<String> hosts = new HashSet<>(Set.of("localhost", "127.0.0.1", "[::1]"));
    private final boolean anyAddress;
    private final @Nullable String token;

    /**
     * @param host as the server was told to listen on
     * @param token wanted of every request, where present
     */
    Gate(String host, Optional<String> token) {
        this.anyAddress = isWildcard(host);
        this.token = token.orElse(null);
        hosts.add(bracketed(host).toLowerCase(Locale.ROOT));
        if (anyAddress) {
            hosts.add(machineName().toLowerCase(Locale.ROOT));
        }
    }

    static boolean isWildcard(String host) {
        return host.equals("0.0.0.0") || host.equals("::") || host.equals("[::]");
    }

    /** Whether only programs of this machine reach a server listening there. */
    static boolean isLoopback(String host) {
        return host.equals("localhost")
                || (host.startsWith("127.") && IP_LITERAL.matcher(host).matches())
                || host.equals("::1")
                || host.equals("[::1]");
    }

    /** An IPv6 address the way URLs have it. */
    static String bracketed(String host) {
        return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    }

    /** What other machines probably call this one. */
    static String machineName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost"; // a machine without a name is reached by address
        }
    }

    /**
     * Lets a request pass.
     *
     * @throws Refusal 403 for a foreign page or host name, 401 without the token
     */
    void check(Context ctx) {
        requireOwnHost(ctx);
        requireSameOrigin(ctx);
        requireToken(ctx);
    }

    /**
     * A page whose name was made to point to this machine (DNS rebinding) sends its own name. An
     * address cannot be made to point elsewhere.
     */
    private void requireOwnHost(Context ctx) {
        String header = ctx.header("Host");
        String host = header == null ? "" : withoutPort(header.toLowerCase(Locale.ROOT));
        if (!hosts.contains(host) && !(anyAddress && IP_LITERAL.matcher(host).matches())) {
            throw new Refusal(
                    403, "this server does not go by that name; use the address it printed");
        }
    }

    private static String withoutPort(String header) {
        return header.replaceFirst(":\\d*$", "");
    }

    private static void requireSameOrigin(Context ctx) {
        String origin = ctx.header("Origin");
        String site = ctx.header("Sec-Fetch-Site");
        boolean foreignOrigin =
                origin != null
                        && !origin.equalsIgnoreCase("http://" + ctx.header("Host"))
                        && !origin.equalsIgnoreCase("https://" + ctx.header("Host"));
        boolean foreignSite = site != null && !site.equals("same-origin") && !site.equals("none");
        // Following a link to the page is no more than typing its address.
        boolean link =
                "navigate".equals(ctx.header("Sec-Fetch-Mode"))
                        && "document".equals(ctx.header("Sec-Fetch-Dest"))
                        && ctx.path().equals("/");
        if (foreignOrigin || (foreignSite && !link)) {
            throw new Refusal(403, "requests of other web pages are refused");
        }
    }

    private void requireToken(Context ctx) {
        if (token == null) {
            return;
        }
        String authorization = ctx.header("Authorization");
        if (authorization != null
                && authorization.startsWith("Bearer ")
                && isToken(authorization.substring("Bearer ".length()))) {
            return;
        }
        String parameter = ctx.queryParam("token");
        if (parameter != null && isToken(parameter)) {
            // Lax: a link to the page in somebody's mail brings it along, other requests of foreign
            // pages do not, and are refused anyhow.
            ctx.cookie(
                    new Cookie(cookieName(ctx), token, "/", -1, false, true, null, SameSite.LAX));
            return;
        }
        String cookie = ctx.cookie(cookieName(ctx));
        if (cookie == null || !isToken(cookie)) {
            ctx.header("WWW-Authenticate", "Bearer");
            throw new Refusal(
                    401,
                    "this server wants its token: open /?token=TOKEN once, or send the header"
                            + " Authorization: Bearer TOKEN");
        }
    }

    /** Cookies do not tell ports apart; two servers of a machine must not share one. */
    private static String cookieName(Context ctx) {
        return "javigate-" + ctx.req().getLocalPort();
    }

    /** In constant time, so that answers' delays tell nothing about the token. */
    private boolean isToken(String given) {
        return token != null
                && MessageDigest.isEqual(
                        token.getBytes(StandardCharsets.UTF_8),
                        given.getBytes(StandardCharsets.UTF_8));
    }
}
