package javigate.checkpoint.hub;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Pulls in a process of its own, with the environment as settings, and prints what it does. */
final class PullProcess {

    private PullProcess() {}

    public static void main(String[] args) throws IOException {
        HubSettings settings = HubSettings.fromEnvironment(System.getenv(), Path.of(""));
        Path folder =
                new HubModels(settings)
                        .pull(
                                FakeHub.MODEL,
                                "main",
                                new HubModels.Listener() {
                                    @Override
                                    public void progress(String file, long bytes, long total) {
                                        System.out.println("bytes " + bytes);
                                    }

                                    @Override
                                    public void note(String line) {
                                        System.out.println("note " + line);
                                    }
                                });
        System.out.println("folder " + folder);
    }

    static Process start(FakeHub hub, Path cache) throws IOException {
        return start(hub, cache, List.of(PullProcess.class.getName()));
    }

    /** Runs a main class and its arguments on this class path. */
    static Process start(FakeHub hub, Path cache, List<String> mainAndArguments)
            throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"));
        builder.command().addAll(mainAndArguments);
        builder.environment().putAll(hub.environment(cache));
        builder.redirectErrorStream(true);
        return builder.start();
    }

    /** Reads lines until one starts so. */
    static String readTo(BufferedReader lines, String start) throws IOException {
        StringBuilder all = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(start)) {
                return line;
            }
            all.append(line).append('\n');
        }
        throw new AssertionError("no line starts with " + start + ": " + all);
    }
}
