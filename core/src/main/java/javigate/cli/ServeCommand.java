package javigate.cli;

import java.awt.Desktop;
import java.awt.GraphicsEnvironment;
import java.io.IOException;
import java.net.URI;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import javigate.search.VideoLibrary;
import javigate.server.HttpApi;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code serve}. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = "Serves the library: an API and a web page.")
final class ServeCommand implements Callable<Integer> {

    @Spec private @Nullable CommandSpec spec;

    @Mixin private LibraryOptions library = new LibraryOptions();
    @Mixin private RerankerOption reranker = new RerankerOption();

    @Option(
            names = "--host",
            defaultValue = "127.0.0.1",
            description =
                    "Address to listen on. Default ${DEFAULT-VALUE}, this machine only; 0.0.0.0 is"
                            + " all of its addresses.")
    private String host = "";

    @Option(
            names = "--port",
            defaultValue = "" + HttpApi.DEFAULT_PORT,
            description = "Port, 0 for any free one. Default ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--token",
            defaultValue = "${env:JAVIGATE_TOKEN}",
            description =
                    "Secret that requests must carry, better given as JAVIGATE_TOKEN. Other"
                            + " addresses than this machine's own get one if none is given.")
    private @Nullable String token;

    @Option(names = "--no-open", description = "Do not open the page in a browser.")
    private boolean noOpen;

    @Override
    public Integer call() throws Exception {
        HttpApi.Options options = options();
        try (VideoLibrary opened =
                VideoLibrary.openToRead(
                        library.folder(), library.model(), reranker.ifThere(library))) {
            serve(opened, options, !noOpen);
        }
        return 0;
    }

    /** Serves until the process is told to end. */
    static void serve(VideoLibrary library, HttpApi.Options options, boolean show)
            throws IOException, InterruptedException {
        try (HttpApi api = HttpApi.start(library, options)) {
            System.out.println(api.url() + "  (stop with Ctrl-C)");
            if (show) {
                open(api.url());
            }
            new CountDownLatch(1).await();
        }
    }

    private HttpApi.Options options() {
        try {
            return new HttpApi.Options(host, port, Optional.ofNullable(token));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    Objects.requireNonNull(spec).commandLine(), e.getMessage());
        }
    }

    /** Shows the page where there is a desktop; the address has been printed in any case. */
    private static void open(String url) {
        if (GraphicsEnvironment.isHeadless()
                || !Desktop.isDesktopSupported()
                || !Desktop.getDesktop().isSupported(Desktop.Action.BROWSE)) {
            return;
        }
        try {
            Desktop.getDesktop().browse(URI.create(url));
        } catch (IOException e) {
            System.err.println("javigate: no browser could be opened (" + e.getMessage() + ")");
        }
    }
}
