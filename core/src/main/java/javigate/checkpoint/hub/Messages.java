package javigate.checkpoint.hub;

import java.net.URI;

/** Parts of error lines. */
final class Messages {

    private static final int LONGEST = 120;

    private Messages() {}

    /** A text from elsewhere, safe to show on one line: printable ASCII, not too long. */
    static String quoted(String text) {
        StringBuilder shown = new StringBuilder("\"");
        text.codePoints()
                .limit(LONGEST)
                .forEach(c -> shown.append(c >= ' ' && c < 0x7f ? (char) c : '?'));
        return shown.append(text.length() > LONGEST ? "…\"" : "\"").toString();
    }

    /** Scheme, host and port: addresses of downloads carry signatures, which are secrets. */
    static String host(URI uri) {
        return uri.getScheme()
                + "://"
                + uri.getHost()
                + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
    }
}
