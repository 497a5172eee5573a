package javigate.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs this very command once per process, each told its rank by the usual variables. When one
 * fails, the others are ended.
 */
final class LocalProcesses {

    private LocalProcesses() {}

    /**
     * @param count how many, at least 2
     * @return 0 if all ended well, else the code of the first that did not
     */
    static int run(int count) throws IOException, InterruptedException {
        ProcessHandle.Info self = ProcessHandle.current().info();
        List<String> command = new ArrayList<>();
        command.add(self.command().orElseThrow(LocalProcesses::unknown));
        command.addAll(List.of(self.arguments().orElseThrow(LocalProcesses::unknown)));
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
                if (process.waitFor(100, java.util.concurrent.TimeUnit.MILLISECONDS)) {
                    if (process.exitValue() != 0) {
                        return process.exitValue();
                    }
                    running.remove(process);
                }
            }
        }
        return 0;
    }

    private static IOException unknown() {
        return new IOException(
                "--processes: this system does not tell a process its own command; start one"
                        + " process per rank with RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT set");
    }
}
