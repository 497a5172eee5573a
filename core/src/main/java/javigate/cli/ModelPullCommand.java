package javigate.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import javigate.checkpoint.hub.HubModels;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code model pull NAME}. */
@Command(
        name = "pull",
        mixinStandardHelpOptions = true,
        description =
                "Fetches a model's weights from a hub, into the cache that Python tools share.",
        footer = {
            "",
            "The environment has its say as with Python's huggingface_hub: HF_ENDPOINT,"
                    + " HF_HUB_CACHE, HF_HOME, HF_TOKEN, HF_HUB_OFFLINE, HF_HUB_DOWNLOAD_TIMEOUT,"
                    + " HF_HUB_DISABLE_SYMLINKS."
        })
final class ModelPullCommand implements Callable<Integer> {

    @Parameters(
            paramLabel = "NAME",
            description = "clip-b32, clip-b16, ast, or any model as org/name.")
    private String name = "";

    @Option(
            names = "--revision",
            defaultValue = "main",
            description = "Branch, tag, refs/pr/N or commit; default ${DEFAULT-VALUE}.")
    private String revision = "";

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        Path folder;
        List<Map<String, Object>> files;
        try (Report report = new Report(!json)) {
            folder = ModelSources.hub().pull(name, revision, report);
            files = report.files;
        }
        if (json) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("name", name);
            result.put("revision", revision);
            result.put("commit", String.valueOf(folder.getFileName()));
            result.put("folder", folder.toString());
            result.put("files", files);
            Json.print(result);
        } else {
            System.out.println(folder);
            System.out.println("next: ./javigate model " + next(folder));
        }
        return 0;
    }

    /** What there is to do with it; another revision than the usual is known by its folder only. */
    private String next(Path folder) {
        String pulled = revision.equals("main") ? name : folder.toString();
        if (!HubModels.isPreset(name)) {
            return "inspect " + pulled;
        }
        return name.equals("ast")
                ? "assemble --clip clip-b32 --ast " + pulled
                : "assemble --clip " + pulled + " --ast ast";
    }

    /** A bar for each download, a line for each file. */
    private static final class Report implements HubModels.Listener, AutoCloseable {

        /** Smaller files are there before a bar could be. */
        private static final long SHOWN_BYTES = 1_000_000;

        private final boolean lines;
        private final List<Map<String, Object>> files = new ArrayList<>();
        private @Nullable Progress bar;

        Report(boolean lines) {
            this.lines = lines;
        }

        @Override
        public void progress(String file, long bytes, long totalBytes) {
            if (totalBytes < SHOWN_BYTES) {
                return;
            }
            if (bar == null) {
                bar = Progress.ofBytes(file, bytes, totalBytes);
            }
            bar.to(bytes);
        }

        @Override
        public void done(String file, long bytes, boolean fetched) {
            close();
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("file", file);
            fields.put("bytes", bytes);
            fields.put("fetched", fetched);
            files.add(fields);
            if (lines) {
                System.out.printf(
                        Locale.ROOT,
                        "%s  %s (%.1f MB)%n",
                        fetched ? "fetched" : "kept   ",
                        file,
                        bytes / 1e6);
            }
        }

        @Override
        public void note(String line) {
            System.err.println("javigate: " + line);
        }

        @Override
        public void close() {
            if (bar != null) {
                bar.close();
                bar = null;
            }
        }
    }
}
