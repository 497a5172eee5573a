package javigate.checkpoint.hub;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where the hub is and where its files are kept, from the environment variables of the Python
 * library huggingface_hub (its reference, "Environment variables").
 *
 * @param endpoint http or https address of the hub, without a slash at the end
 * @param cache folder of the {@code models--ORG--NAME} folders
 * @param token sent to the endpoint's own host and port, to no other; null for none
 * @param offline whether only what is cached may be used
 * @param links whether snapshots may be symbolic links to the blobs
 * @param timeout longest wait for a connection, an answer, or the next bytes of one
 */
public record HubSettings(
        URI endpoint,
        Path cache,
        @Nullable String token,
        boolean offline,
        boolean links,
        Duration timeout) {

    private static final Set<String> TRUE = Set.of("1", "ON", "YES", "TRUE");
    private static final String DEFAULT_ENDPOINT = "https://huggingface.co";
    private static final String DEFAULT_TIMEOUT_SECONDS = "10";

    public HubSettings {
        String scheme = String.valueOf(endpoint.getScheme()).toLowerCase(Locale.ROOT);
        if (endpoint.getRawUserInfo() != null) {
            // Not shown: it may be a password.
            throw new IllegalArgumentException(
                    "HF_ENDPOINT: a user name in the address; set HF_TOKEN instead");
        }
        if ((!scheme.equals("http") && !scheme.equals("https"))
                || endpoint.getHost() == null
                || endpoint.getRawQuery() != null
                || endpoint.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "HF_ENDPOINT "
                            + Messages.quoted(endpoint.toString())
                            + ": no address of a hub, such as "
                            + DEFAULT_ENDPOINT);
        }
        if (token != null && !token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException(
                    "HF_TOKEN: a character in it is not plain ASCII; copy it again");
        }
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException(
                    "HF_HUB_DOWNLOAD_TIMEOUT " + timeout.toSeconds() + ": must be positive");
        }
    }

    /**
     * Reads {@code HF_ENDPOINT}, {@code HF_HUB_CACHE}, {@code HF_HOME}, {@code XDG_CACHE_HOME},
     * {@code HF_TOKEN}, {@code HF_HUB_OFFLINE}, {@code HF_HUB_DISABLE_SYMLINKS} and {@code
     * HF_HUB_DOWNLOAD_TIMEOUT} (seconds). A blank one counts as not set.
     *
     * @param home what {@code ~} stands for
     * @throws IllegalArgumentException for an endpoint, token or time that cannot be
     */
    public static HubSettings fromEnvironment(Map<String, String> env, Path home) {
        Path userCache = path(env, "XDG_CACHE_HOME", home, home.resolve(".cache"));
        Path hubHome = path(env, "HF_HOME", home, userCache.resolve("huggingface"));
        String token = text(env, "HF_TOKEN", "");
        String seconds = text(env, "HF_HUB_DOWNLOAD_TIMEOUT", DEFAULT_TIMEOUT_SECONDS);
        if (!seconds.matches("\\d{1,6}")) {
            throw new IllegalArgumentException(
                    "HF_HUB_DOWNLOAD_TIMEOUT " + Messages.quoted(seconds) + ": whole seconds");
        }
        return new HubSettings(
                endpoint(text(env, "HF_ENDPOINT", DEFAULT_ENDPOINT)),
                path(env, "HF_HUB_CACHE", home, hubHome.resolve("hub")).toAbsolutePath(),
                token.isEmpty() ? null : token,
                flag(env, "HF_HUB_OFFLINE"),
                !flag(env, "HF_HUB_DISABLE_SYMLINKS"),
                Duration.ofSeconds(Long.parseLong(seconds)));
    }

    private static URI endpoint(String value) {
        try {
            return new URI(value.replaceFirst("/+$", ""));
        } catch (URISyntaxException e) {
            // Neither the value nor the cause: both may hold a password.
            throw new IllegalArgumentException("HF_ENDPOINT: no address: " + e.getReason());
        }
    }

    private static String text(Map<String, String> env, String name, String otherwise) {
        String value = env.getOrDefault(name, "").strip();
        return value.isEmpty() ? otherwise : value;
    }

    private static boolean flag(Map<String, String> env, String name) {
        return TRUE.contains(text(env, name, "").toUpperCase(Locale.ROOT));
    }

    private static Path path(Map<String, String> env, String name, Path home, Path otherwise) {
        String value = text(env, name, "");
        if (value.isEmpty()) {
            return otherwise;
        }
        if (value.equals("~") || value.startsWith("~/")) {
            return home.resolve(value.substring(Math.min(2, value.length())));
        }
        return Path.of(value);
    }

    /** The token, where it may be sent: only to the endpoint's own scheme, host and port. */
    @Nullable String tokenFor(URI uri) {
        return isEndpoint(uri) ? token : null;
    }

    boolean isEndpoint(URI uri) {
        return Objects.toString(uri.getScheme()).equalsIgnoreCase(endpoint.getScheme())
                && Objects.toString(uri.getHost()).equalsIgnoreCase(endpoint.getHost())
                && port(uri) == port(endpoint);
    }

    private static int port(URI uri) {
        if (uri.getPort() >= 0) {
            return uri.getPort();
        }
        return "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "HubSettings[endpoint=%s, cache=%s, token=%s, offline=%s, links=%s, timeout=%s]"
                .formatted(
                        endpoint, cache, token == null ? "none" : "set", offline, links, timeout);
    }
}
