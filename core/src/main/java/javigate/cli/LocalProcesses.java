package javigate.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Runs this very command once per process, each told its rank by the usual variables. When one
 * fails, the others are ended.
 */
final class LocalProcesses {

    /** Names the process that started a rank. */
    private static final String PARENT = "JAVIGATE_PARENT";

    private LocalProcesses() {}

    /** Where this process is one of those, it ends when the one that started it does. */
    static void endWithParent() {
        String parent = System.getenv(PARENT);
        if (parent != null) {
            var _ =
                    ProcessHandle.of(Long.parseLong(parent))
                            .map(ProcessHandle::onExit)
                            .orElseGet(
                                    () ->
                                            CompletableFuture.completedFuture(
                                                    ProcessHandle.current()))
                            .thenRun(() -> ProcessEnd.now(1));
        }
    }

    /**
     * @param count how many, at least 2
     * @param arguments of the command line, verb first
     * @return 0 if all ended well, else the code of the first that did not
     */
    static int run(int count, List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(Javigate.class.getName());
        command.addAll(arguments);
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / count);
        List<Process> processes = new ArrayList<>();
        try {
            for (int rank = 0; rank < count; rank++) {
                ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
                Map<String, String> environment = builder.environment();
                environment.put(PARENT, String.valueOf(ProcessHandle.current().pid()));
                environment.put("RANK", String.valueOf(rank));
                environment.put("LOCAL_RANK", String.valueOf(rank));
                environment.put("WORLD_SIZE", String.valueOf(count));
                environment.put("MASTER_ADDR", "127.0.0.1");
                environment.put("MASTER_PORT", String.valueOf(port));
                environment.putIfAbsent("OMP_NUM_THREADS", String.valueOf(threads));
                processes.add(builder.start());
            }
            return await(processes);
        } finally {
            processes.forEach(Process::destroy);
        }
    }

    private static int await(List<Process> processes) throws InterruptedException {
        List<Process> running = new ArrayList<>(processes);
        while (!running.isEmpty()) {
            for (Process process : List.copyOf(running)) {
                if (process.waitFor(100, TimeUnit.MILLISECONDS)) {
                    if (process.exitValue() != 0) {
                        return process.exitValue();
                    }
                    running.remove(process);
                }
            }
        }
        return 0;
    }
}
