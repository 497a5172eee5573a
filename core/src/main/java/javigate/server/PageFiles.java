package javigate.server;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The files the web page consists of, held in memory. */
final class PageFiles {

    static final String INDEX = "index.html";

    private static final Map<String, String> TYPES =
            Map.of(
                    INDEX,
                    "text/html; charset=utf-8",
                    "app.js",
                    "text/javascript; charset=utf-8",
                    "style.css",
                    "text/css; charset=utf-8",
                    "icon.svg",
                    "image/svg+xml");

    private final Map<String, byte[]> files;

    private PageFiles(Map<String, byte[]> files) {
        this.files = files;
    }

    /**
     * Reads them from the class path.
     *
     * @throws IOException if javigate was packed without them
     */
    static PageFiles load() throws IOException {
        Map<String, byte[]> files = new HashMap<>();
        for (String name : TYPES.keySet()) {
            String resource = "/javigate/page/" + name;
            try (InputStream in = PageFiles.class.getResourceAsStream(resource)) {
                if (in == null) {
                    throw new IOException("javigate was built without its page (" + resource + ")");
                }
                files.put(name, in.readAllBytes());
            }
        }
        return new PageFiles(files);
    }

    /** Each is served under {@code /NAME}. */
    Set<String> names() {
        return files.keySet();
    }

    void send(Context ctx, String name) {
        byte[] content = files.get(name);
        String type = TYPES.get(name);
        if (content == null || type == null) {
            throw new IllegalArgumentException(name + ": not a file of the page");
        }
        ctx.header("Cache-Control", "no-cache");
        ctx.contentType(type).result(content);
    }
}
